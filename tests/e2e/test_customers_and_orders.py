"""Customers and orders: made by redemptions, read by id and by the shop's own id."""

import pytest

from tests.e2e.shop import Shop, new_code, refused

AWKWARD = ("ann@shop.test", "a/b/c", "a+b c", "50%2F", "ü?#&=", "'\"<>")


@pytest.mark.parametrize("name", AWKWARD)
def test_a_customer_and_an_order_are_found_by_awkward_source_ids(shop: Shop, name: str) -> None:
    name = f"{new_code()}/{name}"
    customer = {"source_id": name, "name": "Ann", "email": "ann@shop.test"}
    body = shop.redeem(shop.discount().code, customer=customer, order={"source_id": name})
    found = shop.customer(name)
    assert (found.source_id, found.name, found.email) == (name, "Ann", "ann@shop.test")
    assert (found.address, found.metadata) == (None, None)
    assert found.id == body.redemptions[0].customer_id
    assert shop.customer(found.id).to_dict() == found.to_dict()
    order = shop.order(name)
    assert (order.source_id, order.customer_id) == (name, found.id)
    assert shop.order(order.id).to_dict() == order.to_dict()


def test_what_is_said_of_a_customer_is_merged(shop: Shop) -> None:
    code, name = shop.discount().code, new_code()
    address = {"city": "Graz", "country": "Austria"}
    first = {"source_id": name, "phone": "1", "address": address, "metadata": {"a": 1, "b": 1}}
    shop.redeem(code, customer=first)
    made = shop.customer(name)
    second = {"id": made.id, "name": "Ben", "address": {"city": "Linz"}, "metadata": {"b": 2}}
    shop.redeem(code, customer=second)
    known = shop.customer(name)
    assert (known.id, known.phone, known.name) == (made.id, "1", "Ben")
    assert (known.address.city, known.address.country) == ("Linz", "Austria")
    assert known.metadata == {"a": 1, "b": 2}
    assert known.updated_at >= known.created_at == made.created_at


def test_a_customer_who_fails_to_redeem_is_known_all_the_same(shop: Shop) -> None:
    name = new_code()
    shop.not_redeemed(new_code(), customer={"source_id": name, "name": "Cleo"})
    assert shop.customer(name).name == "Cleo"


def test_an_order_keeps_its_items(shop: Shop) -> None:
    name = new_code()
    items = [
        {"product_id": "mug", "quantity": 2, "price": 1000, "metadata": {"colour": "blue"}},
        {"source_id": "poster", "related_object": "product", "amount": 1500},
    ]
    code = shop.percent(10).code
    shop.redeem(code, order={"source_id": name, "items": items, "metadata": {"gift": True}})
    order = shop.order(name)
    assert (order.amount, order.total_discount_amount, order.total_amount) == (3500, 350, 3150)
    assert (order.status, order.metadata) == ("PAID", {"gift": True})
    mug, poster = order.items
    assert (mug.product_id, mug.quantity, mug.amount, mug.subtotal_amount) == ("mug", 2, 2000, 2000)
    assert mug.metadata == {"colour": "blue"}
    assert (poster.source_id, poster.quantity, poster.amount) == ("poster", 1, 1500)
    assert len(order.redemptions) == 1


def test_the_order_of_an_attempt_that_fails_is_not_saved(shop: Shop) -> None:
    name = new_code()
    shop.not_redeemed(new_code(), order={"source_id": name, "amount": 100})
    assert refused(shop.orders.get_order, name)[:2] == (404, "not_found")


def test_who_is_unknown_is_not_found(shop: Shop) -> None:
    name = f"{new_code()}/b@c+d"
    for call, kind in ((shop.customers.get_customer, "customer"), (shop.orders.get_order, "order")):
        missing = refused(call, name)
        assert (missing.status, missing.key) == (404, "not_found")
        assert missing.body["resource_id"] == name
        assert missing.body["resource_type"] == kind
