"""The tiers in the form of a new promotion give what a single code gives."""

from typing import Any

import pytest

from tests.unit.dashboard.campaigns import PATH, api_with
from tests.unit.dashboard.forms import fields_of
from tests.unit.dashboard.kit import Browser, FakeApi, Page

FORM: dict[str, Any] = {
    "template": "promotion",
    "shown_template": "promotion",
    "name": "Deals",
    "tier_name": ["Gift", "Share"],
    "tier_banner": ["", ""],
    "tier_kind": ["UNIT", "PERCENT"],
    "tier_value": ["2", "10"],
    "tier_formula": ["", ""],
    "tier_most": ["", ""],
    "tier_effect": ["ADD_MISSING_ITEMS", ""],
    "tier_unit-0": "prod_1",
}


def shop() -> FakeApi:
    api = api_with()
    api.says("GET", "/v1/products/prod_1", {"id": "prod_1", "name": "<b>Mug</b>"})
    api.says("POST", PATH, {"id": "camp_9"})
    return api


def discounts(**typed: Any) -> list[Any]:
    api = shop()
    assert Browser(api).post("/campaigns/new", FORM | typed).status == 303
    tiers = api.sent("POST", PATH)["promotion"]["tiers"]
    return [(each.get("action") or {}).get("discount") for each in tiers]


def changed(**typed: Any) -> Page:
    return Browser(shop()).post("/campaigns/new/form", FORM | typed, into="making")


def test_a_tier_gives_units_of_a_product() -> None:
    unit = {"type": "UNIT", "effect": "ADD_MISSING_ITEMS", "unit_type": "prod_1", "unit_off": 2}
    assert discounts() == [unit, {"type": "PERCENT", "percent_off": 10}]


def test_a_tier_gives_by_a_formula_with_a_limit_and_an_effect() -> None:
    typed = {
        "tier_kind": ["AMOUNT", "PERCENT"],
        "tier_value": ["", "5"],
        "tier_formula": ["ORDER_AMOUNT * 0.1", "ITEMS_AMOUNT / 100"],
        "tier_most": ["9", "20"],
        "tier_effect": ["APPLY_TO_ORDER", "APPLY_TO_ITEMS"],
    }
    assert discounts(**typed) == [
        {
            "type": "AMOUNT",
            "effect": "APPLY_TO_ORDER",
            "amount_off": 0,
            "amount_off_formula": "ORDER_AMOUNT * 0.1",
        },
        {
            "type": "PERCENT",
            "effect": "APPLY_TO_ITEMS",
            "percent_off": 5,
            "percent_off_formula": "ITEMS_AMOUNT / 100",
            "amount_limit": 2000,
        },
    ]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"tier_unit-0": ""}, "tier_unit-0-find"),
        ({"tier_value": ["some", "10"]}, "tier_value-0"),
        ({"tier_most": ["", "-"]}, "tier_most-1"),
    ],
)
def test_what_is_wrong_with_a_tier_stands_at_its_field(typed: dict[str, Any], field: str) -> None:
    api = shop()
    page = Browser(api).post("/campaigns/new", FORM | typed)
    assert [each["href"] for each in page.find(id="errors").find_all("a")] == [f"#{field}"]
    assert page.find_all(id=field)
    assert not api.asked_for("POST", PATH)


def test_each_tier_keeps_its_own_whatever_is_chosen_beside_it() -> None:
    page = changed(tier_kind=["PERCENT", "UNIT"], tier_most=["", "20"], add_tier="true")
    kept = fields_of(page)
    assert kept["tier_name"] == ["Gift", "Share", ""]
    assert kept["tier_most"] == ["", "20", ""]
    assert kept["tier_unit-0"] == ["prod_1"]
    assert "tier_unit-1" not in kept
    again = changed(**{"tier_unit-1": "prod_1", "tier_kind": ["UNIT", "UNIT"], "drop_tier": "0"})
    assert fields_of(again)["tier_unit-0"] == ["prod_1"]
    assert fields_of(again)["tier_name"] == ["Share"]


def test_a_product_that_is_free_is_shown_by_its_name() -> None:
    page = changed()
    (chip,) = page.texts("span", class_="chip")
    assert chip == "<b>Mug</b>"
    assert "<b>Mug" not in page.text
