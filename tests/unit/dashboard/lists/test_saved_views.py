"""Views of lists that somebody saved: as tabs, kept by a name, renamed, updated, deleted."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.unit.dashboard.kit import Browser, FakeApi, Page, me_with

REFUSED = {
    "id": "view_1",
    "section": "redemptions",
    "name": "Refused",
    "query": "f=result%3Ais%3AFAILURE&size=50",
}
OLD = {"id": "view_2", "section": "redemptions", "name": "Old", "query": "f=gone%3Ais%3Ax"}
ELSEWHERE = REFUSED | {"id": "view_3", "section": "vouchers", "name": "Elsewhere"}
VIEWS = "/users/v1/me/views"


def shop(*views: dict[str, Any], **said: Any) -> FakeApi:
    """A project with redemptions, and somebody who saved these views."""
    me = me_with()
    me["projects"][0]["views"] = list(views)
    api = FakeApi(me | said)
    api.says("GET", "/v1/redemptions", {"redemptions": [], "total": 0})
    return api


def tabs(page: Page) -> dict[str, str | None]:
    """What each tab says, and whether it is where one is."""
    [nav] = page.find_all("nav", aria_label="Saved views")
    return {each.text: each.attributes.get("aria-current") for each in nav.find_all("a")}


def test_without_views_a_list_has_no_tabs_and_nothing_to_save() -> None:
    page = Browser(shop(ELSEWHERE)).get("/redemptions")
    assert not page.find_all("nav", aria_label="Saved views")
    assert "Save view" not in page.text


def test_views_are_tabs_of_their_list_after_its_own_way() -> None:
    page = Browser(shop(REFUSED, ELSEWHERE)).get("/redemptions")
    assert tabs(page) == {"All": "page", "Refused": None}
    [link] = [each for each in page.links if "view=view_1" in each]
    assert link == "/redemptions?f=result%3Ais%3AFAILURE&size=50&view=view_1"


@pytest.mark.parametrize("named", ["", "&view=view_1", "&page=2", "&view=view_of_others"])
def test_a_view_is_known_by_its_name_or_by_what_it_shows(named: str) -> None:
    page = Browser(shop(REFUSED)).get(f"/redemptions?{REFUSED['query']}{named}")
    assert tabs(page) == {"All": None, "Refused": "page"}
    assert "Save view" not in page.text
    assert page.find("div", id="view-menu").find_all("input", name="name", value="Refused")
    # who goes on from here still has it
    assert "/redemptions?size=50&view=view_1" in page.links


def test_a_view_that_was_changed_can_be_updated_or_saved_as_another() -> None:
    address = "/redemptions?f=result%3Ais%3AFAILURE&size=100&view=view_1"
    page = Browser(shop(REFUSED)).get(address)
    assert tabs(page) == {"All": None, "Refused changed": "true"}
    updates = page.find_all("form", action="/views/view_1")
    assert len([each for each in updates if each.find_all("input", name="query")]) == 2
    assert "Save as another view" in page.texts("button")


def test_what_a_list_no_longer_knows_is_left_out_of_a_view() -> None:
    page = Browser(shop(OLD)).get("/redemptions")
    assert "/redemptions?view=view_2" in page.links


def test_a_part_of_the_page_has_the_tabs_too() -> None:
    page = Browser(shop(REFUSED)).get("/redemptions", into="list")
    assert tabs(page) == {"All": "page", "Refused": None}


def test_what_is_shown_is_saved_by_a_name() -> None:
    api = shop()
    query = "f=result%3Ais%3ASUCCESS&order=date&columns=id%2Cresult"
    page = Browser(api).get(f"/redemptions?{query}&page=3&open=r_1", into="list")
    [form] = page.find_all("form", action="/views")
    kept = {each["name"]: each["value"] for each in form.find_all("input")}
    api.says("POST", VIEWS, REFUSED | {"id": "view_9"})
    answer = Browser(api).post("/views", kept | {"name": " Refused "}, into="saving")
    sent = api.sent("POST", VIEWS)
    assert sent["name"] == "Refused"
    assert (sent["project_id"], sent["section"]) == ("proj_1", "redemptions")
    assert "page=" not in sent["query"]
    assert "open=" not in sent["query"]
    assert "f=result%3Ais%3ASUCCESS" in sent["query"]
    assert api.asked_for("POST", VIEWS)[0].headers["Idempotency-Key"] == kept["idempotency_key"]
    assert answer.headers["HX-Redirect"] == f"/redemptions?{REFUSED['query']}&view=view_9"


def test_a_name_that_is_taken_is_told_at_its_field() -> None:
    api = shop()
    api.refuses("POST", VIEWS, 409, key="duplicate_found", details="Property `.name`")
    typed = {"section": "redemptions", "name": "Refused", "query": "size=50"}
    answer = Browser(api).post("/views", typed, into="saving")
    field = answer.find("input", name="name")
    assert (field["value"], field["aria-invalid"]) == ("Refused", "true")
    assert "has that name" in answer.find("span", id=field["aria-describedby"]).text
    assert answer.find("input", name="query")["value"] == "size=50"


def test_a_view_gets_another_name_or_shows_something_else() -> None:
    api = shop(REFUSED)
    path = f"{VIEWS}/view_1"
    api.says("PUT", path, REFUSED | {"name": "No"})
    answer = Browser(api).post("/views/view_1", {"name": "No"}, into="list")
    assert answer.headers["HX-Redirect"] == f"/redemptions?{REFUSED['query']}&view=view_1"
    assert api.sent("PUT", path) == {"name": "No"}
    api.asked.clear()
    Browser(api).post("/views/view_1", {"query": "size=100"}, into="list")
    assert api.sent("PUT", path) == {"query": "size=100"}
    api.refuses("PUT", path, details="Property `.name` is too long")
    refused = Browser(api).post("/views/view_1", {"name": "x" * 61}, into="list")
    assert "too long" in refused.text
    assert refused.find("form")["action"] == "/views/view_1"


def test_a_view_is_deleted_and_its_list_is_shown() -> None:
    api = shop(REFUSED)
    api.says("DELETE", f"{VIEWS}/view_1", None, 204)
    answer = Browser(api).post("/views/view_1/delete", into="list")
    assert answer.headers["HX-Redirect"] == "/redemptions"
    assert api.asked_for("DELETE", f"{VIEWS}/view_1")


def test_names_of_views_are_text() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    page = Browser(shop(REFUSED | {"name": hostile})).get(f"/redemptions?{REFUSED['query']}")
    assert hostile in tabs(page)
    assert "<img src=x" not in page.text


def test_a_view_leads_to_nothing_but_its_list() -> None:
    api = shop(REFUSED | {"query": f"next={quote('https://evil.example')}&open=r_1"})
    page = Browser(api).get("/redemptions")
    assert not [each for each in page.links if "evil" in each]
    assert "/redemptions?view=view_1" in page.links
