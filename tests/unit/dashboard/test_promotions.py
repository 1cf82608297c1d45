"""The pages of promotion tiers, combined promotions and categories."""

from typing import Any

import pytest

from services.dashboard.sections.promotions.tier_actions import move_by_one
from tests.unit.dashboard.kit import EVERYTHING, Browser, FakeApi, me_with

HOSTILE = "<script>alert(1)</script>"
AT = "2026-01-15T09:30:00.000Z"
TIER: dict[str, Any] = {
    "id": "promo_1",
    "name": HOSTILE,
    "banner": HOSTILE,
    "action": {"discount": {"type": "PERCENT", "percent_off": 10, "amount_limit": 2000}},
    "metadata": {},
    "hierarchy": 1,
    "campaign_id": "camp_1",
    "campaign": {"id": "camp_1", "active": False},
    "active": True,
    "summary": {
        "redemptions": {"total_redeemed": 7},
        "orders": {"total_amount": 100000, "total_discount_amount": 5000},
    },
    "categories": [],
    "created_at": AT,
}
STACK: dict[str, Any] = {
    "id": "stack_1",
    "name": HOSTILE,
    "campaign_id": "camp_1",
    "tiers": {"ids": ["promo_2", "promo_1"]},
    "categories": [],
    "created_at": AT,
}
CATEGORIES = [
    {"id": "cat_1", "name": HOSTILE, "hierarchy": 1, "created_at": AT},
    {"id": "cat_2", "name": "Seasonal", "hierarchy": 2, "created_at": AT},
]


def api_without(*missing: str) -> FakeApi:
    """An API with a promotion of two tiers, a stack and two categories."""
    api = FakeApi(me_with(*(each for each in EVERYTHING if each not in missing)))
    second = TIER | {"id": "promo_2", "name": "Second", "hierarchy": 2}
    tiers = {"tiers": [TIER, second], "total": 2}
    api.says("GET", "/v1/promotions/tiers", tiers)
    api.says("GET", "/v1/promotions/tiers/promo_1", TIER)
    api.says("GET", "/v1/promotions/camp_1/tiers", tiers)
    api.says("GET", "/v1/promotions/stacks", {"data": [STACK], "total": 1})
    api.says("GET", "/v1/promotions/camp_1/stacks/stack_1", STACK)
    api.says("GET", "/v1/campaigns", {"campaigns": [{"id": "camp_1", "name": "Sale"}]})
    api.says("GET", "/v1/campaigns/camp_1", {"id": "camp_1", "name": "Sale"})
    api.says("GET", "/v1/categories", {"data": CATEGORIES, "total": 2})
    api.says("GET", "/v1/categories/cat_2", CATEGORIES[1])
    numbers = {"vouchers_count": 12, "campaigns_count": 1, "tiers_count": 0, "stacks_count": 0}
    api.says("GET", "/v1/analytics/summaries", {"data": [{"id": "cat_2"} | numbers]})
    rules = {"exclusive_categories": ["cat_1"], "joint_categories": []}
    api.says("GET", "/management/v1/projects/proj_1/stacking-rules", {"data": [rules]})
    return api


def test_tiers_are_listed_with_their_promotion_and_what_they_gave() -> None:
    row = Browser(api_without()).get("/promotion-tiers").find("tr", id="row-promo_1").text
    for said in (HOSTILE, "Promotion is off", "Sale", "10% off, at most €20.00", "7", "€50.00"):
        assert said in row


def test_a_tier_escapes_its_banner_and_offers_what_the_role_may() -> None:
    page = Browser(api_without()).get("/promotion-tiers/promo_1", into="drawer")
    assert HOSTILE not in page.text
    assert "Move up" in page.text
    viewer = Browser(api_without("promotions.write")).get("/promotion-tiers/promo_1", into="drawer")
    assert "Move up" not in viewer.text
    assert viewer.find_all("dialog") == []


def test_a_tier_is_moved_by_one_command() -> None:
    api = api_without()
    api.says("PUT", "/v1/promotions/camp_1/tiers/order", {"data": []})
    page = Browser(api).post("/promotion-tiers/promo_1/move", {"way": "down"}, into="drawer")
    sent = api.sent("PUT", "/v1/promotions/camp_1/tiers/order")
    assert sent == {"ids": ["promo_2", "promo_1"]}
    assert "Moved to place 2" in page.text


@pytest.mark.parametrize(
    ("way", "moved", "after"),
    [
        ("up", "b", ["b", "a", "c"]),
        ("down", "b", ["a", "c", "b"]),
        ("up", "a", ["a", "b", "c"]),
        ("down", "c", ["a", "b", "c"]),
    ],
)
def test_moving_by_one_place_ends_at_the_ends(way: str, moved: str, after: list[str]) -> None:
    assert move_by_one(["a", "b", "c"], moved, way) == after


def test_the_order_of_tiers_is_saved_as_it_was_dragged() -> None:
    api = api_without()
    api.says("PUT", "/v1/promotions/camp_1/tiers/order", {"data": []})
    page = Browser(api).get("/promotion-tiers/order/camp_1")
    shown = [each["value"] for each in page.find_all("input", name="order")]
    assert shown == ["promo_1", "promo_2"]
    Browser(api).post("/promotion-tiers/order/camp_1", {"order": ["promo_2", "promo_1"]})
    assert api.sent("PUT", "/v1/promotions/camp_1/tiers/order")["ids"] == ["promo_2", "promo_1"]


def test_many_tiers_are_disabled_each_by_its_own_call() -> None:
    api = api_without()
    for name in ("promo_1", "promo_2"):
        api.says("POST", f"/v1/promotions/tiers/{name}/disable", TIER)
    page = Browser(api).post("/promotion-tiers/disable", {"keys": ["promo_1", "promo_2"]})
    assert page.status == 303
    assert len(api.asked_for("POST", "/v1/promotions/tiers/promo_2/disable")) == 1


def test_a_stack_shows_its_tiers_in_their_order_by_name() -> None:
    page = Browser(api_without()).get("/promotion-stacks")
    assert f"Second, {HOSTILE}" in page.find("tr", id="row-stack_1").text
    details = Browser(api_without()).get("/promotion-stacks/stack_1", into="drawer")
    assert details.texts("li")[:2] == ["Second", HOSTILE]
    assert HOSTILE not in details.text


def test_a_stack_is_tried_on_a_cart_tier_by_tier() -> None:
    api = api_without()
    refused = {"error": {"key": "order_rules_violated", "message": "Order does not match"}}
    api.says(
        "POST",
        "/v1/validations",
        {
            "redeemables": [
                {"id": "promo_2", "status": "APPLICABLE", "order": {"applied_discount_amount": 500}}
            ],
            "inapplicable_redeemables": [
                {"id": "promo_1", "status": "INAPPLICABLE", "result": refused}
            ],
            "order": {"amount": 10000, "total_discount_amount": 500, "total_amount": 9500},
        },
    )
    page = Browser(api).post("/promotion-stacks/stack_1/try", {"try_amount": "100"}, into="tried")
    sent = api.sent("POST", "/v1/validations")
    assert sent["redeemables"] == [{"object": "promotion_stack", "id": "stack_1"}]
    for said in ("Second", "€5.00", "Does not apply", "order_rules_violated", "€95.00"):
        assert said in page.root.text


def test_a_stack_is_tried_on_a_cart_of_products() -> None:
    api = api_without()
    violation = {
        "validation_rule_id": "val_1",
        "name": "customer.segment",
        "number": 1,
        "conditions": {"$is": ["seg_1"]},
        "value": None,
    }
    error = {"key": "customer_rules_violated", "explanation": {"violations": [violation]}}
    row = {"id": "promo_1", "status": "INAPPLICABLE", "result": {"error": error}}
    answer = {"valid": False, "redeemables": [row], "inapplicable_redeemables": [row]}
    api.says("POST", "/v1/validations", answer)
    api.says("GET", "/v1/validation-rules", {"data": [{"id": "val_1", "name": "Readers only"}]})
    api.says("GET", "/v1/segments", {"data": [{"id": "seg_1", "name": "Readers"}]})
    fields = {"fields": [{"name": "customer.segment", "label": "Customer segment"}]}
    api.says("GET", "/v1/validation-rules/fields", fields)
    cart = {"try_amount": "", "try_line": "0", "try_item-0": "product:prod_1"}
    page = Browser(api).post("/promotion-stacks/stack_1/try", cart, into="tried")
    line = {"product_id": "prod_1", "quantity": 1}
    assert api.sent("POST", "/v1/validations")["order"] == {"items": [line]}
    assert len(page.find_all("li")) == 1
    for said in (
        "all of its tiers have to apply",
        "Readers only",
        "Customer segment",
        "is Readers",
    ):
        assert said in page.root.text


def test_a_stack_is_not_tried_on_nothing() -> None:
    api = api_without()
    page = Browser(api).post("/promotion-stacks/stack_1/try", {"try_amount": ""}, into="tried")
    assert "Say an order amount, or choose a product." in page.root.text
    assert not api.asked_for("POST", "/v1/validations")


def test_categories_stand_in_order_with_kind_and_use() -> None:
    page = Browser(api_without()).get("/categories")
    assert [each["value"] for each in page.find_all("input", name="order")] == ["cat_1", "cat_2"]
    assert "Exclusive" in page.root.text
    assert "12 vouchers" in page.root.text
    assert "/vouchers?f=category_id:is:cat_2" in page.links
    assert "In no category will be: 12 vouchers, 1 campaign." in page.root.text
    assert HOSTILE not in page.text


def test_who_may_only_read_categories_cannot_move_them() -> None:
    page = Browser(api_without("categories.write")).get("/categories")
    assert page.find_all("form", id="order") == []
    assert "Seasonal" in page.root.text


def test_the_order_of_categories_is_one_save() -> None:
    api = api_without()
    api.says("PUT", "/v1/categories/order", {"data": []})
    Browser(api).post("/categories/order", {"order": ["cat_2", "cat_1"]})
    assert api.sent("PUT", "/v1/categories/order") == {"ids": ["cat_2", "cat_1"]}


def test_a_name_that_is_taken_is_told_at_its_field_as_it_was_typed() -> None:
    api = api_without()
    api.refuses("POST", "/v1/categories", 409, key="duplicate_found", details="Taken already")
    page = Browser(api).post("/categories/new", {"category_name": "Seasonal"}, into="category-form")
    assert page.find("input", name="category_name")["value"] == "Seasonal"
    assert page.find("span", class_="error").text == "Taken already"
    assert api.sent("POST", "/v1/categories")["hierarchy"] == 3


def test_a_category_is_renamed_in_its_place() -> None:
    api = api_without()
    api.says("PUT", "/v1/categories/cat_2", CATEGORIES[1])
    Browser(api).post("/categories/cat_2/rename", {"name": "Winter"})
    assert api.sent("PUT", "/v1/categories/cat_2") == {"name": "Winter", "hierarchy": 2}


def test_an_edit_of_a_tier_sends_what_was_changed_alone() -> None:
    api = api_without()
    api.says("PUT", "/v1/promotions/tiers/promo_1", TIER)
    form = {
        "name": HOSTILE,
        "banner": "10% off",
        "gives": "PERCENT",
        "percent_off": "12.5",
        "amount_limit": "20.00",
    }
    page = Browser(api).post("/promotion-tiers/promo_1/edit", form)
    assert page.headers["location"] == "/promotion-tiers/promo_1"
    assert api.sent("PUT", "/v1/promotions/tiers/promo_1") == {
        "banner": "10% off",
        "action": {"discount": {"type": "PERCENT", "percent_off": 12.5, "amount_limit": 2000}},
        "metadata": {},
    }


def test_tiers_are_combined_in_the_order_of_the_form() -> None:
    api = api_without()
    api.says("POST", "/v1/promotions/camp_1/stacks", STACK)
    form = {"name": "Both", "campaign": "camp_1", "order": ["promo_2", "promo_1"]}
    page = Browser(api).post("/promotion-stacks/new", form)
    assert page.headers["location"] == "/promotion-stacks?open=stack_1"
    assert api.sent("POST", "/v1/promotions/camp_1/stacks") == {
        "name": "Both",
        "tiers": {"ids": ["promo_2", "promo_1"]},
        "category_id": None,
    }


def test_a_combination_without_tiers_is_told_at_its_field() -> None:
    page = Browser(api_without()).post(
        "/promotion-stacks/new", {"name": HOSTILE, "campaign": "camp_1"}, into="form"
    )
    assert "#add-tier" in page.links
    assert page.find("input", name="name")["value"] == HOSTILE
    assert HOSTILE not in page.text


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("order=promo_1&adding=promo_2&add=true", ["promo_1", "promo_2"]),
        ("order=promo_1&order=promo_2&adding=&remove=promo_1", ["promo_2"]),
        ("adding=promo_2", []),
    ],
)
def test_tiers_are_added_and_taken_out(query: str, order: list[str]) -> None:
    page = Browser(api_without()).get(f"/promotion-stacks/tiers?campaign=camp_1&{query}", into="x")
    assert [each["value"] for each in page.find_all("input", name="order")] == order


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([], "no effect yet"),
        ([{"redeemables_sorting_rule": "REQUESTED_ORDER"}], "no effect yet"),
        ([{"redeemables_sorting_rule": "CATEGORY_HIERARCHY"}], "are applied first"),
    ],
)
def test_the_order_of_categories_says_whether_it_holds(
    rules: list[dict[str, Any]], said: str
) -> None:
    api = api_without()
    api.says("GET", "/management/v1/projects/proj_1/stacking-rules", {"data": rules})
    notice = Browser(api).get("/categories").find("div", class_="notice")
    assert said in notice.text
    assert [each["href"] for each in notice.find_all("a")] == ["/stacking-rules"]
