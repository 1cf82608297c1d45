"""The list of changes, who made them by name, and calls without a body."""

from typing import Any

from tests.unit.dashboard.kit import Browser, FakeApi, me_with

USERS = "/management/v1/projects/proj_1/users"
KEYS = "/management/v1/projects/proj_1/keys"


def change_by(caller: str) -> dict[str, Any]:
    """A change that somebody made."""
    return {
        "id": f"ev_{caller}",
        "created_at": "2026-11-29T20:00:00Z",
        "entity": {"object": "voucher", "id": "v_1"},
        "action": "disabled",
        "changes": [{"path": "active", "from": True, "to": False}],
        "api_calls": [{"id": "c_1", "method": "POST", "path": "/v1/x", "key_id": caller}],
    }


def api_with(*privileges: str) -> FakeApi:
    """An API with a change of somebody on the team, of two keys, and of who looks."""
    api = FakeApi(me_with(*privileges) if privileges else None)
    made = [change_by(each) for each in ("user_2", "key_1", "key_2", "user_1")]
    api.says("GET", "/v1/audit/changes", {"data": made, "total": 4})
    api.says("GET", "/v1/audit/events/ev_user_2", made[0])
    api.says("GET", USERS, {"data": [{"id": "user_2", "name": "Bo"}]})
    keys = [{"id": "key_1", "name": "Shop", "kind": "server"}]
    api.says("GET", KEYS, {"data": [*keys, {"id": "key_2", "name": None, "kind": "client"}]})
    return api


def test_who_changed_something_is_told_by_name() -> None:
    rows = Browser(api_with()).get("/changes").find_all("tr")[1:]
    names = ("Bo", "Shop", "Client key", "Ann")
    assert all(f"active {name} 29 Nov" in row.text for name, row in zip(names, rows, strict=True))
    assert "Bo" in Browser(api_with()).get("/changes/ev_user_2").text


def test_who_may_not_see_the_team_sees_ids_and_their_own_name() -> None:
    api = api_with("audit.read")
    rows = Browser(api).get("/changes").find_all("tr")[1:]
    names = ("user_2", "key_1", "key_2", "Ann")
    assert all(f"active {name} 29 Nov" in row.text for name, row in zip(names, rows, strict=True))
    assert not api.asked_for("GET", USERS) + api.asked_for("GET", KEYS)


def test_a_call_says_why_it_shows_no_body() -> None:
    call = {"id": "c_1", "method": "GET", "path": "/v1/x", "status": 200}
    for reason, said in (("no_body", "None"), ("personal", "Not kept: it has personal fields.")):
        api = FakeApi()
        api.says("GET", "/v1/audit/api-calls/c_1", call | {"request": {"reason": reason}})
        assert f"Request body {said} " in Browser(api).get("/api-calls/c_1").root.text
