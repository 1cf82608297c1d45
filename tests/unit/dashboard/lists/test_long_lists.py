"""What stands beyond the first page of a list is found all the same."""

import pytest

from services.dashboard.sections.finding_items import FOUND_MAX
from tests.unit.dashboard.kit import Browser, FakeApi


def test_an_item_is_found_among_all_collections_and_not_the_newest_ten() -> None:
    api = FakeApi()
    api.says("GET", "/v1/products", {"products": []})
    rows = [{"id": "pc_1", "name": "Shoes"}]
    api.says("GET", "/v1/product-collections", {"data": rows})
    page = Browser(api).get("/lookup/item?q=shoe")
    assert page.texts("div", class_="item") == ["Shoes (collection)"]
    (asked,) = api.asked_for("GET", "/v1/product-collections")
    assert asked.url.params["filters[name][conditions][$contains]"] == "shoe"
    assert asked.url.params["limit"] == str(FOUND_MAX)


def test_stacking_rules_show_every_category() -> None:
    api = FakeApi()
    api.says("GET", "/management/v1/projects/proj_1/stacking-rules", {"data": []})
    rows = [{"id": f"cat_{at}", "name": f"Category {at}", "hierarchy": at} for at in range(40)]
    api.says("GET", "/v1/categories", {"data": rows})
    page = Browser(api).get("/stacking-rules")
    assert "Category 39" in page.text
    assert api.asked_for("GET", "/v1/categories")[0].url.params["limit"] == "100"


@pytest.mark.parametrize("count", [1, 12])
def test_a_voucher_shows_all_sets_of_rules_that_bind_it(count: int) -> None:
    api = FakeApi()
    api.says("GET", "/v1/vouchers/A", {"id": "v_1", "code": "A", "type": "DISCOUNT_VOUCHER"})
    bound = [{"rule_id": f"val_{at}"} for at in range(count)]
    api.says("GET", "/v1/validation-rules-assignments", {"data": bound})
    api.says("GET", "/v1/validation-rules", {"data": [{"id": each["rule_id"]} for each in bound]})
    api.says("GET", "/v1/sessions", {"data": []})
    page = Browser(api).get("/vouchers/A")
    assert f"/validation-rules/val_{count - 1}" in page.links
    assert int(api.asked_for("GET", "/v1/validation-rules")[0].url.params["limit"]) >= count


def test_older_notifications_are_a_page_away() -> None:
    api = FakeApi()
    row = {"id": "ntf_1", "type": "export.done", "created_at": "2026-03-01T10:00:00Z"}
    api.says("GET", "/v1/notifications", {"notifications": [row], "total": 120, "unread": 3})
    page = Browser(api).get("/notifications?read=false&page=2")
    assert "/notifications?read=false&page=3" in page.links
    assert "/notifications?read=false&page=1" in page.links
    assert api.asked_for("GET", "/v1/notifications")[0].url.params["page"] == "2"
