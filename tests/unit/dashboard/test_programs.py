"""Loyalty programs: made by the form, told in sentences, their rules, tiers, rewards and numbers."""

from typing import Any

import pytest

from services.dashboard.parts.show import NOTHING, Show
from services.dashboard.sections.campaigns.programs.expiring import read_expiring
from services.dashboard.sections.campaigns.programs.expiry_words import say_expiring
from services.dashboard.sections.campaigns.programs.qualifying import (
    qualifying_values,
    read_qualifying,
    say_qualifying,
)
from services.dashboard.sections.campaigns.programs.rule_bodies import rule_body, values_of
from services.dashboard.sections.campaigns.programs.rule_words import say_rule
from services.dashboard.sections.campaigns.programs.tier_form import tier_body
from services.dashboard.sections.campaigns.programs.tier_form import values_of as tier_values
from tests.unit.dashboard.campaigns import BAD
from tests.unit.dashboard.kit import EVERYTHING, Browser
from tests.unit.dashboard.programs import ROOT, card, listed, program, program_api, rule, tier

SHOW = Show("Europe/Warsaw", "EUR")
#: What every form sends that has durations.
UNITS = {"frame_unit": "D", "every_unit": "D", "after_unit": "D"}


def test_a_program_has_tabs_of_its_own() -> None:
    page = Browser(program_api()).get("/campaigns/camp_1")
    tabs = [each.text for each in page.find("nav", class_="tabs").find_all("a")]
    assert tabs == [
        "Overview", "Members", "Earning rules", "Tiers", "Rewards", "Rules", "Publications",
        "Transactions", "History", "Settings",
    ]  # fmt: skip
    assert page.texts("dd")[:3] == ["1", "340", "9"]
    assert "700" in page.texts("dd")
    assert "Points expire 12 months after they were earned, at the end of that year." in page.text


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (None, "Points never expire."),
        ({"period_type": "DAY", "period_value": 1}, "Points expire 1 day after they were earned, at the end of that day."),
        ({"period_type": "FIXED_DAY_OF_YEAR", "fixed_month": 3, "fixed_day": 31}, "Points expire every year at the end of 31 March."),
        ({"period_type": "INACTIVITY", "period_value": 90, "notice_days": 14}, "Points expire when the card was not used for 90 days, which is told 14 days ahead."),
        ({"period_type": "MONTH", "period_value": 6, "rounding_type": "PARTICULAR_MONTH", "rounding_value": 1}, "Points expire 6 months after they were earned, at the end of the January that comes then."),
    ],
)  # fmt: skip
def test_when_points_expire_is_told_as_a_sentence(rules: Any, said: str) -> None:
    assert say_expiring(rules) == said


def test_the_sentence_follows_what_is_chosen() -> None:
    query = "expire_kind=FIXED_DAY_OF_YEAR&expire_day=31&expire_month=12"
    page = Browser(program_api()).get(f"/campaigns/new/expiring?{query}", into="expiring")
    said = page.find(id="expiring-said").text
    assert said == "Points expire every year at the end of 31 December."
    assert page.find_all(name="expire_notice")
    # a rule has no word in when its program tells
    of_rule = Browser(program_api()).get(f"/campaigns/new/expiring?{query}&follow=true")
    assert of_rule.find_all(name="expire_day") and not of_rule.find_all(name="expire_notice")
    errors: dict[str, str] = {}
    assert read_expiring({"expire_kind": "DAY", "expire_count": "x"}, errors)
    assert list(errors) == ["expire_count"]


def test_a_program_is_made_with_its_card() -> None:
    api = program_api()
    api.says("POST", "/v1/campaigns", {"id": "camp_9"})
    form = {
        "template": "loyalty", "shown_template": "loyalty", "name": "Club", "points": "50",
        "count": "0", "pattern": "CLUB-####", "charset": "digits", "grows": "true",
        "join_once": "true", "active": "true", "expire_kind": "MONTH", "expire_count": "12",
        "expire_rounding": "END_OF_YEAR", "idempotency_key": "k",
    }  # fmt: skip
    page = Browser(api).post("/campaigns/new", form, into="making")
    assert page.headers["hx-redirect"] == "/campaigns/camp_9"
    body = api.sent("POST", "/v1/campaigns")
    assert body["voucher"]["loyalty_card"] == {
        "points": 50,
        "expiration_rules": {
            "period_type": "MONTH", "period_value": 12, "rounding_type": "END_OF_YEAR",
        },
    }  # fmt: skip
    assert (body["campaign_type"], body["type"]) == ("LOYALTY_PROGRAM", "AUTO_UPDATE")
    assert (body["join_once"], body["auto_join"]) == (True, False)
    told = Browser(api).post("/campaigns/new/told", form, into="told").text
    assert "A card begins" in told
    assert "with 50 points" in told


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "3 points for every €10.00 of a paid order."),
        (
            {
                "validation_rule_id": "val_1", "pending_points": {"period_value": 14},
                "expiration_rules": {"period_type": "DAY", "period_value": 30},
            },
            "3 points for every €10.00 of a paid order, where Gold only holds, pending 14 days, expire 30 days after they were earned, at the end of that day.",
        ),
        (
            {"event": "review", "loyalty": {"type": "FIXED", "points": 1}, "limits": {"count": 1, "period": "DAY"}},
            "1 point for each event “review”, once a day at most.",
        ),
        (
            {"event": "customer.segment.entered", "segment": {"id": "seg_1"}, "loyalty": {"type": "FIXED", "points": 20}},
            "20 points for entering the segment VIP.",
        ),
        (
            {"event": "customer.loyalty.tier.upgraded", "loyalty_tier": {"id": "ltr_1"}, "loyalty": {"type": "FIXED", "points": 20}, "limits": {"points": 500}},
            "20 points for climbing to Gold, 500 points at most.",
        ),
        (
            {"loyalty": {"type": "PROPORTIONAL", "calculation_type": "ORDER_ITEMS_QUANTITY", "order_items": {"quantity": {"every": 2, "points": 5, "applicable_to": [{"object": "product", "id": "prod_1"}]}}}},
            "5 points for every 2 of Tea in a paid order.",
        ),
    ],
)  # fmt: skip
def test_a_rule_is_told_as_one_sentence(said: dict[str, Any], words: str) -> None:
    names = {"val_1": "Gold only", "seg_1": "VIP", "ltr_1": "Gold", "prod_1": "Tea"}
    assert say_rule(rule(**said), SHOW, names) == words


def test_rules_are_switched_and_deleted_by_who_may() -> None:
    api = program_api()
    page = Browser(api).get("/campaigns/camp_1/earning-rules")
    assert page.find("p", class_="sentence").text == "3 points for every €10.00 of a paid order."
    assert f"Shown to customers: {BAD}" in page.find("blockquote").text
    api.says("POST", f"{ROOT}/earning-rules/ern_1/disable", rule(active=False))
    Browser(api).post("/campaigns/camp_1/earning-rules/ern_1/disable", {}, into="x")
    api.says("DELETE", f"{ROOT}/earning-rules/ern_1", None, 204)
    gone = Browser(api).post("/campaigns/camp_1/earning-rules/ern_1/delete", {}, into="x")
    assert gone.headers["hx-redirect"] == "/campaigns/camp_1/earning-rules"
    reads = tuple(each for each in EVERYTHING if each.endswith(".read"))
    page = Browser(program_api(*reads)).get("/campaigns/camp_1/earning-rules")
    assert not [each for each in page.find_all("dialog", class_="modal") if "ern_1" in each["id"]]


def test_the_form_of_a_rule_says_what_is_wrong_and_keeps_what_was_typed() -> None:
    api = program_api()
    form = {
        "event": "order.paid", "calculation": "ORDER_AMOUNT", "points": "3", "every": "",
        "expire_kind": "program", "limit_period": "",
    }  # fmt: skip
    browser = Browser(api)
    page = browser.post("/campaigns/camp_1/earning-rules/new", form, into="form")
    assert "Say for how much" in page.find(id="errors").text
    assert page.find("input", id="points")["value"] == "3"
    api.says("POST", f"{ROOT}/earning-rules", [rule()])
    form |= {"every": "10", "pending": "14", "banner": "Three for ten", "active": "true"}
    browser.post("/campaigns/camp_1/earning-rules/new", form, into="form")
    [body] = api.sent("POST", f"{ROOT}/earning-rules")
    assert body == {
        "event": "order.paid",
        "loyalty": {
            "type": "PROPORTIONAL",
            "calculation_type": "ORDER_AMOUNT",
            "order": {"amount": {"points": 3, "every": 1000}},
        },
        "source": {"banner": "Three for ten"},
        "pending_points": {"period_type": "DAY", "period_value": 14},
        "active": True,
    }
    said = browser.post("/campaigns/camp_1/earning-rules/new/said", form, into="rule-said")
    assert "pending 14 days" in said.find("p", class_="sentence").text


def test_a_rule_goes_into_the_form_and_comes_back_the_same() -> None:
    before = rule(
        limits={"count": 2, "points": None, "period": "MONTH"},
        validity_day_of_week=[1, 5],
        expiration_rules={"period_type": "DAY", "period_value": 30},
    )
    errors: dict[str, str] = {}
    values = dict.fromkeys(("formula", "property", "sku"), "") | values_of(before, SHOW)
    body = rule_body(values, SHOW, errors, is_new=False)
    assert not errors
    assert body["loyalty"] == before["loyalty"]
    assert body["limits"] == before["limits"]
    assert body["expiration_rules"] == before["expiration_rules"]
    assert body["validity_day_of_week"] == [1, 5]
    assert body["source"] == {"banner": BAD}


def test_tiers_are_a_ladder_the_highest_first() -> None:
    page = Browser(program_api()).get("/campaigns/camp_1/loyalty-tiers")
    rungs = [each.text for each in page.find("ol", class_="ladder").find_all("li")]
    assert [each.split()[0] for each in rungs] == ["Gold", "Silver", "Base"]
    assert "100 to 499 points" in rungs[1]
    assert "gives 2 times as many points" in rungs[1]
    assert "The balance of the card says the tier" in page.text


def test_a_tier_is_made_of_its_range_and_its_mappings() -> None:
    api = program_api()
    api.says("POST", f"{ROOT}/tiers", [tier("Top", 900)])
    form = {
        "name": "Top", "from": "900", "to": "", "earn:ern_1:way": "MULTIPLY",
        "earn:ern_1:value": "1,5", "cost:rewa_1:way": "CUSTOM", "cost:rewa_1:value": "90",
    }  # fmt: skip
    Browser(api).post("/campaigns/camp_1/loyalty-tiers/new", form, into="form")
    assert api.sent("POST", f"{ROOT}/tiers") == [
        {
            "name": "Top",
            "points": {"from": 900},
            "earning_rules": {"ern_1": {"type": "MULTIPLY", "multiplier": 1.5}},
            "rewards": {"rewa_1": {"type": "CUSTOM", "points": 90}},
        }
    ]


def test_mappings_of_what_the_form_does_not_show_stay() -> None:
    before = tier("Top", 1, rewards={"rew_9": {"type": "CUSTOM", "points": 1}})
    body = tier_body(tier_values(before), {"earn": [], "cost": []}, before, {})
    assert body["rewards"] == before["rewards"]


def test_how_one_qualifies_is_told_and_chosen() -> None:
    rules = {
        "qualification_type": "POINTS_IN_PERIOD",
        "qualification_period": "QUARTER",
        "start_date": {"type": "NEXT_PERIOD"},
        "expiration_date": {"type": "CUSTOM", "extend": "P3M", "rounding": {"type": "MONTH", "strategy": "END"}},
    }  # fmt: skip
    assert read_qualifying(qualifying_values(rules), {}) == rules
    first, second = say_qualifying(rules)
    assert "within a quarter" in first
    assert second == (
        "A tier begins with the next quarter, and lasts 3 months, moved to the end of the month."
    )
    january = {"type": "CUSTOM", "strategy": "END", "unit": "MONTH", "value": 0}
    end = {"type": "CUSTOM", "extend": "P1Y", "rounding": january}
    yearly = {
        "qualification_type": "BALANCE",
        "start_date": {"type": "IMMEDIATE"},
        "expiration_date": end,
    }
    assert read_qualifying(qualifying_values(yearly), {}) == yearly
    assert say_qualifying(yearly)[1].endswith("moved to the end of January.")
    errors: dict[str, str] = {}
    read_qualifying({"tiers_by": "BALANCE", "tiers_end": "CUSTOM"}, errors)
    assert list(errors) == ["tiers_extend_count"]


def test_settings_change_only_what_was_changed() -> None:
    api = program_api()
    api.says("PUT", "/v1/campaigns/camp_1", program())
    page = Browser(api).get("/campaigns/camp_1/settings")
    assert "Points expire 12 months" in page.text
    form = UNITS | {
        "join_once": "true",
        "grows": "true",
        "tiers_by": "BALANCE",
        "description": "Ours",
    }
    Browser(api).post("/campaigns/camp_1/settings", form, into="form")
    assert api.sent("PUT", "/v1/campaigns/camp_1") == {"description": "Ours"}


def test_a_change_of_how_one_qualifies_may_look_at_everybody_again() -> None:
    api = program_api()
    api.says("PUT", "/v1/campaigns/camp_1", program())
    form = {
        "join_once": "true", "grows": "true", "tiers_by": "POINTS_IN_PERIOD",
        "tiers_period": "YEAR", "tiers_end": "END_OF_PERIOD", "recalculate": "true",
    }  # fmt: skip
    Browser(api).post("/campaigns/camp_1/settings", form, into="form")
    body = api.sent("PUT", "/v1/campaigns/camp_1")
    assert body["options"] == {"recalculate_tiers": True}
    assert body["loyalty_tiers_expiration"]["qualification_period"] == "YEAR"


def test_transactions_of_a_program_are_told_in_points_with_whose_they_are_and_why() -> None:
    api = program_api()
    api.says("GET", "/v1/vouchers", listed(card(), name="vouchers"))
    page = Browser(api).get("/campaigns/camp_1/transactions")
    cells = page.texts("td")
    assert cells[:6] == ["CARD-1", BAD, "Added", "40", "340", "A gift"]
    assert "/campaigns/camp_1/members/CARD-1" in page.links
    (asked,) = api.asked_for("GET", "/v1/vouchers")
    assert asked.url.params.get_list("ids") == ["v_1"]


def test_transactions_are_told_to_who_may_not_see_cards() -> None:
    page = Browser(program_api("campaigns.read")).get("/campaigns/camp_1/transactions")
    assert page.texts("td")[:3] == ["v_1", NOTHING, "Added"]


def test_a_file_of_transactions_is_asked_for() -> None:
    api = program_api()
    api.says("POST", f"{ROOT}/transactions/export", {"id": "exp_1"})
    page = Browser(api).post("/campaigns/camp_1/export/transactions", {}, into="x")
    assert page.headers["hx-redirect"] == "/exports/exp_1"
