"""The order of a redemption: saved, named again, of somebody else."""

import pytest
from msgspec import structs

from engine.kernel import tables
from engine.orders.calculation import ORDER_ENTRIES_MAX
from schemas.api import CustomerInput, OrderInput, OrderItemInput
from schemas.customers import CustomerCreated
from schemas.records import Decided
from schemas.redemptions import RedemptionFailed, RedemptionSucceeded, RollBackRedemption
from schemas.sessions import SessionRefused
from tests.unit.engine.world import (
    MINUTE,
    World,
    amount,
    customer,
    lock,
    only,
    redeem,
    refused,
    voucher,
)


def test_the_order_is_saved_as_paid_with_an_entry_for_each_redemption_and_the_parent() -> None:
    world = World().given(voucher("A", amount(100)), voucher("B", amount(50)))
    given = OrderInput(source_id="shop-1", items=(OrderItemInput(price=1000),), metadata={"a": 1})
    event = only(world.when(redeem("A", "B", order=given)), RedemptionSucceeded)
    order = event.evaluation.order
    assert order is not None
    assert event.order_created
    assert order == world.order(order.id)
    assert world.view.get(tables.ORDER_SOURCES, "shop-1") == order.id
    assert (order.status, order.amount, order.discount_amount) == ("PAID", 1000, 150)
    assert order.items is not None
    assert str(order.items[0].id).startswith("ordli_")
    assert [entry.id for entry in order.redemptions] == [*event.redemption_ids, event.parent_id]
    assert order.redemptions[-1].stacked == event.redemption_ids
    assert order.redemptions[0].related_object_id == "v_A"
    assert order.redemptions[0].parent_id == event.parent_id


def test_the_caller_may_say_another_status() -> None:
    world = World().given(voucher("A"))
    event = only(
        world.when(redeem("A", order=OrderInput(amount=1, status="CREATED"))), RedemptionSucceeded
    )
    assert event.evaluation.order is not None
    assert event.evaluation.order.status == "CREATED"


def test_a_redemption_without_an_order_saves_none() -> None:
    world = World().given(voucher("A"))
    event = only(world.when(redeem("A", order=None)), RedemptionSucceeded)
    assert event.evaluation.order is None
    assert not event.order_created
    assert list(world.view.scan(tables.ORDERS)) == []


@pytest.mark.parametrize("by", ["id", "source_id"])
def test_an_order_that_is_named_again_is_added_to(by: str) -> None:
    world = World().given(voucher("A", amount(100)), voucher("B", amount(50)))
    given = OrderInput(source_id="shop-1", amount=1000, metadata={"a": 1})
    first = only(world.when(redeem("A", order=given)), RedemptionSucceeded).evaluation.order
    assert first is not None
    again = OrderInput(metadata={"b": 2}, **{by: getattr(first, by)})
    event = only(world.when(redeem("B", order=again), after=MINUTE), RedemptionSucceeded)
    order = event.evaluation.order
    assert order is not None
    assert not event.order_created
    assert (order.id, order.amount, order.discount_amount) == (first.id, 1000, 150)
    assert order.metadata == {"a": 1, "b": 2}
    assert len(order.redemptions) == 2
    assert (order.created_at, order.updated_at) == (world.now - MINUTE, world.now)


@pytest.mark.parametrize("items", [(), (OrderItemInput(product_id="p"),)])
def test_items_without_a_price_leave_the_stored_amount(items: tuple[OrderItemInput, ...]) -> None:
    world = World().given(voucher("A", amount(100)))
    world.when(redeem("A", order=OrderInput(source_id="s", amount=1000)))
    again = OrderInput(source_id="s", items=items)
    order = only(world.when(redeem("A", order=again)), RedemptionSucceeded).evaluation.order
    assert order is not None
    assert (order.amount, order.discount_amount) == (1000, 200)


def test_an_order_takes_only_so_many_redemptions() -> None:
    world = World().given(voucher("A", amount(0)))
    given = OrderInput(source_id="s", amount=1000)
    event = only(world.when(redeem("A", order=given)), RedemptionSucceeded)
    order = event.evaluation.order
    assert order is not None
    entries = tuple(
        structs.replace(order.redemptions[0], id=f"r_{n}") for n in range(ORDER_ENTRIES_MAX - 1)
    )
    nearly = structs.replace(order, redemptions=entries)
    evaluation = structs.replace(event.evaluation, order=nearly)
    world.given(structs.replace(event, evaluation=evaluation))
    assert world.when(redeem("A", order=given)).refusal is None
    record = world.when(redeem("A", order=given))
    assert refused(record) == "invalid_order"
    assert record.refusal is not None
    assert record.refusal.details == "An order takes at most 1000 redemptions"
    back = RollBackRedemption(redemption_id=event.redemption_ids[0])
    assert world.when(back).refusal is None


def test_an_order_cannot_become_cheaper_than_what_was_discounted() -> None:
    world = World().given(voucher("A", amount(100)), voucher("B"))
    world.when(redeem("A", order=OrderInput(source_id="shop-1", amount=1000)))
    record = world.when(redeem("B", order=OrderInput(source_id="shop-1", amount=99)))
    assert refused(record) == "invalid_order"


def test_an_order_cannot_take_over_the_source_id_of_another() -> None:
    world = World().given(voucher("A"))
    world.when(redeem("A", order=OrderInput(source_id="one", amount=1)))
    event = only(
        world.when(redeem("A", order=OrderInput(source_id="two", amount=1))), RedemptionSucceeded
    )
    assert event.evaluation.order is not None
    both = OrderInput(id=event.evaluation.order.id, source_id="one")
    assert refused(world.when(redeem("A", order=both))) == "duplicate_source_id"


def test_the_customer_of_a_stored_order_stays_unless_another_is_named() -> None:
    world = World().given(voucher("A"))
    first = world.when(redeem("A", customer=customer(), order=OrderInput(source_id="s", amount=1)))
    owner = only(first, CustomerCreated).customer.id
    event = only(world.when(redeem("A", order=OrderInput(source_id="s"))), RedemptionSucceeded)
    assert event.evaluation.order is not None
    assert event.evaluation.order.customer_id == owner


def test_after_a_fulfilled_order_a_redemption_does_not_pay_it_again() -> None:
    world = World().given(voucher("A"))
    given = OrderInput(source_id="s", amount=5, status="FULFILLED")
    world.when(redeem("A", order=given))
    again = structs.replace(given, status=None)
    event = only(world.when(redeem("A", order=again)), RedemptionSucceeded)
    assert event.evaluation.order is not None
    assert event.evaluation.order.status == "FULFILLED"


def test_a_failure_shows_its_order_in_the_status_it_had() -> None:
    world = World().given(voucher("A"))
    fresh = only(world.when(redeem("A", "NONE")), RedemptionFailed).evaluation.order
    assert fresh is not None
    assert fresh.status is None
    given = OrderInput(amount=5, status="CREATED")
    named = only(world.when(redeem("NONE", order=given)), RedemptionFailed).evaluation.order
    assert named is not None
    assert named.status == "CREATED"


# --- client-side keys


def test_a_browser_cannot_touch_another_customers_order() -> None:
    world = World().given(voucher("A"))
    mine = OrderInput(source_id="s", amount=100)
    world.when(redeem("A", customer=customer(), order=mine))
    for somebody in (None, customer("mallory")):
        for ask in (redeem, lock):
            body = ask("A", customer=somebody, order=OrderInput(source_id="s"))
            record = world.when(body, key_kind="client")
            assert _failure(record) == "invalid_order"
    own = redeem("A", customer=customer(), order=mine)
    assert world.when(own, key_kind="client").refusal is None


def test_a_browser_cannot_set_the_status_of_an_order() -> None:
    world = World().given(voucher("A"))
    for status in ("CREATED", "FULFILLED", "CANCELED"):
        given = OrderInput(amount=1, status=status)
        assert _failure(world.when(redeem("A", order=given), key_kind="client")) == "invalid_order"
    given = OrderInput(amount=1, status="PAID")
    assert world.when(redeem("A", order=given), key_kind="client").refusal is None


def test_a_source_id_that_is_taken_does_not_tell_by_whom() -> None:
    world = World().given(voucher("A"))
    world.when(redeem("A", customer=customer("bob")))
    alice = only(world.when(redeem("A", customer=customer())), CustomerCreated).customer
    record = world.when(redeem("A", customer=CustomerInput(id=alice.id, source_id="bob")))
    assert record.refusal is not None
    assert record.refusal.key == "duplicate_source_id"
    assert "cust_" not in str(record.refusal.details)


def _failure(record: Decided) -> str | None:
    (event,) = (
        each for each in record.events if isinstance(each, RedemptionFailed | SessionRefused)
    )
    refusal = event.evaluation.outcomes[0].refusal
    return None if refusal is None else refusal.key
