"""Segments: the list, one of them, and the form."""

from typing import Any

from tests.unit.dashboard.kit import Browser, FakeApi, me_with

RULE: dict[str, Any] = {"junction": "and", "metadata.interest": {"conditions": {"$is": ["books"]}}}
READERS: dict[str, Any] = {
    "id": "seg_1",
    "name": "<script>Readers</script>",
    "type": "auto-update",
    "filter": RULE,
}
NAMED: dict[str, Any] = {"id": "seg_2", "name": "Named", "type": "static", "filter": None}
PASSIVE: dict[str, Any] = {
    "id": "seg_3",
    "name": "Big",
    "type": "passive",
    "filter": {"junction": "and"},
}
ADA: dict[str, Any] = {"id": "cust_1", "name": "Ada"}


def shop(*privileges: str) -> FakeApi:
    api = FakeApi(me_with(*privileges) if privileges else None)
    rows = [READERS, NAMED, PASSIVE]
    api.says("GET", "/v1/segments", {"data": rows, "total": 3})
    numbers = [{"id": each["id"], "members_count": 12} for each in rows]
    api.says("GET", "/v1/analytics/summaries", {"data": numbers})
    for each in rows:
        api.says("GET", f"/v1/segments/{each['id']}", each)
        api.says("PUT", f"/v1/segments/{each['id']}", each)
        members = {"data_ref": "customers", "customers": [ADA], "total": 1}
        api.says("GET", f"/v1/segments/{each['id']}/customers", members)
    api.says("POST", "/v1/segments", READERS)
    rule = {"id": "val_1", "name": "For readers", "rules": {"1": {"is": ["seg_1"]}}}
    api.says("GET", "/v1/validation-rules", {"data": [rule], "total": 1})
    api.says("GET", "/v1/customers", {"customers": [ADA], "total": 1})
    return api


def test_a_row_tells_the_kind_the_rule_in_words_and_how_many_are_in_it() -> None:
    rows = Browser(shop()).get("/segments").find_all("tr")
    for said in ("Followed", "metadata interest is books", "12"):
        assert said in rows[1].text
    assert "Who was named" in rows[2].text
    assert "12" not in rows[3].text


def test_without_numbers_the_list_is_shown() -> None:
    api = shop()
    api.refuses("GET", "/v1/analytics/summaries")
    assert len(Browser(api).get("/segments").find_all("tr")) == 4


def test_one_tells_its_members_and_the_rules_that_ask_for_it() -> None:
    page = Browser(shop()).get("/segments/seg_1")
    for href in (
        "/customers/cust_1",
        "/validation-rules/val_1",
        "/customers?f=segment_id:is:seg_1",
    ):
        assert href in page.links
    assert "These rules ask for it and let nobody through any more: For readers." in page.text


def test_nobody_asks_for_the_members_of_a_passive_one() -> None:
    api = shop()
    assert Browser(api).get("/segments/seg_3").status == 200
    assert not api.asked_for("GET", "/v1/segments/seg_3/customers")


def test_a_segment_is_created_with_its_filter() -> None:
    api = shop()
    form = {"name": "Big", "type": "passive", "c0-field": "summary.orders.total_amount"}
    form |= {"c0-op": "$more_than", "c0-value": "1000"}
    assert Browser(api).post("/segments/new", form).status == 303
    sent = api.sent("POST", "/v1/segments")
    assert sent["type"] == "passive"
    assert sent["filter"]["summary.orders.total_amount"]["conditions"] == {"$more_than": [100000]}


def test_a_mistake_in_a_line_keeps_what_was_typed() -> None:
    api = shop()
    form = {"name": "Big", "type": "passive", "c0-field": "summary.orders.total_count"}
    page = Browser(api).post("/segments/new", form | {"c0-op": "$is", "c0-value": "many"})
    assert page.find("input", name="c0-value")["value"] == "many"
    assert "cannot be read" in page.text
    assert not api.asked_for("POST", "/v1/segments")


def test_members_of_a_static_one_are_named_anew() -> None:
    api = shop()
    assert "Ada" in Browser(api).get("/segments/seg_2/edit").text
    form = {"name": "Named", "members": ["cust_1", "cust_2"]}
    assert Browser(api).post("/segments/seg_2/edit", form).status == 303
    sent = api.sent("PUT", "/v1/segments/seg_2")
    assert sent == {"name": "Named", "customers": ["cust_1", "cust_2"]}


def test_members_that_are_too_many_for_a_form_are_left_as_they_are() -> None:
    api = shop()
    api.says("GET", "/v1/segments/seg_2/customers", {"customers": [ADA], "total": 5000})
    Browser(api).post("/segments/seg_2/edit", {"name": "Renamed"})
    assert api.sent("PUT", "/v1/segments/seg_2") == {"name": "Renamed"}


def test_who_may_only_look_changes_nothing() -> None:
    browser = Browser(shop("segments.read"))
    assert "Edit" not in browser.get("/segments/seg_1").text
    assert browser.get("/segments/new").status == 403
