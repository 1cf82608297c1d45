"""Redemptions: the list, one of them with why, and taking it back."""

from typing import Any

from tests.unit.dashboard.kit import Browser, FakeApi, me_with

ROW: dict[str, Any] = {
    "id": "r_1",
    "object": "redemption",
    "date": "2026-11-29T19:51:47.333Z",
    "result": "SUCCESS",
    "status": "SUCCEEDED",
    "customer": {"id": "cust_1", "name": "<script>alert(1)</script>"},
    "channel": {"channel_type": "API"},
    "order": {
        "id": "ord_1",
        "amount": 5000,
        "total_applied_discount_amount": 500,
        "total_amount": 4500,
        "items": [{"id": "i", "quantity": 2, "amount": 5000, "product": {"name": "Mug"}}],
    },
    "voucher": {"code": "WELCOME", "campaign": "Spring", "campaign_id": "camp_1"},
    "metadata": {"shop": "Gdynia"},
}
REFUSED = ROW | {
    "id": "rf_1",
    "result": "FAILURE",
    "status": "FAILED",
    "reason": "Order does not match validation rules",
    "failure_code": "order_rules_violated",
    "failure_message": "order is too small",
    "explanation": {
        "rule": "validation_rules",
        "violations": [
            {
                "validation_rule_id": "val_1",
                "name": "order.amount",
                "number": "1",
                "conditions": {"$more_than_or_equal": [10000]},
                "value": 5000,
            }
        ],
    },
}


def shop(*privileges: str) -> FakeApi:
    api = FakeApi(me_with(*privileges) if privileges else None)
    api.says("GET", "/v1/redemptions", {"redemptions": [ROW, REFUSED], "total": 2})
    api.says("GET", "/v1/redemptions/r_1", ROW)
    api.says("GET", "/v1/redemptions/rf_1", REFUSED)
    event = {"id": "ev_1", "type": "redemption.succeeded", "created_at": ROW["date"]}
    api.says("GET", "/v1/audit/redemptions/r_1/events", {"data": [event]})
    api.says("POST", "/v1/redemptions/r_1/rollback", {"id": "rr_1"})
    return api


def test_a_row_tells_what_was_redeemed_by_whom_and_what_it_took_off() -> None:
    page = Browser(shop()).get("/redemptions")
    cells = page.find_all("tr")[1].text
    for said in ("WELCOME", "Succeeded", "Spring", "€5.00", "€50.00", "29 Nov 2026, 20:51:47"):
        assert said in cells
    assert "<script>alert" not in page.text


def test_names_that_cannot_be_asked_at_the_moment_hide_no_reason() -> None:
    api = shop()
    (violation,) = REFUSED["explanation"]["violations"]
    found = violation | {"name": "customer.segment", "conditions": {}, "value": ["seg_1", "prod_1"]}
    api.says("GET", "/v1/redemptions/rf_1", REFUSED | {"explanation": {"violations": [found]}})
    for path in ("/v1/segments", "/v1/products/prod_1", "/v1/validation-rules"):
        api.refuses("GET", path, 503, key="unavailable")
    why = Browser(api).get("/redemptions/rf_1", into="drawer").find("div", class_="why").text
    assert "seg_1, prod_1" in why


def test_a_refusal_is_told_with_the_values_that_were_compared() -> None:
    page = Browser(shop()).get("/redemptions/rf_1", into="drawer")
    why = page.find("div", class_="why").text
    for said in (
        "Order does not match validation rules",
        "order is too small",
        "€100.00",
        "€50.00",
    ):
        assert said in why


def test_details_lead_to_all_that_belongs_to_it() -> None:
    links = Browser(shop()).get("/redemptions/r_1").links
    for href in (
        "/vouchers/WELCOME",
        "/campaigns/camp_1",
        "/customers/cust_1",
        "/orders/ord_1",
        "/events/ev_1",
    ):
        assert href in links


def test_a_redemption_is_taken_back_once_with_a_reason() -> None:
    api = shop()
    api.says("GET", "/v1/redemptions/r_1", ROW | {"date": "2999-01-01T00:00:00Z"})
    browser = Browser(api)
    key = browser.get("/redemptions/r_1").find("input", name="idempotency_key")["value"]
    done = browser.post(
        "/redemptions/r_1/rollback", {"reason": "sent back", "idempotency_key": key}, into="drawer"
    )
    assert done.find("div", class_="toast").text == "Rolled back"
    (request,) = api.asked_for("POST", "/v1/redemptions/r_1/rollback")
    assert request.url.params["reason"] == "sent back"
    assert request.headers["idempotency-key"] == key


def test_a_part_of_a_stack_says_that_all_of_it_is_taken_back() -> None:
    api = shop()
    api.says(
        "GET", "/v1/redemptions/r_1", ROW | {"date": "2999-01-01T00:00:00Z", "redemption": "r_0"}
    )
    page = Browser(api).get("/redemptions/r_1")
    assert "All that was redeemed together" in page.find("dialog", id="roll-back").text


def test_who_may_not_take_back_sees_no_way_to() -> None:
    api = shop("redemptions.read")
    api.says("GET", "/v1/redemptions/r_1", ROW | {"date": "2999-01-01T00:00:00Z"})
    page = Browser(api).get("/redemptions/r_1")
    assert "Roll back" not in page.text


def test_after_three_months_it_cannot_be_taken_back() -> None:
    api = shop()
    api.says("GET", "/v1/redemptions/r_1", ROW | {"date": "2026-08-01T00:00:00Z"})
    assert "Roll back" not in Browser(api).get("/redemptions/r_1").text


def test_a_filter_stands_in_words_and_is_asked_of_the_api() -> None:
    api = shop()
    page = Browser(api).get("/redemptions?f=amount:more_than:12.50&f=voucher_code:starts_with:WEL")
    assert page.texts("span", class_="chip") == [
        "Order amount is more than €12.50",
        "Voucher code starts with WEL",
    ]
    (asked,) = api.asked_for("GET", "/v1/redemptions")
    assert asked.url.params["filters[amount][conditions][$more_than]"] == "1250"
    assert asked.url.params["filters[voucher_code][conditions][$starts_with]"] == "WEL"


def test_its_history_says_in_words_what_happened_and_why_it_was_taken_back() -> None:
    api = shop()
    events = [
        {"id": "ev_3", "type": "voucher.points_taken_back"},
        {"id": "ev_2", "type": "redemption.rolled_back", "data": {"reason": "Too small <b>"}},
        {"id": "ev_1", "type": "redemption.succeeded", "created_at": ROW["date"]},
    ]
    api.says("GET", "/v1/audit/redemptions/r_1/events", {"data": events})
    page = Browser(api).get("/redemptions/r_1")
    told = page.find("ol", class_="timeline").text
    assert "Rolled back Too small <b>" in told
    assert "Redeemed" in told
    assert "Voucher points taken back" in told
    assert "Too small <b>" not in page.text
