"""Who asked for what lists tell: by name, as far as the role may know it, and asked for rarely."""

from typing import Any

import pytest

from tests.unit.dashboard.kit import Browser, FakeApi, me_with

PROJECT = "/management/v1/projects/proj_1"
KEY: dict[str, Any] = {"id": "key_7", "kind": "server", "name": "Till"}
BEA: dict[str, Any] = {"id": "user_2", "name": "Bea", "email": "bea@shop.example"}
LOST = "user_gone"


def call(key_id: str, kind: str) -> dict[str, Any]:
    key = {"id": key_id, "kind": kind}
    return {"id": f"v-{key_id}", "method": "GET", "path": "/v1/orders", "status": 200, "key": key}


def shop(*privileges: str) -> FakeApi:
    """A project whose calls were made by a key, by Bea, by whoever looks, by one who left."""
    api = FakeApi(me_with(*privileges) if privileges else None)
    callers = (("key_7", "server"), ("user_2", "user"), ("user_1", "user"), (LOST, "user"))
    rows = [call(*each) for each in callers]
    api.says("GET", "/v1/audit/api-calls", {"data": rows, "total": len(rows)})
    for each in rows:
        api.says("GET", f"/v1/audit/api-calls/{each['id']}", each)
    api.says("GET", f"{PROJECT}/keys", {"data": [KEY]})
    api.says("GET", f"{PROJECT}/users", {"data": [BEA]})
    return api


def said_by(browser: Browser) -> list[str]:
    """Who made each call, as the list says it."""
    table = browser.get("/api-calls").find("table")
    heads = [each.text for each in table.find_all("th")]
    rows = table.find_all("tr")[1:]
    return [each.find_all("td")[heads.index("By")].text for each in rows]


def test_callers_are_told_by_name_and_who_is_not_known_by_id() -> None:
    assert said_by(Browser(shop())) == ["Till", "Bea", "Ann", LOST]


def test_names_are_asked_for_once_for_many_pages() -> None:
    api = shop()
    browser = Browser(api)
    for _ in range(3):
        said_by(browser)
    assert len(api.asked_for("GET", f"{PROJECT}/users")) == 1
    assert len(api.asked_for("GET", f"{PROJECT}/keys")) == 1


def test_who_may_not_see_members_or_keys_sees_their_ids() -> None:
    api = shop("audit.read")
    assert said_by(Browser(api)) == ["key_7", "user_2", "Ann", LOST]
    assert not [each for each in api.asked if each.url.path.startswith(PROJECT)]


def test_what_one_may_see_is_not_shown_to_another() -> None:
    api = shop()
    browser = Browser(api)
    said_by(browser)
    api.says("GET", "/users/v1/me", me_with("audit.read"))
    browser.cookies = {"tessera": "another-session"}
    assert said_by(browser) == ["key_7", "user_2", "Ann", LOST]


def test_names_that_cannot_be_asked_hide_nothing_and_are_asked_again() -> None:
    api = shop()
    browser = Browser(api)
    api.refuses("GET", f"{PROJECT}/users", 503)
    assert said_by(browser) == ["Till", "user_2", "Ann", LOST]
    api.says("GET", f"{PROJECT}/users", {"data": [BEA]})
    assert said_by(browser) == ["Till", "Bea", "Ann", LOST]


@pytest.mark.parametrize(("name", "said"), [("key_7", "Till"), ("user_2", "Bea")])
def test_one_call_says_who_made_it(name: str, said: str) -> None:
    assert said in Browser(shop()).get(f"/api-calls/v-{name}").text


def test_the_names_of_redemptions_are_asked_for_only_where_they_are_shown() -> None:
    api = shop()
    channel = {"channel_type": "USER", "channel_id": "user_2"}
    row = {"id": "r_1", "object": "redemption", "result": "SUCCESS", "channel": channel}
    api.says("GET", "/v1/redemptions", {"redemptions": [row], "total": 1})
    api.says("GET", "/v1/redemptions/r_1", row)
    Browser(api).get("/redemptions")
    assert not api.asked_for("GET", f"{PROJECT}/users")
    page = Browser(api).get("/redemptions?columns=redeemable,by")
    assert "Bea" in page.find("table").text
    assert "Bea" in Browser(api).get("/redemptions/r_1").text


@pytest.mark.parametrize(
    ("page", "api_path", "row"),
    [
        (
            "/changes",
            "/v1/audit/changes",
            {"id": "ev_1", "api_calls": [{"key_id": "user_2"}]},
        ),
        (
            "/audit-log",
            "/v1/audit/log",
            {"id": "v-1", "kind": "api_call", "entry": {"key": {"id": "user_2"}}},
        ),
        (
            "/bin",
            "/v1/trash-bin",
            {"id": "tbe_1", "deleted_by": {"type": "user", "id": "user_2"}},
        ),
    ],
)
def test_each_list_that_tells_who_did_it_tells_the_name(
    page: str, api_path: str, row: dict[str, Any]
) -> None:
    api = shop()
    api.says("GET", api_path, {"data": [row], "total": 1})
    assert "Bea" in Browser(api).get(page).find("table").text
