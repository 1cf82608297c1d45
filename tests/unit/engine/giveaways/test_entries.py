"""Entries that orders, redemptions and events make, and what withdraws or keeps them."""

import pytest

from engine.kernel import tables
from schemas.api import OrderInput, OrderStatus
from schemas.custom_events import TrackCustomEvent
from schemas.events import Event
from schemas.giveaways import (
    OTHER_ORDERS_MAX,
    EntryOrdersChanged,
    EntryWithdrawn,
    GiveawayEntered,
)
from schemas.orders import CreateOrder, OrderUpdated, UpdateOrder
from schemas.records import Decided
from schemas.redemptions import RedemptionSucceeded, RollBackRedemption
from tests.unit.engine.giveaway_world import CLOSES, enter, entries, giveaway
from tests.unit.engine.world import World, customer, found, only, redeem, voucher


def pay(world: World, *orders: str, status: OrderStatus = "PAID") -> list[Event]:
    """Orders of a customer that are created as paid."""
    said = [OrderInput(source_id=each, amount=100, status=status) for each in orders]
    return [
        event for each in said for event in world.when(CreateOrder(each, customer("ann"))).events
    ]


def cancel(world: World, order: str) -> Decided:
    return world.when(UpdateOrder(order, OrderInput(status="CANCELED")))


def order_id(world: World, order: str) -> str:
    return found(world.view.get(tables.ORDER_SOURCES, order))


def test_a_paid_order_makes_an_entry_and_its_end_withdraws_it() -> None:
    world = World()
    giveaway(world, terms={"entry_type": "order.paid"})
    world.when(CreateOrder(OrderInput(source_id="o", amount=100), customer("ann")))
    assert entries(world) == []
    paid = world.when(UpdateOrder("o", OrderInput(status="PAID")))
    entry = only(paid, GiveawayEntered).entry
    assert entry.source == "order" and paid.effects
    assert entries(world) == ["ann"]
    canceled = world.when(UpdateOrder("o", OrderInput(status="CANCELED")))
    assert only(canceled, EntryWithdrawn).entry.id == entry.id
    assert entries(world) == []


def test_another_paid_order_keeps_the_only_entry_of_a_customer() -> None:
    world = World()
    giveaway(world, terms={"entry_type": "order.paid"})
    pay(world, "a", "b", "c")
    assert only(cancel(world, "b"), EntryOrdersChanged).entry.other_orders == (
        order_id(world, "c"),
    )
    kept = only(cancel(world, "a"), EntryOrdersChanged).entry
    assert (kept.source_id, kept.other_orders) == (order_id(world, "c"), ())
    assert entries(world) == ["ann"]
    assert only(cancel(world, "c"), EntryWithdrawn).entry.withdrawn_at == world.now
    pay(world, "d")
    assert entries(world) == ["ann"]


def test_an_order_keeps_no_entry_that_another_made_or_that_was_asked_for() -> None:
    world = World()
    giveaway(world, terms={"entry_type": "order.paid", "each_event": True})
    giveaway(world, "Asked", terms={"entry_type": "order.paid"})
    enter(world, "ann", "Asked")
    [first] = [each for each in pay(world, "a", "b") if isinstance(each, GiveawayEntered)][:1]
    assert only(cancel(world, "a"), EntryWithdrawn).entry.id == first.entry.id
    assert (entries(world), entries(world, "Asked")) == (["ann"], ["ann"])


def test_so_many_orders_keep_an_entry_and_more_are_not_noted() -> None:
    world = World()
    giveaway(world, terms={"entry_type": "order.paid"})
    names = [str(number) for number in range(OTHER_ORDERS_MAX + 2)]
    pay(world, *names)
    told = [each for name in names[:-1] for each in cancel(world, name).events]
    assert [
        type(each) for each in told if isinstance(each, EntryOrdersChanged | EntryWithdrawn)
    ] == [
        *[EntryOrdersChanged] * OTHER_ORDERS_MAX,
        EntryWithdrawn,
    ]


def test_an_order_that_is_fulfilled_makes_one_entry() -> None:
    world = World()
    giveaway(world, terms={"entry_type": "order.paid", "each_event": True})
    pay(world, "a", status="FULFILLED")
    assert not world.when(UpdateOrder("a", OrderInput(status="PAID"))).effects
    assert entries(world) == ["ann"]


def test_a_redemption_that_pays_makes_an_entry_and_its_rollback_withdraws_it() -> None:
    world = World().given(voucher())
    giveaway(world, terms={"entry_type": "order.paid", "each_event": True})
    record = world.when(redeem("TEN", customer=customer("ann")))
    [redemption_id] = only(record, RedemptionSucceeded).redemption_ids
    assert entries(world) == ["ann"]
    assert world.when(RollBackRedemption(redemption_id)).refusal is None
    assert entries(world) == []


def test_the_giveaways_own_event_makes_an_entry() -> None:
    world = World()
    giveaway(world, terms={"entry_type": "custom_event", "custom_event": "played"})
    world.when(TrackCustomEvent("other", customer("ann")))
    world.when(TrackCustomEvent("played", customer("bob")))
    world.when(TrackCustomEvent("played", customer("bob")))
    assert entries(world) == ["bob"]


@pytest.mark.parametrize("each_event", [False, True])
@pytest.mark.parametrize("is_closed", [False, True])
def test_an_entry_goes_with_its_order_to_another_customer(
    each_event: bool, is_closed: bool
) -> None:
    world = World()
    giveaway(world, terms={"entry_type": "order.paid", "each_event": each_event})
    pay(world, "o")
    if is_closed:
        world.now = CLOSES + 1
    moved = world.when(UpdateOrder("o", OrderInput(), customer("bob")))
    assert only(moved, OrderUpdated).customer_before
    assert entries(world) == ["bob"]
    cancel(world, "o")
    assert entries(world) == []


def test_an_entry_of_several_orders_stays_with_those_that_do() -> None:
    world = World()
    giveaway(world, terms={"entry_type": "order.paid"})
    pay(world, "a", "b")
    world.when(UpdateOrder("a", OrderInput(), customer("bob")))
    assert entries(world) == ["ann", "bob"]
    world.when(UpdateOrder("b", OrderInput(status="CANCELED"), customer("bob")))
    assert entries(world) == ["bob"]


def test_an_order_that_made_no_entry_makes_none_by_coming_to_another_customer() -> None:
    world = World()
    pay(world, "o")
    giveaway(world, terms={"entry_type": "order.paid"})
    world.when(UpdateOrder("o", OrderInput(), customer("bob")))
    assert entries(world) == []
