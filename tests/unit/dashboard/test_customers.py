"""Customers: the list, one of them, changing it, forgetting it."""

from typing import Any

from tests.unit.dashboard.kit import Browser, FakeApi, me_with

CUSTOMER: dict[str, Any] = {
    "id": "cust_1",
    "source_id": "shopper-1",
    "name": "<script>alert(1)</script>",
    "email": "ada@shop.example",
    "address": {"city": "Berlin", "country": "DE"},
    "metadata": {"interest": "books", "gone": None},
    "summary": {
        "redemptions": {"total_redeemed": 3, "total_failed": 1, "gift": {"amount_to_go": 500}},
        "orders": {"total_count": 2, "total_amount": 23913, "average_amount": 11957},
    },
    "created_at": "2026-11-29T19:48:44.929Z",
}
HELD: dict[str, Any] = {
    "redeemable_id": "v_1",
    "campaign_id": "camp_1",
    "created_at": "2026-11-29T19:48:44.929Z",
    "redeemable": {
        "status": "USED",
        "voucher": {"id": "v_1", "code": "TEN-1", "campaign": "Spring"},
    },
}


def shop(*privileges: str) -> FakeApi:
    api = FakeApi(me_with(*privileges) if privileges else None)
    api.says("GET", "/v1/customers", {"customers": [CUSTOMER], "total": 1})
    api.says("GET", "/v1/customers/cust_1", CUSTOMER)
    api.says("GET", "/v1/customers/cust_1/segments", {"data": [{"id": "seg_1", "name": "Gold"}]})
    api.says("GET", "/v1/customers/cust_1/redeemables", {"data": [HELD], "total": 1})
    api.says("PUT", "/v1/customers/cust_1", CUSTOMER)
    api.says("POST", "/v1/customers", CUSTOMER)
    return api


def test_a_row_tells_who_it_is_and_what_it_adds_up_to() -> None:
    cells = Browser(shop()).get("/customers").find_all("tr")[1].text
    for said in ("shopper-1", "ada@shop.example", "Berlin", "€239.13", "<script>alert(1)</script>"):
        assert said in cells


def test_a_segment_is_a_parameter_of_the_list() -> None:
    api = shop()
    Browser(api).get("/customers?f=segment_id:is:seg_1")
    assert api.asked_for("GET", "/v1/customers")[0].url.params["segment_id"] == "seg_1"


def test_one_tells_its_segments_and_what_it_holds() -> None:
    page = Browser(shop()).get("/customers/cust_1")
    for href in ("/segments/seg_1", "/vouchers/v_1", "/campaigns/camp_1"):
        assert href in page.links
    for said in ("Used up", "TEN-1", "ada@shop.example"):
        assert said in page.text


def test_its_history_has_the_parts_that_the_role_may_see() -> None:
    api = shop("customers.read", "orders.read")
    entry = {
        "id": "evcus_1",
        "type": "customer.order.paid",
        "data": {"data": {"order": {"id": "ord_1"}}},
        "created_at": "2026-11-29T19:51:47.333Z",
    }
    api.says("GET", "/v1/customers/cust_1/activity", {"data_ref": "data", "data": [entry]})
    order = {"id": "ord_1", "status": "PAID", "amount": 2500}
    api.says("GET", "/v1/orders", {"data_ref": "orders", "orders": [order], "total": 1})
    part = Browser(api).get("/customers/cust_1/history", into="drawer")
    assert "Order paid" in part.text
    assert "/orders/ord_1" in part.links
    assert not api.asked_for("GET", "/v1/redemptions")


def test_points_that_were_taken_are_not_told_as_added() -> None:
    api = shop("customers.read")
    kind = "customer.voucher.loyalty_card.points_added"
    told = [
        {"id": f"evcus_{points}", "type": kind, "data": {"data": {"balance": {"points": points}}}}
        for points in (-5, 5)
    ]
    api.says("GET", "/v1/customers/cust_1/activity", {"data_ref": "data", "data": told})
    part = Browser(api).get("/customers/cust_1/history", into="drawer")
    assert "Points taken off" in part.text and "Points added" in part.text


def test_what_is_emptied_in_the_form_is_cleared_and_the_rest_kept() -> None:
    api = shop()
    page = Browser(api).get("/customers/cust_1/edit")
    assert page.find("textarea", name="metadata").text.strip() == "interest = books"
    form = {"name": "Ada", "email": "", "city": "Berlin", "country": "", "metadata": "vip = true"}
    assert Browser(api).post("/customers/cust_1/edit", form).status == 303
    sent = api.sent("PUT", "/v1/customers/cust_1")
    assert sent["email"] is None
    assert sent["address"] == {"city": "Berlin", "country": None}
    assert sent["metadata"] == {"interest": None, "gone": None, "vip": True}
    assert "source_id" not in sent


def test_a_refusal_stands_at_its_field_with_what_was_typed() -> None:
    api = shop()
    api.refuses("POST", "/v1/customers", details="Property `.email` is no address")
    page = Browser(api).post("/customers/new", {"name": "Ada", "email": "ada"})
    assert page.find("input", name="email")["aria-invalid"] == "true"
    assert page.find("input", name="name")["value"] == "Ada"


def test_a_new_one_needs_something_that_names_it() -> None:
    api = shop()
    assert "is needed" in Browser(api).post("/customers/new", {"city": "Berlin"}).text
    assert not api.asked_for("POST", "/v1/customers")


def test_a_code_is_given_of_the_chosen_campaign() -> None:
    api = shop()
    api.says("POST", "/v1/publications", {"voucher": {"code": "TEN-2"}})
    form = {"campaign": "camp_1", "idempotency_key": "k"}
    page = Browser(api).post("/customers/cust_1/give", form, into="drawer")
    assert page.find("div", class_="toast").text == "TEN-2 was given"
    sent = api.sent("POST", "/v1/publications")
    assert sent == {"campaign": {"id": "camp_1"}, "customer": {"id": "cust_1"}}


def test_forgetting_needs_the_id_and_is_followed_until_it_is_done() -> None:
    api, path = shop(), "/v1/customers/cust_1/permanent-deletion"
    api.says("POST", path, {"status": "IN_PROGRESS", "related_object_id": "cust_1"})
    browser = Browser(api)
    assert (
        "Type cust_1"
        in browser.post("/customers/cust_1/forget", {"typed": "x"}, into="drawer").text
    )
    assert not api.asked_for("POST", path)
    form = {"typed": "cust_1", "idempotency_key": "k"}
    part = browser.post("/customers/cust_1/forget", form, into="drawer")
    assert part.find("div", id="forgetting")["hx-post"] == "/customers/cust_1/forget"
    assert api.asked_for("POST", path)[0].headers["idempotency-key"] == "k"
    api.says("POST", path, {"status": "DONE", "related_object_id": "cust_1"})
    done = browser.post("/customers/cust_1/forget", form, into="forgetting")
    assert not done.find("div", id="forgetting").has(**{"hx-post": "/customers/cust_1/forget"})


def test_no_address_alone_forgets_anybody() -> None:
    api = shop()
    Browser(api).get("/customers/cust_1/forget")
    assert not api.asked_for("POST", "/v1/customers/cust_1/permanent-deletion")


def test_a_role_sees_only_what_it_may_do() -> None:
    text = Browser(shop("customers.read")).get("/customers/cust_1").text
    for said in ("Edit", "Give a code", "Forget for good"):
        assert said not in text
