"""Orders: running sums, and which of them are shown."""

from msgspec import structs

from engine.kernel.encode import Body
from engine.orders.body import (
    OrderSums,
    order_body,
    running_sums,
    stored_order_body,
    sums_of,
    untouched_sums,
)
from schemas.evaluations import Evaluation, ItemTaken, Outcome, Taken
from schemas.orders import Order, OrderItem

ITEMS = (
    OrderItem(id="ordli_1", quantity=2, price=500, amount=1000, discount_amount=300),
    OrderItem(id="ordli_2", quantity=1, price=1000, amount=1000),
)


def _applied(taken: Taken) -> Outcome:
    return Outcome(object="voucher", id="A", status="APPLICABLE", taken=taken)


def _body(order: Order) -> Body:
    return order_body(order, sums_of(order))


def test_every_step_follows_from_what_was_taken() -> None:
    order = Order(amount=10_000, discount_amount=1700, items=ITEMS)
    taken = (Taken(order=500), Taken(order=200, items=(ItemTaken(0, 100),)))
    skipped = Outcome(object="voucher", id="C", status="SKIPPED")
    evaluation = Evaluation((_applied(taken[0]), skipped, _applied(taken[1])), order)
    before = (structs.replace(ITEMS[0], discount_amount=200), ITEMS[1])
    assert running_sums(evaluation) == [
        OrderSums(10_000, 1500, before, taken[0]),
        OrderSums(10_000, 1700, ITEMS, taken[1]),
        OrderSums(10_000, 1700, ITEMS, Taken(order=700, items=(ItemTaken(0, 100),))),
    ]
    assert untouched_sums(evaluation) == OrderSums(10_000, 1000, before)


def test_steps_are_listed_as_requested_and_summed_as_applied() -> None:
    order = Order(amount=10_000, discount_amount=300)
    outcomes = (_applied(Taken(order=100)), _applied(Taken(order=200)))
    evaluation = Evaluation(outcomes, order, sequence=(1, 0))
    assert [each.discount for each in running_sums(evaluation)] == [300, 200, 300]


def test_redeemables_without_an_order_have_sums_of_nothing() -> None:
    taken = Taken(order=0)
    assert running_sums(Evaluation((_applied(taken), _applied(taken)))) == [OrderSums()] * 3
    assert untouched_sums(Evaluation((_applied(taken),))) == OrderSums()


def test_sums_add_up() -> None:
    order = Order(amount=10_000, discount_amount=1700, items=ITEMS)
    body = order_body(order, sums_of(order, Taken(order=200, items=(ItemTaken(0, 100),))))
    assert body["total_discount_amount"] == body["discount_amount"] + body["items_discount_amount"]
    assert body["total_amount"] == body["amount"] - body["total_discount_amount"]
    assert body["total_applied_discount_amount"] == 200 + 100
    assert body["items"][0]["subtotal_amount"] == 700
    assert body["items"][0]["applied_discount_amount"] == 100
    assert "discount_amount" not in body["items"][1]


def test_sums_of_zero_are_left_out_of_a_validation() -> None:
    assert _body(Order(amount=100, customer_id="cust_1")) == {
        "amount": 100,
        "total_amount": 100,
        "metadata": {},
        "customer_id": "cust_1",
        "referrer_id": None,
        "customer": {"id": "cust_1", "object": "customer"},
        "object": "order",
    }


def test_a_saved_order_keeps_the_sums_of_the_order_as_a_whole() -> None:
    saved = Order(id="ord_1", amount=100, created_at=0)
    assert "discount_amount" not in _body(saved)
    body = order_body(saved, sums_of(saved), keep=True)
    assert body["discount_amount"] == body["total_applied_discount_amount"] == 0
    assert "items_discount_amount" not in body
    assert "applied_discount_amount" not in stored_order_body(Order(id="ord_1", amount=100))


def test_an_empty_order_is_three_keys_and_metadata() -> None:
    assert _body(Order()) == {
        "metadata": {},
        "customer_id": None,
        "referrer_id": None,
        "object": "order",
    }
