"""Who asked for what lists tell: by name, as far as the role may know it, and asked for rarely."""

from typing import Any

import pytest

from tests.unit.dashboard.kit import Browser, FakeApi, me_with

PROJECT = "/management/v1/projects/proj_1"
CALLERS = f"{PROJECT}/callers"
KEY: dict[str, Any] = {"id": "key_7", "kind": "server", "name": "Till"}
BEA: dict[str, Any] = {"id": "user_2", "kind": "user", "name": "Bea"}
UNNAMED: dict[str, Any] = {"id": "key_8", "kind": "client", "name": None}
LOST = "user_gone"


def call(key_id: str, kind: str) -> dict[str, Any]:
    key = {"id": key_id, "kind": kind}
    return {"id": f"v-{key_id}", "method": "GET", "path": "/v1/orders", "status": 200, "key": key}


def shop(*privileges: str) -> FakeApi:
    """A project whose calls were made by a key, by Bea, by whoever looks, by one who left."""
    api = FakeApi(me_with(*privileges) if privileges else None)
    callers = (
        ("key_7", "server"),
        ("key_8", "client"),
        ("user_2", "user"),
        ("user_1", "user"),
        (LOST, "user"),
    )
    rows = [call(*each) for each in callers]
    api.says("GET", "/v1/audit/api-calls", {"data": rows, "total": len(rows)})
    for each in rows:
        api.says("GET", f"/v1/audit/api-calls/{each['id']}", each)
    api.says("GET", CALLERS, {"data": [BEA, KEY, UNNAMED]})
    return api


def said_by(browser: Browser) -> list[str]:
    """Who made each call, as the list says it."""
    table = browser.get("/api-calls").find("table")
    heads = [each.text for each in table.find_all("th")]
    rows = table.find_all("tr")[1:]
    return [each.find_all("td")[heads.index("By")].text for each in rows]


def test_callers_are_told_by_name_and_who_is_not_known_by_id() -> None:
    for api in (shop(), shop("audit.read")):
        said = ["Till", "Client, of the project", "Bea", "Ann", LOST]
        assert said_by(Browser(api)) == said


def test_names_are_asked_for_once_for_many_pages() -> None:
    api = shop()
    browser = Browser(api)
    for _ in range(3):
        said_by(browser)
    assert len(api.asked_for("GET", CALLERS)) == 1


def test_who_may_read_no_log_sees_ids_also_of_what_another_was_told() -> None:
    api = shop()
    browser = Browser(api)
    row = {"id": "tbe_1", "deleted_by": {"type": "user", "id": "user_2"}}
    api.says("GET", "/v1/trash-bin", {"data": [row], "total": 1})
    assert "Bea" in browser.get("/bin").find("table").text
    api.says("GET", "/users/v1/me", me_with("bin.read"))
    browser.cookies = {"tessera": "another-session"}
    assert "user_2" in browser.get("/bin").find("table").text


def test_names_that_cannot_be_asked_hide_nothing_and_are_asked_again() -> None:
    api = shop()
    browser = Browser(api)
    api.refuses("GET", CALLERS, 503)
    assert said_by(browser) == ["key_7", "key_8", "user_2", "Ann", LOST]
    api.says("GET", CALLERS, {"data": [BEA, KEY]})
    assert said_by(browser) == ["Till", "key_8", "Bea", "Ann", LOST]


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
    assert not api.asked_for("GET", CALLERS)
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
