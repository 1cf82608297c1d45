"""The form of a new campaign, and the one that changes it: nothing is lost, what is wrong stands at its field."""

from typing import Any

import pytest

from services.dashboard.parts.hours import read_duration, write_duration
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.making.codes import (
    charset_of,
    count_codes,
    example_codes,
    room_of,
)
from services.dashboard.sections.campaigns.making.draft import TEMPLATES
from services.dashboard.sections.campaigns.making.drafting import draft_of
from tests.unit.dashboard.campaigns import BAD, PATH, api_with, campaign, promotion
from tests.unit.dashboard.forms import fields_of
from tests.unit.dashboard.kit import Browser

SHOW = Show("Europe/Warsaw", "EUR")
UNIQUE = {
    "template": "unique",
    "shown_template": "unique",
    "name": "Spring",
    "kind": "PERCENT",
    "value": "12,5",
    "most": "20",
    "count": "1 000",
    "pattern": "SPRING-######",
    "charset": "plain",
    "quantity": "1",
    "active": "true",
}


def made(form: dict[str, Any]) -> Any:
    """What the API is sent for a form."""
    api = api_with()
    api.says("POST", PATH, {"id": "camp_9"})
    page = Browser(api).post("/campaigns/new", form)
    assert page.headers["location"] == "/campaigns/camp_9", page.texts(class_="error")
    return api.sent("POST", PATH)


@pytest.mark.parametrize("template", [each.name for each in TEMPLATES])
def test_every_template_has_a_form_of_its_own(template: str) -> None:
    page = Browser(api_with()).get(f"/campaigns/new?template={template}")
    assert page.find("input", id=f"template-{template}").has(checked="")
    steps = [each["href"] for each in page.find("ol", class_="steps").find_all("a")]
    assert all(page.find_all("fieldset", id=each.removeprefix("#")) for each in steps)


def test_unique_codes_are_made_as_the_form_says() -> None:
    body = made(UNIQUE)
    assert body["vouchers_count"] == 1000
    assert body["campaign_type"] == "DISCOUNT_COUPONS"
    discount = {"type": "PERCENT", "percent_off": 12.5, "amount_limit": 2000}
    assert body["voucher"]["discount"] == discount
    assert body["voucher"]["redemption"] == {"quantity": 1}
    assert body["voucher"]["code_config"]["pattern"] == "SPRING-######"
    assert body["active"] is True


@pytest.mark.parametrize(
    ("form", "discount"),
    [
        ({"kind": "AMOUNT", "value": "5,50"}, {"type": "AMOUNT", "amount_off": 550}),
        (
            {"kind": "FIXED", "value": "9.90", "effect": "APPLY_TO_ITEMS"},
            {"type": "FIXED", "fixed_amount": 990, "effect": "APPLY_TO_ITEMS"},
        ),
        (
            {"kind": "UNIT", "value": "2", "unit": "prod_1"},
            {"type": "UNIT", "unit_off": 2, "unit_type": "prod_1", "effect": "ADD_NEW_ITEMS"},
        ),
        (
            {"kind": "AMOUNT", "value": "", "calculated": "true", "formula": "ORDER_AMOUNT * 0.1"},
            {"type": "AMOUNT", "amount_off": 0, "amount_off_formula": "ORDER_AMOUNT * 0.1"},
        ),
    ],
    ids=["amount", "fixed", "units", "formula"],
)
def test_a_discount_of_each_kind(form: dict[str, Any], discount: dict[str, Any] | None) -> None:
    assert made(UNIQUE | {"most": ""} | form)["voucher"]["discount"] == discount


def test_gift_cards_hold_credit() -> None:
    voucher = made(UNIQUE | {"template": "gift", "shown_template": "gift", "gift_amount": "50"})[
        "voucher"
    ]
    assert voucher["gift"] == {"amount": 5000}
    assert "discount" not in voucher


def test_a_promotion_has_tiers_in_the_order_of_the_form() -> None:
    tiers = {"tier_name": ["A", "B"], "tier_banner": ["", "Show it"], "tier_kind": ["AMOUNT", ""]}
    form = {
        "template": "promotion",
        "shown_template": "promotion",
        "name": "Deals",
        "tier_value": ["3", ""],
    }
    body = made(form | tiers)
    assert body["promotion"]["tiers"] == [
        {"name": "A", "action": {"discount": {"type": "AMOUNT", "amount_off": 300}}},
        {"name": "B", "banner": "Show it"},
    ]
    assert "voucher" not in body


def test_one_code_for_all_is_added_to_its_campaign() -> None:
    api = api_with()
    api.says("POST", PATH, {"id": "camp_9"})
    api.says("POST", f"{PATH}/camp_9/vouchers/SUN%2F25", {"code": "SUN/25"})
    api.answers["POST", f"{PATH}/camp_9/vouchers/SUN/25"] = (200, {"code": "SUN/25"})
    generic = UNIQUE | {"template": "generic", "shown_template": "generic", "code": "SUN/25"}
    page = Browser(api).post("/campaigns/new", generic)
    assert page.headers["location"] == "/campaigns/camp_9"
    assert api.sent("POST", PATH)["vouchers_count"] == 0
    assert [
        each
        for each in api.asked
        if b"/vouchers/SUN%2F25" in each.url.raw_path and each.method == "POST"
    ]


def test_dates_are_those_of_the_project_and_days_hours_and_rules_go_along() -> None:
    form = UNIQUE | {
        "start": "2026-07-01T00:00",
        "end": "2026-08-01T00:00",
        "day": ["1", "5"],
        "from_hour": "17:00",
        "to_hour": "19:00",
        "frame_count": "2",
        "frame_unit": "D",
        "every_count": "1",
        "every_unit": "W",
        "after_count": "12",
        "after_unit": "TH",
        "rule": ["val_1", "val_2"],
        "category": "cat_1",
        "join_once": "true",
        "metadata": "season = summer\nlevel = 3",
    }
    body = made(form)
    assert body["start_date"] == "2026-06-30T22:00:00Z"
    assert body["validity_day_of_week"] == [1, 5]
    hours = {"start_time": "17:00", "expiration_time": "19:00"}
    assert body["validity_hours"] == {"daily": [hours]}
    assert body["validity_timeframe"] == {"duration": "P2D", "interval": "P1W"}
    assert body["activity_duration_after_publishing"] == "PT12H"
    assert body["validation_rules"] == ["val_1", "val_2"]
    assert body["category_id"] == "cat_1"
    assert body["join_once"] is True
    assert body["metadata"] == {"season": "summer", "level": 3}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"value": "much"}, "value"),
        ({"most": "-3"}, "most"),
        ({"count": "many"}, "count"),
        ({"pattern": "SPRING"}, "pattern"),
        ({"pattern": "##", "count": "5000"}, "pattern"),
        ({"quantity": "1.5"}, "quantity"),
        ({"start": "2026-02-01T00:00", "end": "2026-01-01T00:00"}, "end"),
        ({"from_hour": "10:00"}, "from_hour"),
        ({"frame_count": "2"}, "frame_count"),
        ({"metadata": "nothing"}, "metadata"),
        ({"calculated": "true", "formula": ""}, "formula"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_before_the_api_is_asked(
    change: dict[str, Any], field: str
) -> None:
    api = api_with()
    page = Browser(api).post("/campaigns/new", UNIQUE | change)
    assert page.status == 200
    assert [each["href"] for each in page.find(id="errors").find_all("a")] == [f"#{field}"]
    assert page.find_all(id=field)
    assert not api.asked_for("POST", PATH)


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"key": "duplicate_found", "details": "Campaign Spring exists"}, "name"),
        ({"details": "Property `.voucher.discount.percent_off` must be at most 100"}, "value"),
        ({"details": "Property `.validity_timeframe.duration` is none"}, "frame_count"),
        ({"key": "invalid_code_config", "details": "There are 100"}, "pattern"),
        ({"key": "not_found", "details": "Cannot find validation_rule with id val_1"}, "rule-find"),
        ({"details": "Something else"}, ""),
    ],
)
def test_a_refusal_of_the_api_stands_at_its_field_and_nothing_is_lost(
    fault: dict[str, Any], field: str
) -> None:
    api = api_with()
    api.refuses("POST", PATH, **fault)
    typed = {"description": BAD, "rule": "val_1", "day": "3", "metadata": "a = b"}
    page = Browser(api).post("/campaigns/new", UNIQUE | typed)
    assert page.status == 200
    errors = page.find(id="errors")
    # a path of the API is no word of the form
    said = str(fault["details"])
    assert (said if "`" not in said else f"It {said.partition('` ')[2]}") in errors.text
    assert [each["href"] for each in errors.find_all("a")] == ([f"#{field}"] if field else [])
    assert page.find("textarea", id="description").text == BAD
    assert BAD not in page.text
    assert page.find("input", id="pattern")["value"] == "SPRING-######"
    assert page.find("input", name="rule")["value"] == "val_1"
    assert page.find("input", id="day-3").has(checked="")


def test_another_template_brings_its_fields_and_keeps_what_was_typed() -> None:
    form = UNIQUE | {"template": "promotion"}
    page = Browser(api_with()).post("/campaigns/new/form", form, into="making")
    assert page.find("input", id="name")["value"] == "Spring"
    assert len(page.find_all("input", name="tier_name")) == 1
    assert not page.find_all("input", id="pattern")
    more = form | {"shown_template": "promotion", "tier_name": ["A"], "add_tier": "true"}
    page = Browser(api_with()).post("/campaigns/new/form", more, into="making")
    assert [each["value"] for each in page.find_all("input", name="tier_name")] == ["A", ""]
    less = more | {"tier_name": ["A", "B"], "drop_tier": "0", "add_tier": ""}
    page = Browser(api_with()).post("/campaigns/new/form", less, into="making")
    assert [each["value"] for each in page.find_all("input", name="tier_name")] == ["B"]


def test_the_words_beside_the_form_warn_of_what_one_may_regret() -> None:
    page = Browser(api_with()).post("/campaigns/new/told", UNIQUE | {"quantity": "", "most": ""})
    told = page.find(id="told").text
    for said in ("no end", "no limit", "every other discount", "12.5% off", "1,000 codes"):
        assert said in told
    fine = UNIQUE | {"end": "2027-01-01T00:00", "rule": "val_1", "category": "cat_1"}
    fine |= {"pattern": "############"}
    assert "Look at this again" not in Browser(api_with()).post("/campaigns/new/told", fine).text


def test_a_cart_is_tried_before_anything_is_made() -> None:
    api = api_with()
    order = {"amount": 10000, "total_discount_amount": 1250, "total_amount": 8750}
    rows = [{"status": "APPLICABLE", "object": "voucher", "order": order}]
    rows.append(
        {"status": "INAPPLICABLE", "name": BAD, "result": {"error": {"details": "Too little"}}}
    )
    api.says("POST", f"{PATH}/try", {"valid": True, "redeemables": rows})
    cart = {"try_amount": "100", "try_product": "prod_1", "try_quantity": "2"}
    page = Browser(api).post("/campaigns/try", UNIQUE | cart, into="try-result")
    assert "€12.50 off" in page.text
    assert "€87.50 is left to pay" in page.text
    assert "Too little" in page.text
    assert BAD not in page.text
    sent = api.sent("POST", f"{PATH}/try")
    assert sent["cart"]["order"]["items"][0]["product_id"] == "prod_1"
    assert sent["campaign"]["voucher"]["discount"]["percent_off"] == 12.5


def test_settings_hold_what_there_is_and_send_what_was_changed() -> None:
    dates: dict[str, Any] = {
        "start_date": "2026-06-30T22:00:00.000Z",
        "validity_timeframe": {"duration": "P2D", "interval": "P1W"},
    }
    api = api_with(campaign(metadata={"season": "spring"}, **dates))
    api.says("PUT", f"{PATH}/camp_1", {"id": "camp_1"})
    page = Browser(api).get("/campaigns/camp_1/settings")
    assert page.find("input", id="start")["value"] == "2026-07-01T00:00"
    assert page.find("input", id="value")["value"] == "5.00"
    form = fields_of(page) | {"value": ["6"], "frame_count": [""], "every_count": [""]}
    answer = Browser(api).post("/campaigns/camp_1/settings", form)
    assert answer.headers["location"] == "/campaigns/camp_1/settings"
    body = api.sent("PUT", f"{PATH}/camp_1")
    assert body == {
        "discount": {"type": "AMOUNT", "amount_off": 600},
        "validity_timeframe": None,
    }


def test_settings_that_are_saved_as_they_were_change_nothing() -> None:
    daily = [
        {"start_time": "08:00", "expiration_time": "10:00", "days_of_week": [1]},
        {"start_time": "18:00", "expiration_time": "20:00"},
    ]
    discount = {"type": "AMOUNT", "amount_off": 500, "effect": "APPLY_TO_ITEMS_BY_QUANTITY"}
    api = api_with(
        campaign(
            expiration_date="2026-12-31T22:59:59.999Z",
            validity_hours={"daily": daily},
            voucher={"type": "DISCOUNT_VOUCHER", "discount": discount},
            description="First line\nSecond line",
        )
    )
    api.says("PUT", f"{PATH}/camp_1", {"id": "camp_1"})
    form = fields_of(Browser(api).get("/campaigns/camp_1/settings"))
    form["description"] = [each.replace("\n", "\r\n") for each in form["description"]]
    Browser(api).post("/campaigns/camp_1/settings", form)
    assert api.sent("PUT", f"{PATH}/camp_1") == {}


def test_a_line_of_metadata_that_is_taken_out_of_the_settings_is_taken_out() -> None:
    api = api_with(campaign(metadata={"season": "spring", "team": "shop"}))
    api.says("PUT", f"{PATH}/camp_1", {"id": "camp_1"})
    form = fields_of(Browser(api).get("/campaigns/camp_1/settings"))
    Browser(api).post("/campaigns/camp_1/settings", form | {"metadata": ["team = shop"]})
    body = api.sent("PUT", f"{PATH}/camp_1")
    assert body == {"metadata": {"team": "shop"}, "unset_metadata_fields": ["season"]}


def test_settings_leave_alone_what_they_cannot_hold() -> None:
    units = {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": [{"unit_type": "prod_1"}]}
    api = api_with(campaign(voucher={"type": "DISCOUNT_VOUCHER", "discount": units}), promotion())
    for name in ("camp_1", "camp_2"):
        api.says("PUT", f"{PATH}/{name}", {"id": name})
        assert Browser(api).get(f"/campaigns/{name}/settings").status == 200
        Browser(api).post(f"/campaigns/{name}/settings", {"description": "New"})
        assert "discount" not in api.sent("PUT", f"{PATH}/{name}")


def test_a_refusal_of_settings_keeps_what_was_typed() -> None:
    api = api_with(campaign())
    api.refuses("PUT", f"{PATH}/camp_1", details="Property `.expiration_date` is before the start")
    form = {"kind": "AMOUNT", "value": "6", "description": "Mine", "end": "2026-07-01T00:00"}
    page = Browser(api).post("/campaigns/camp_1/settings", form, into="form")
    assert page.find("a", href="#end").text == "It is before the start"
    assert page.find("textarea", id="description").text == "Mine"


def test_examples_are_of_the_pattern_and_counts_are_exact() -> None:
    charset = charset_of("digits")
    assert count_codes("A-##", charset) == room_of("A-##", charset) == 100
    assert room_of("######", charset) == 900_000
    for each in example_codes("A-##", charset):
        assert each.startswith("A-")
        assert each[2:].isdecimal()


@pytest.mark.parametrize("text", ["", "P1D", "PT30M", "P2W", "P3M", "P1Y", "PT12H", "P1DT2H"])
def test_a_duration_is_the_same_there_and_back(text: str) -> None:
    assert write_duration(*read_duration(text)) == text


def test_a_campaign_as_it_is_fills_the_form() -> None:
    draft = draft_of(campaign(description="Mine", category_id="cat_1"), SHOW)
    assert (draft["name"], draft["description"], draft["category"]) == ("Spring", "Mine", "cat_1")
