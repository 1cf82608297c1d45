"""The page of one campaign: its tabs, what may be done, and what is told before."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from services.dashboard.parts.discounts import say_discount
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.copying import body_of_copy
from tests.unit.dashboard.campaigns import BAD, PATH, api_with, campaign, promotion
from tests.unit.dashboard.kit import EVERYTHING, Browser, Page, me_with

SHOW = Show("Europe/Warsaw", "EUR")


def texts_of_tabs(page: Page) -> list[str]:
    """The tabs that there are."""
    return [each.text for each in page.find("nav", class_="tabs").find_all("a")]


@pytest.mark.parametrize(
    ("row", "tabs"),
    [
        (campaign(), "Overview Vouchers Rules Publications History Settings"),
        (promotion(), "Overview Tiers Rules History Settings"),
        (
            campaign(campaign_type="GIFT_VOUCHERS"),
            "Overview Vouchers Rules Publications Transactions History Settings",
        ),
    ],
    ids=["codes", "promotion", "cards"],
)
def test_a_campaign_has_the_tabs_of_its_kind(row: dict[str, Any], tabs: str) -> None:
    page = Browser(api_with(row)).get(f"/campaigns/{row['id']}")
    assert " ".join(texts_of_tabs(page)) == tabs


def test_a_state_that_will_pass_is_asked_again_by_itself() -> None:
    api = api_with(campaign(vouchers_generation_status="IN_PROGRESS"))
    page = Browser(api).get("/campaigns/camp_1")
    assert page.find(id="state")["hx-get"] == "/campaigns/camp_1/state"
    api.says("GET", f"{PATH}/camp_1", campaign())
    state = Browser(api).get("/campaigns/camp_1/state", into="state").find(id="state")
    assert (state.text, "hx-get" in state.attributes) == ("Active", False)


def test_who_may_only_read_sees_no_way_to_change() -> None:
    reads = tuple(each for each in EVERYTHING if each.endswith(".read"))
    page = Browser(api_with(campaign(), privileges=reads)).get("/campaigns/camp_1")
    assert "Settings" not in texts_of_tabs(page)
    assert not page.find_all("dialog", class_="modal", id="delete-campaign")
    assert not page.find_all("button", commandfor="delete-campaign")


def test_numbers_lead_to_the_lists_behind_them() -> None:
    api = api_with(campaign())
    told = [{"metric": "redemptions_failed", "value": 5, "against": 2}]
    api.says("GET", "/v1/analytics/compare", {"metrics": told})
    reasons = [{"group": "voucher_expired", "redemptions_failed": 5}]
    api.says("GET", "/v1/analytics/top", {"rows": reasons})
    steps = [{"step": "published", "count": 4, "of_previous": None, "of_first": 1}]
    api.says("GET", "/v1/analytics/funnel", {"steps": steps})
    point = {"at": "2026-11-01T00:00:00Z", "redemptions_succeeded": 1, "discount_amount": 500}
    api.says("GET", "/v1/analytics/timeseries", {"series": [{"points": [point]}]})
    page = Browser(api).get("/campaigns/camp_1?period=7d")
    (expired,) = [each for each in page.links if "voucher_expired" in each]
    for said in ("campaign_name%3Ais%3ASpring", "result%3Ais%3AFAILURE", "created_at%3Aafter%3A"):
        assert said in expired
    assert "/campaigns/camp_1/publications" in page.links
    plots = [json.loads(each["data-points"]) for each in page.find_all("div", class_="plot")]
    assert plots[0]["series"][0]["values"] == [1]
    assert plots[1]["series"][0]["values"] == [500]


def test_cards_tell_their_credit_besides() -> None:
    api = api_with(campaign(campaign_type="GIFT_VOUCHERS"))
    told = [{"metric": "gift_credits_issued", "value": 5000, "against": 0}]
    api.says("GET", "/v1/analytics/compare", {"metrics": told})
    left = [{"group": "camp_1", "gift_credits_outstanding": 2500000}]
    api.says("GET", "/v1/analytics/top", {"rows": left})
    numbers = Browser(api).get("/campaigns/camp_1").find("dl", class_="kpis").text
    assert "Credit issued €50.00" in numbers
    assert "Credit left on cards now €25,000.00" in numbers


def test_numbers_that_are_not_ready_leave_the_rest_of_the_page() -> None:
    page = Browser(api_with(campaign())).get("/campaigns/camp_1")
    assert page.status == 200
    assert "The numbers are not there at the moment" in page.text
    assert "SPRING-####" in page.text


def test_text_of_a_shop_is_text_on_every_tab() -> None:
    row = campaign(BAD, description=BAD, metadata={BAD: BAD})
    api = api_with(row)
    voucher = {"id": "v_1", "code": BAD, "discount": {"type": "PERCENT", "percent_off": 10}}
    api.says("GET", "/v1/vouchers", {"vouchers": [voucher], "total": 1})
    change = {"action": "updated", "changes": [{"path": BAD, "from": BAD, "to": BAD}]}
    api.says("GET", "/v1/audit/changes", {"data": [change]})
    for tab in ("", "/vouchers", "/rules", "/history", "/settings"):
        assert BAD not in Browser(api).get(f"/campaigns/camp_1{tab}").text


def test_its_history_says_events_in_words_and_leads_to_them() -> None:
    api = api_with(campaign())
    api.says("GET", "/v1/audit/changes", {"data": []})
    events = [
        {"id": "ev_1", "type": "voucher.points_earned", "channel": "API"},
        {"id": "ev_2", "type": "redemption.succeeded"},
    ]
    api.says("GET", "/v1/audit/events", {"data": events})
    page = Browser(api).get("/campaigns/camp_1/history")
    assert page.find("a", href="/events/ev_1").text == "Voucher points earned"
    assert page.find("a", href="/events/ev_2").text == "Redeemed"
    assert "Voucher points earned API" in page.root.text


def test_vouchers_of_it_are_a_list_with_filters_of_its_own() -> None:
    api = api_with(campaign())
    rows = [{"id": "v_1", "code": "A/B", "redemption": {"quantity": 2, "redeemed_quantity": 1}}]
    api.says("GET", "/v1/vouchers", {"vouchers": rows, "total": 1})
    page = Browser(api).get("/campaigns/camp_1/vouchers?f=code:starts_with:A", into="list")
    assert "1 / 2" in page.text
    assert "/vouchers/v_1" in page.links
    params = api.asked_for("GET", "/v1/vouchers")[0].url.params
    assert params["campaign_id"] == "camp_1"
    assert params["filters[code][conditions][$starts_with]"] == "A"
    assert Browser(api).get("/campaigns/camp_1/vouchers/filter?field=code").status == 200


@pytest.mark.parametrize(("role", "said"), [(True, "Ann Bell"), (False, "cust_1")])
def test_who_holds_a_voucher_of_it_is_told_by_name_where_that_may_be_seen(
    role: bool, said: str
) -> None:
    api = api_with(campaign())
    rows = [{"id": "v_1", "code": "A", "holder_id": "cust_1"}, {"id": "v_2", "code": "B"}]
    api.says("GET", "/v1/vouchers", {"vouchers": rows, "total": 2})
    api.says("GET", "/v1/customers", {"customers": [{"id": "cust_1", "name": "Ann Bell"}]})
    if not role:
        api.says("GET", "/users/v1/me", me_with("campaigns.read", "vouchers.read"))
    page = Browser(api).get("/campaigns/camp_1/vouchers", into="list")
    assert page.find("a", href="/customers/cust_1").text == said


def test_its_codes_alone_are_exported() -> None:
    api = api_with(campaign())
    (href,) = [each for each in Browser(api).get("/campaigns/camp_1").links if "/exports/" in each]
    api.says("POST", "/v1/exports", {"id": "exp_1"})
    chosen = [each["value"] for each in Browser(api).get(href).find_all("input", name="f")]
    assert chosen == ["campaign_id:is:camp_1"]


def test_rules_are_assigned_and_taken_away() -> None:
    assigned = [{"id": "asgm_1", "rule_id": "val_1"}]
    row = campaign(validation_rules_assignments={"data": assigned})
    api = api_with(row)
    api.says("GET", "/v1/validation-rules", {"data": [{"id": "val_1", "name": "From 50"}]})
    api.says("POST", "/v1/validation-rules/val_2/assignments", {"id": "asgm_2"})
    api.says("DELETE", "/v1/validation-rules/val_1/assignments/asgm_1", None, 204)
    page = Browser(api).get("/campaigns/camp_1/rules")
    assert "From 50" in page.find("ul", class_="ladder").text
    Browser(api).post("/campaigns/camp_1/rules", {"rule": "val_2"})
    sent = api.sent("POST", "/v1/validation-rules/val_2/assignments")
    assert sent == {"related_object_id": "camp_1", "related_object_type": "campaign"}
    assert Browser(api).post("/campaigns/camp_1/rules/val_1/asgm_1/delete").status == 303
    nothing = Browser(api).post("/campaigns/camp_1/rules", into="add")
    assert nothing.find(class_="toast").text == "Choose a set of rules first"


def test_tiers_are_moved_by_sending_their_whole_order() -> None:
    api = api_with(promotion())
    tiers = [{"id": f"promo_{at}", "name": f"Tier {at}"} for at in (1, 2)]
    api.says("GET", "/v1/promotions/camp_2/tiers", {"tiers": tiers})
    api.says("PUT", "/v1/promotions/camp_2/tiers/order", {"data": []})
    page = Browser(api).get("/campaigns/camp_2/tiers")
    (down,) = page.find_all("button", aria_label="Move Tier 1 down")
    assert down.tag == "button"
    assert [each["value"] for each in page.find_all("input", name="order")][:2] == [
        "promo_2",
        "promo_1",
    ]
    Browser(api).post("/campaigns/camp_2/tiers", {"order": ["promo_2", "promo_1"]})
    assert api.sent("PUT", "/v1/promotions/camp_2/tiers/order") == {"ids": ["promo_2", "promo_1"]}


def test_a_new_tier_leads_to_its_own_page() -> None:
    api = api_with(promotion())
    api.says("GET", "/v1/promotions/camp_2/tiers", {"tiers": []})
    api.says("POST", "/v1/promotions/camp_2/tiers", {"id": "promo_3"})
    assert Browser(api).get("/campaigns/camp_2/tiers").find_all("dialog", id="new-tier")
    form = {"tier_name": "Five off", "gives": "AMOUNT", "amount_off": "5"}
    page = Browser(api).post("/campaigns/camp_2/tiers/new", form, into="new-tier-form")
    assert page.headers["hx-redirect"] == "/promotion-tiers/promo_3"
    discount = {"type": "AMOUNT", "amount_off": 500}
    sent = api.sent("POST", "/v1/promotions/camp_2/tiers")
    assert sent == {"name": "Five off", "action": {"discount": discount}}
    wrong = {"gives": "UNIT", "unit_off": "2"}
    page = Browser(api).post("/campaigns/camp_2/tiers/new", wrong, into="new-tier-form")
    assert "Give it a name" in page.text
    assert "Choose the product that is given." in page.text
    assert page.find("input", name="unit_off")["value"] == "2"


@pytest.mark.parametrize("count", ["", "0", "-1", "x", "9" * 5_000])
def test_so_many_codes_cannot_be_added(count: str) -> None:
    api = api_with(campaign())
    page = Browser(api).post("/campaigns/camp_1/codes", {"count": count}, into="add-codes-result")
    assert "as a number from 1 on" in page.text
    assert not api.asked_for("POST", f"{PATH}/camp_1/vouchers")


def test_codes_that_are_added_are_followed_until_they_are_made() -> None:
    api = api_with(campaign())
    api.says("POST", f"{PATH}/camp_1/vouchers", {"async_action_id": "aa_1"}, 202)
    page = Browser(api).post("/campaigns/camp_1/codes", {"count": "500"}, into="add-codes-result")
    assert page.find("div", class_="progress")["hx-get"] == "/campaigns/camp_1/tasks/aa_1"
    assert api.sent("POST", f"{PATH}/camp_1/vouchers") == {"vouchers_count": 500}
    result = {"done_count": 499, "failed_count": 1, "failed": [{"row": 7, "code": BAD}]}
    done = {"status": "DONE", "operation_status": "SUCCESS", "result": result}
    at = {"created_at": "2026-01-15T09:30:00.250Z", "updated_at": "2026-01-15T09:30:02.750Z"}
    api.says("GET", "/v1/async-actions/aa_1", done | at)
    made = Browser(api).get("/campaigns/camp_1/tasks/aa_1", into="add-codes-result")
    assert "idempotency_key" in made.text, "more codes would be taken for the same request"
    assert BAD not in made.text
    assert f"Row 7: {BAD}" in made.root.text
    assert "499 done, 1 failed" in made.root.text
    listed, file = (parse_qs(each.partition("?")[2]) for each in made.links)
    times = ["created_at:after:2026-01-15T10:30", "created_at:before:2026-01-15T10:30:03"]
    assert listed == {"f": times}
    assert file == {"object": ["voucher"], "f": ["campaign_id:is:camp_1", *times]}


def test_a_copy_has_the_same_terms_and_as_many_codes() -> None:
    assigned = {"data": [{"id": "asgm_1", "rule_id": "val_1"}]}
    body = body_of_copy(campaign(validation_rules_assignments=assigned), "Again")
    assert body["name"] == "Again"
    assert body["vouchers_count"] == 7
    assert body["validation_rules"] == ["val_1"]
    assert body["voucher"]["discount"] == {"type": "AMOUNT", "amount_off": 500}
    assert body["voucher"]["redemption"] == {"quantity": 1}


def test_a_copy_of_a_promotion_has_its_tiers() -> None:
    tier = {"id": "promo_1", "name": "Five off", "hierarchy": 1, "summary": {}, "banner": None}
    body = body_of_copy(promotion(promotion={"tiers": [tier]}), "Again")
    assert body["promotion"] == {"tiers": [{"name": "Five off", "hierarchy": 1}]}
    assert "voucher" not in body


@pytest.mark.parametrize(
    ("discount", "said"),
    [
        (None, "No discount"),
        ({"type": "PERCENT", "percent_off": 12.5}, "12.5% off"),
        ({"type": "PERCENT", "percent_off": 10, "amount_limit": 2000}, "10% off, at most €20.00"),
        ({"type": "PERCENT", "percent_off": 12.25}, "12.25% off"),
        (
            {"type": "PERCENT", "percent_off_formula": "A", "percent_off": 0},
            "A calculated share off",
        ),
        ({"type": "AMOUNT", "amount_off": 500}, "€5.00 off"),
        ({"type": "AMOUNT", "amount_off": 500, "effect": "APPLY_TO_ITEMS"}, "€5.00 off each item"),
        ({"type": "FIXED", "fixed_amount": 990}, "Fixed price €9.90"),
        ({"type": "UNIT", "unit_off": 1, "product": {"name": "Mug"}}, "1 × Mug free"),  # noqa: RUF001
    ],
)
def test_a_discount_is_told_in_words(discount: dict[str, Any] | None, said: str) -> None:
    assert say_discount(discount, SHOW) == said
