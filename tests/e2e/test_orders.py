"""Orders as a shop writes them: statuses, items, customers, and the redemptions of them."""

from typing import Any

import voucherify as sdk

from tests.e2e.plain import Plain
from tests.e2e.plain import refused as refused_plainly
from tests.e2e.shop import Shop, new_code, refused, told


def created(shop: Shop, **said: Any) -> Any:
    body = sdk.OrdersCreateRequestBody.from_dict({"source_id": new_code()} | said)
    return told(shop.orders.create_order, body)


def updated(shop: Shop, named: str, **said: Any) -> Any:
    body = sdk.OrdersUpdateRequestBody.from_dict(said)
    return told(shop.orders.update_order, named, body)


def test_an_order_lives(shop: Shop) -> None:
    name = new_code()
    items = [
        {"product_id": "mug", "quantity": 2, "price": 1000, "metadata": {"colour": "blue"}},
        {"source_id": "poster", "related_object": "product", "amount": 1500},
    ]
    customer = {"source_id": name, "name": "Ann"}
    made = created(shop, items=items, customer=customer, metadata={"gift": True})
    assert (made.status, made.amount, made.total_amount) == ("CREATED", 3500, 3500)
    assert made.customer_id == shop.customer(name).id
    assert all(item.id.startswith("ordli_") for item in made.items)
    assert shop.order(made.source_id).to_dict() == made.to_dict()
    for status in ("PAID", "FULFILLED", "CANCELED"):
        changed = updated(shop, made.id, status=status)
        assert (changed.status, changed.amount) == (status, 3500)
        assert changed.updated_at >= made.created_at
    assert shop.order(made.id).metadata == {"gift": True}


def test_an_order_that_exists_is_merged(shop: Shop) -> None:
    first = created(shop, amount=100, metadata={"a": 1})
    again = created(shop, source_id=first.source_id, metadata={"b": 2}, status="PAID")
    assert (again.id, again.amount, again.status) == (first.id, 100, "PAID")
    assert again.metadata == {"a": 1, "b": 2}


def test_redemptions_belong_to_the_order_that_they_name(shop: Shop) -> None:
    made = created(shop, amount=10_000)
    body = shop.redeem(shop.percent(10).code, order={"source_id": made.source_id})
    found = shop.order(made.id)
    assert (found.status, found.total_discount_amount, found.total_amount) == ("PAID", 1000, 9000)
    assert list(found.redemptions) == [body.redemptions[0].id]
    told(shop.redemptions.rollback_redemption, body.redemptions[0].id)
    after = shop.order(made.id)
    assert (after.status, after.total_amount) == ("CANCELED", 10_000)


def test_what_cannot_be_is_refused(shop: Shop, plain: Plain) -> None:
    first, second = created(shop, amount=1000), created(shop)
    taken = sdk.OrdersUpdateRequestBody.from_dict({"source_id": first.source_id})
    assert refused(shop.orders.update_order, second.id, taken)[:2] == (400, "duplicate_source_id")
    shop.redeem(shop.discount(500).code, order={"source_id": first.source_id})
    less = sdk.OrdersUpdateRequestBody.from_dict({"amount": 499})
    assert refused(shop.orders.update_order, first.id, less)[:2] == (400, "invalid_order")
    assert refused(shop.orders.update_order, new_code(), less)[:2] == (404, "not_found")
    wrong: tuple[Any, ...] = (
        {"status": "LOST"},
        {"amount": -1},
        {"items": [{"price": "1"}]},
        # an empty list is PHP's empty map
        [{}],
    )
    for body in wrong:
        answer = plain.ask("POST", "/v1/orders", json=body)
        assert refused_plainly(answer) == (400, "invalid_payload")


def test_orders_are_listed_as_they_are_read(shop: Shop) -> None:
    made = created(shop, amount=5)
    listed = told(shop.orders.list_orders, limit=1, page=1, order="-created_at")
    (newest,) = listed.orders
    assert (newest.id, newest.source_id, newest.status) == (made.id, made.source_id, "CREATED")
    assert (newest.amount, newest.created_at) == (5, made.created_at)
    assert listed.total >= 1
