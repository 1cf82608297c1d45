"""Orders: the list, one of them, its status, files of them."""

import json
from typing import Any

from tests.unit.dashboard.kit import Browser, FakeApi, me_with

ITEM: dict[str, Any] = {"product_id": "prod_1", "quantity": 2, "price": 1250, "amount": 2500}
ORDER: dict[str, Any] = {
    "id": "ord_1",
    "source_id": "1001",
    "status": "PAID",
    "amount": 2500,
    "total_discount_amount": 500,
    "total_amount": 2000,
    "created_at": "2026-11-29T19:51:47.333Z",
    "customer_id": "cust_1",
    "customer": {"id": "cust_1"},
    "items": [ITEM | {"product": {"name": "<script>Mug</script>"}}],
    "redemptions": {"r_1": {"date": "2026-11-29T19:51:47.333Z"}},
    "metadata": {"shop": "Gdynia"},
}


def shop(*privileges: str) -> FakeApi:
    api = FakeApi(me_with(*privileges) if privileges else None)
    api.says("GET", "/v1/orders", {"orders": [ORDER], "total": 1})
    api.says("GET", "/v1/orders/ord_1", ORDER)
    api.says("PUT", "/v1/orders/ord_1", ORDER | {"status": "CANCELED"})
    api.says("GET", "/v1/customers", {"customers": [{"id": "cust_1", "name": "Ada"}], "total": 1})
    redemption = {"id": "r_1", "object": "redemption", "result": "SUCCESS", "status": "SUCCEEDED"}
    api.says("GET", "/v1/redemptions/r_1", redemption | {"voucher": {"code": "TEN"}})
    event = {"id": "ev_1", "type": "order.created", "created_at": ORDER["created_at"]}
    api.says("GET", "/v1/audit/events", {"data": [event]})
    return api


def test_its_history_says_in_words_what_happened_and_leads_there() -> None:
    page = Browser(shop()).get("/orders/ord_1")
    assert page.find("a", href="/events/ev_1").text == "Order created"


def test_a_row_tells_the_order_its_customer_and_its_sums() -> None:
    page = Browser(shop()).get("/orders")
    cells = page.find_all("tr")[1].text
    for said in ("1001", "Paid", "Ada", "€25.00", "€5.00", "€20.00"):
        assert said in cells


def test_names_of_customers_are_not_asked_for_where_the_role_may_not_see_them() -> None:
    api = shop("orders.read")
    assert "Ada" not in Browser(api).get("/orders").text
    assert not api.asked_for("GET", "/v1/customers")


def test_an_amount_is_filtered_in_minor_units() -> None:
    api = shop()
    Browser(api).get("/orders?f=amount:more_than:12.50&f=status:is:PAID")
    (request,) = api.asked_for("GET", "/v1/orders")
    assert request.url.params["filters[amount][conditions][$more_than]"] == "1250"
    assert request.url.params["filters[status][conditions][$is]"] == "PAID"


def test_one_order_leads_to_its_product_customer_redemptions_and_events() -> None:
    page = Browser(shop()).get("/orders/ord_1")
    for href in ("/products/prod_1", "/customers/cust_1", "/redemptions/r_1", "/events/ev_1"):
        assert href in page.links
    assert "<script>Mug</script>" in page.find("table", **{"aria-label": "Lines of the order"}).text
    assert not [each for each in page.find_all("script") if "Mug" in each.text]


def test_a_status_is_changed_once_and_told() -> None:
    api = shop()
    browser = Browser(api)
    key = browser.get("/orders/ord_1").find("input", name="idempotency_key")["value"]
    form = {"status": "CANCELED", "idempotency_key": key}
    done = browser.post("/orders/ord_1/status", form, into="drawer")
    assert done.find("div", class_="toast").text == "Status changed"
    assert api.sent("PUT", "/v1/orders/ord_1") == {"status": "CANCELED"}
    assert api.asked_for("PUT", "/v1/orders/ord_1")[0].headers["idempotency-key"] == key


def test_who_may_only_look_changes_no_status() -> None:
    page = Browser(shop("orders.read")).get("/orders/ord_1")
    assert "Change status" not in page.text
    assert Browser(shop("orders.read")).post("/orders/ord_1/status", {}).status == 403


def test_an_example_of_a_file_is_what_the_api_takes() -> None:
    answer = Browser(shop()).get("/orders/import/example")
    (order,) = json.loads(answer.text)
    assert order["items"][0]["price"] == 1250


def test_without_a_file_nothing_is_imported() -> None:
    api = shop()
    page = Browser(api).post("/orders/import", {})
    assert "Choose a file first." in page.text
    assert not api.asked_for("POST", "/v1/orders/import")


EARNED: dict[str, Any] = {
    "type": "voucher.points_earned",
    "data": {
        "voucher": {"id": "v_1", "code": "CARD-1", "campaign_id": "camp_1"},
        "points": 5,
        "rule_id": "ern_1",
    },
}
REFUSED: dict[str, Any] = {
    "type": "customer.earning_refused",
    "data": {
        "cards": [
            {
                "voucher_id": "v_1",
                "campaign_id": "camp_1",
                "rules": [
                    {"rule_id": "ern_2", "reason": "limit_count"},
                    {"rule_id": "ern_3", "reason": "campaign_active"},
                ],
            }
        ]
    },
}


def earning_shop(*events: dict[str, Any], **said: Any) -> FakeApi:
    api = shop()
    api.says("GET", "/v1/orders/ord_1", ORDER | said)
    told = [each | {"id": f"ev_{at}"} for at, each in enumerate(events)]
    api.says("GET", "/v1/audit/events", {"data": told})
    api.says("GET", "/v1/loyalties", {"campaigns": [], "total": 1})
    api.says("GET", "/v1/loyalties/camp_1", {"id": "camp_1", "name": "Points club"})
    rules = [
        {"id": f"ern_{at}", "event": "order.paid", "loyalty": {"type": "FIXED", "points": at}}
        for at in (1, 2, 3)
    ]
    api.says("GET", "/v1/loyalties/camp_1/earning-rules", {"data": rules, "total": 3})
    return api


def test_an_order_says_which_rule_gave_what_and_why_another_gave_nothing() -> None:
    page = Browser(earning_shop(REFUSED, EARNED)).get("/orders/ord_1")
    given, limited, off = page.find("table", aria_label="Points of the order").find_all("tr")[1:]
    assert given.text == "Points club CARD-1 1 point for each paid order. Gave 5 points"
    assert "2 points for each paid order." in limited.text and "CARD-1" in limited.text
    assert "Gave nothing: the customer had got points by it as often" in limited.text
    assert "Gave nothing: the program was switched off" in off.text
    for href in ("/campaigns/camp_1/earning-rules#ern_2", "/campaigns/camp_1/members/CARD-1"):
        assert href in page.links


def test_an_order_without_points_says_why_it_has_none() -> None:
    said = "the customer was no member of a program"
    assert said in Browser(earning_shop()).get("/orders/ord_1").text
    unpaid = Browser(earning_shop(status="CREATED")).get("/orders/ord_1").text
    assert "An order gives points once it is paid." in unpaid and said not in unpaid
    # a project without programs is not told of points
    assert "once it is paid" not in Browser(shop()).get("/orders/ord_1").text


def test_points_that_wait_and_points_that_were_taken_back_are_told() -> None:
    card = EARNED["data"]["voucher"]
    pending = {"points": 6, "activates_on": "2026-12-14", "rule_id": "ern_1"}
    waits = {"type": "voucher.points_pending", "data": {"voucher": card, "pending": pending}}
    back = {"voucher": card, "points": 3, "missing": 2, "rule_id": "ern_1"}
    taken = {"type": "voucher.points_taken_back", "data": back}
    page = Browser(earning_shop(taken, waits)).get("/orders/ord_1")
    told = page.find("table", aria_label="Points of the order").text
    assert "Gave 6 points, pending until 14 Dec 2026" in told
    assert "3 points taken back, 2 points had been spent or expired" in told
