"""Making, changing and importing vouchers, and what is done with many of them."""

import json
from typing import Any

import pytest

from services.dashboard.sections.vouchers.giving_form import read_gives, values_of
from tests.unit.dashboard.forms import fields_of
from tests.unit.dashboard.kit import Browser, FakeApi, me_with
from tests.unit.dashboard.test_vouchers import HOSTILE, VOUCHER, api_with, voucher_with

TIERS = "/v1/promotions/tiers/{}"
PERCENT = voucher_with(
    code="TEN",
    type="DISCOUNT_VOUCHER",
    gift=None,
    discount={"type": "PERCENT", "percent_off": 10.0, "aggregated_amount_limit": 5000},
)


def test_a_voucher_is_made_as_it_was_typed() -> None:
    api = FakeApi()
    api.says("POST", "/v1/vouchers", VOUCHER)
    form = {
        "gives": "AMOUNT",
        "amount_off": "12,50",
        "effect": "APPLY_TO_ORDER",
        "pattern": "SUMMER-####",
        "start_date": "2026-06-01T00:00",
        "days": ["1", "6"],
        "quantity": "100",
        "category_id": "cat_1",
        "rules": ["val_1", "val_2"],
        "metadata": "season = summer\nyear = 2026",
        "is_off": "true",
    }
    page = Browser(api).post("/vouchers/new", form)
    assert page.status == 303
    assert page.headers["location"] == "/vouchers/GIFT-1"
    assert api.sent("POST", "/v1/vouchers") == {
        "type": "DISCOUNT_VOUCHER",
        "discount": {"type": "AMOUNT", "effect": "APPLY_TO_ORDER", "amount_off": 1250},
        "code_config": {"pattern": "SUMMER-####"},
        "start_date": "2026-05-31T22:00:00Z",
        "validity_day_of_week": [1, 6],
        "redemption": {"quantity": 100},
        "category_id": "cat_1",
        "validation_rules": ["val_1", "val_2"],
        "metadata": {"season": "summer", "year": 2026},
        "active": False,
    }


def test_a_form_that_is_wrong_asks_nothing_and_keeps_what_was_typed() -> None:
    api = FakeApi()
    form = {"gives": "PERCENT", "percent_off": "200", "code": HOSTILE, "metadata": "nothing"}
    page = Browser(api).post("/vouchers/new", form, into="form")
    assert page.status == 200
    assert api.asked_for("POST", "/v1/vouchers") == []
    assert page.find("input", name="code")["value"] == HOSTILE
    assert page.find("input", name="percent_off")["aria-invalid"] == "true"
    assert page.find("textarea", name="metadata")["aria-invalid"] == "true"
    assert HOSTILE not in page.text


def test_a_code_that_is_taken_is_told_at_its_field() -> None:
    api = FakeApi()
    api.refuses("POST", "/v1/vouchers", 409, key="duplicate_found", details="duplicate")
    form = {"gives": "GIFT", "gift_amount": "10", "code": "TEN"}
    page = Browser(api).post("/vouchers/new", form, into="form")
    assert "#code" in page.links
    assert page.find("input", name="code")["aria-invalid"] == "true"


def test_an_edit_sends_what_was_changed_alone() -> None:
    api = api_with(PERCENT)
    api.says("PUT", "/v1/vouchers/TEN", PERCENT)
    shown = Browser(api).get("/vouchers/v_1/edit")
    typed: dict[str, Any] = {
        each["name"]: each.attributes.get("value", "")
        for each in shown.find_all("input")
        if each.attributes.get("type") == "text" and "name" in each.attributes
    }
    typed |= {"gives": "PERCENT", "quantity": "20", "category_id": "", "additional_info": HOSTILE}
    Browser(api).post("/vouchers/v_1/edit", typed | {"metadata": "a = 1"})
    assert api.sent("PUT", "/v1/vouchers/TEN") == {
        "redemption": {"quantity": 20},
        "metadata": {HOSTILE: None, "a": 1},
    }


def test_what_a_form_cannot_hold_of_a_discount_stays_as_it_is() -> None:
    units = [{"unit_off": 1, "unit_type": "prod_1"}, {"unit_off": 2, "unit_type": "prod_2"}]
    discount = {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": units}
    voucher = {"id": "v_1", "code": "A", "type": "DISCOUNT_VOUCHER", "discount": discount}
    tier = {"id": "promo_1", "name": "Two", "action": {"discount": discount}}
    paths = (("vouchers", "v_1", "/v1/vouchers/{}"), ("promotion-tiers", "promo_1", TIERS))
    for (page, name, path), row in zip(paths, (voucher, tier), strict=True):
        api = FakeApi()
        for each in (name, "A"):
            api.says("GET", path.format(each), row)
            api.says("PUT", path.format(each), row)
        form = fields_of(Browser(api).get(f"/{page}/{name}/edit"))
        answer = Browser(api).post(f"/{page}/{name}/edit", form | {"metadata": ["a = 1"]})
        assert answer.status == 303
        (asked,) = [each for each in api.asked if each.method == "PUT"]
        assert json.loads(asked.content) == {"metadata": {"a": 1}}


def test_a_card_that_is_edited_keeps_its_balance() -> None:
    api = api_with(VOUCHER)
    api.says("PUT", "/v1/vouchers/GIFT-1", VOUCHER)
    form = {"gives": "GIFT", "gift_amount": "50.00", "quantity": "10", "additional_info": HOSTILE}
    Browser(api).post("/vouchers/v_1/edit", form)
    assert "gift" not in api.sent("PUT", "/v1/vouchers/GIFT-1")


@pytest.mark.parametrize(
    "discount",
    [
        {"type": "PERCENT", "percent_off": 12.5, "amount_limit": 2000},
        {"type": "AMOUNT", "amount_off": 500, "aggregated_amount_limit": 900},
        {"type": "FIXED", "fixed_amount": 0, "effect": "APPLY_TO_ITEMS"},
        {"type": "UNIT", "unit_type": "prod_1", "unit_off": 2, "effect": "ADD_NEW_ITEMS"},
        {"type": "AMOUNT", "amount_off": 1, "amount_off_formula": "ORDER_AMOUNT / 10"},
    ],
    ids=str,
)
def test_a_discount_comes_back_from_its_fields_as_it_was(discount: dict[str, Any]) -> None:
    errors: dict[str, str] = {}
    given = read_gives(values_of(discount), errors)
    assert given == {"type": "DISCOUNT_VOUCHER", "discount": discount}
    assert errors == {}


def test_the_fields_follow_what_was_chosen() -> None:
    page = Browser(FakeApi()).get("/vouchers/new/gives?gives=UNIT", into="gives-fields")
    assert [each["name"] for each in page.find_all("input")] == ["q", "unit_off"]


def test_who_makes_tiers_and_sees_no_vouchers_may_choose_what_a_tier_gives() -> None:
    browser = Browser(FakeApi(me_with("promotions.read", "promotions.write")))
    page = browser.get("/vouchers/new/gives?only=tier&gives=FIXED", into="gives-fields")
    assert len(page.find_all("input", name="fixed_amount")) == 1


def test_chosen_rows_are_changed_in_the_background() -> None:
    api = FakeApi()
    api.says("POST", "/v1/vouchers/bulk/filter/async", {"async_action_id": "aa_1"}, 202)
    form = {"keys": ["A", "B"], "metadata": "season = winter", "all": ""}
    page = Browser(api).post("/vouchers/metadata", form)
    assert page.headers["location"] == "/vouchers/work/aa_1"
    assert api.sent("POST", "/v1/vouchers/bulk/filter/async") == {
        "action": "metadata",
        "codes": ["A", "B"],
        "metadata": {"season": "winter"},
    }


def test_all_of_a_filter_are_named_by_the_filter() -> None:
    api = FakeApi()
    api.says("POST", "/v1/vouchers/bulk/filter/async", {"async_action_id": "aa_1"}, 202)
    form = {
        "keys": ["A"],
        "all": "true",
        "f": ["campaign_id:is:camp_1", "active:is:enabled", "gift.balance:more_than:5"],
    }
    Browser(api).post("/vouchers/disable", form)
    assert api.sent("POST", "/v1/vouchers/bulk/filter/async") == {
        "action": "disable",
        "filters": {
            "campaign_id": {"conditions": {"$is": ["camp_1"]}},
            "active": {"conditions": {"$enabled": ["true"]}},
            "gift.balance": {"conditions": {"$more_than": ["500"]}},
        },
    }


def test_an_export_of_chosen_rows_names_them() -> None:
    api = FakeApi()
    api.says("POST", "/v1/exports", {"id": "exp_1"})
    page = Browser(api).post("/vouchers/export", {"keys": ["A", "B"]})
    assert page.headers["location"] == "/exports"
    filters = api.sent("POST", "/v1/exports")["parameters"]["filters"]
    assert filters == {"code": {"conditions": {"$in": ["A", "B"]}}}


def test_work_asks_for_itself_until_it_is_done_and_tells_what_failed() -> None:
    api = FakeApi()
    row = {"id": "aa_1", "type": "VOUCHERS.IMPORT", "status": "IN_PROGRESS", "progress": 40}
    api.says("GET", "/v1/async-actions/aa_1", row)
    assert Browser(api).get("/vouchers/work/aa_1", into="work").find("div", id="work")["hx-get"]
    failed = [{"row": 3, "code": HOSTILE, "reason": "There is one already"}]
    result = {"done_count": 2, "failed_count": 1, "failed": failed}
    api.says("GET", "/v1/async-actions/aa_1", row | {"status": "DONE", "result": result})
    page = Browser(api).get("/vouchers/work/aa_1", into="work")
    assert "hx-get" not in page.find("div", id="work").attributes
    assert "2 done, 1 failed." in page.root.text
    assert "There is one already" in page.root.text
    assert HOSTILE not in page.text


def test_a_file_has_to_be_chosen() -> None:
    api = FakeApi()
    page = Browser(api).post("/vouchers/import", {"idempotency_key": "a"}, into="form")
    assert "Choose a file first." in page.text
    assert api.asked_for("POST", "/v1/vouchers/importCSV") == []
