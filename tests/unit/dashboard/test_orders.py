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
