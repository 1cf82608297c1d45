"""What customers add up to: which record counts what, and for whom."""

import msgspec

from engine.customers.body import customer_body
from engine.kernel import tables
from schemas.api import CustomerInput, OrderInput
from schemas.balances import AdjustBalance
from schemas.bin import BinEntryAdded, DeleteBinEntry
from schemas.customers import CustomerCreated, CustomersSummed, CustomerSummary, DeleteCustomer
from schemas.orders import CreateOrder, UpdateOrder
from schemas.publications import PublishVouchers
from schemas.records import Decided
from schemas.redemptions import RedemptionSucceeded, RollBackRedemption, RollBackStack
from schemas.vouchers import DeleteVoucher, UpdateVoucher
from tests.unit.engine.world import (
    NOON,
    SECOND,
    World,
    card,
    customer,
    gift_card,
    only,
    redeem,
    voucher,
)

ALICE = customer()


def summary(world: World, source_id: str = "alice") -> CustomerSummary:
    owner = world.view.get(tables.CUSTOMER_SOURCES, tables.source_key(source_id)) or ""
    return world.view.get(tables.CUSTOMER_SUMMARIES, owner) or CustomerSummary()


def shop() -> World:
    return World().given(voucher(), voucher("FIVE"), gift_card())


def first_of(record: Decided) -> str:
    return only(record, RedemptionSucceeded).redemption_ids[0]


def test_a_record_that_concerns_no_customer_says_nothing_of_one() -> None:
    record = shop().when(redeem("TEN"))
    assert [type(event) for event in record.events] == [RedemptionSucceeded]


def test_a_redemption_counts_for_its_customer_and_the_order_with_what_is_left_to_pay() -> None:
    world = shop()
    record = world.when(redeem("TEN", customer=ALICE))
    owner = only(record, CustomerCreated).customer.id
    order = only(record, RedemptionSucceeded).evaluation.order
    assert order is not None
    assert only(record, CustomersSummed).summaries == {owner: summary(world)}
    assert summary(world) == CustomerSummary(
        succeeded=1,
        orders_count=1,
        orders_amount=9000,
        last_order_id=order.id,
        last_order_amount=9000,
        last_order_at=NOON,
    )


def test_a_stack_counts_as_its_children() -> None:
    world = shop()
    record = world.when(redeem("TEN", "FIVE", card(credits=300), customer=ALICE))
    assert (summary(world).succeeded, summary(world).redeemed_amount) == (3, 300)
    parent = only(record, RedemptionSucceeded).parent_id or ""
    world.when(RollBackStack(parent))
    after = summary(world)
    assert (after.succeeded, after.rolled_back, after.redeemed_amount) == (3, 3, 0)
    assert (after.orders_count, after.orders_amount) == (0, 0)


def test_failures_are_counted_apart() -> None:
    world = shop()
    world.when(redeem("NONE", customer=ALICE))
    redeemed = first_of(world.when(redeem("TEN", customer=ALICE)))
    world.when(RollBackRedemption(redeemed))
    world.when(RollBackRedemption(redeemed))
    found = summary(world)
    assert (found.failed, found.succeeded, found.rolled_back, found.rollbacks_failed) == (
        1,
        1,
        1,
        1,
    )


def test_an_order_counts_while_it_is_paid_or_fulfilled() -> None:
    world = World()
    world.when(CreateOrder(OrderInput(source_id="o", amount=500), ALICE))
    assert summary(world) == CustomerSummary()
    for status, count in (("PAID", 1), ("FULFILLED", 1), ("CANCELED", 0), ("PAID", 1)):
        world.when(UpdateOrder("o", OrderInput(status=status)))  # type: ignore[arg-type]
        found = summary(world)
        assert (found.orders_count, found.orders_amount) == (count, 500 * count)


def test_an_order_that_grows_is_counted_once() -> None:
    world = World()
    paid = OrderInput(source_id="o", amount=500, status="PAID")
    world.when(CreateOrder(paid, ALICE))
    world.when(UpdateOrder("o", OrderInput(amount=700)))
    found = summary(world)
    assert (found.orders_count, found.orders_amount, found.last_order_amount) == (1, 700, 700)


def test_an_order_that_changes_hands_counts_for_its_new_customer_alone() -> None:
    world = World()
    world.when(CreateOrder(OrderInput(source_id="o", amount=500, status="PAID"), ALICE))
    world.when(UpdateOrder("o", OrderInput(), CustomerInput(source_id="bob")))
    assert (summary(world).orders_count, summary(world).orders_amount) == (0, 0)
    assert (summary(world, "bob").orders_count, summary(world, "bob").orders_amount) == (1, 500)


def test_the_last_order_is_the_newest_by_its_own_time() -> None:
    world = World()
    for name, made in (("new", NOON), ("old", NOON - SECOND)):
        order = OrderInput(source_id=name, amount=len(name) * 100, status="PAID")
        world.when(CreateOrder(order, ALICE, created_at=made))
    assert summary(world).last_order_at == NOON
    assert summary(world).orders_count == 2


def test_what_is_left_on_a_gift_card_is_to_go_for_whoever_holds_it() -> None:
    world = shop()
    bob = CustomerInput(source_id="bob")
    world.when(PublishVouchers(ALICE, voucher="CARD"))
    assert summary(world).amount_to_go == 1000
    world.when(redeem(card(credits=400), customer=bob))
    assert (summary(world).amount_to_go, summary(world).redeemed_amount) == (600, 0)
    assert (summary(world, "bob").amount_to_go, summary(world, "bob").redeemed_amount) == (0, 400)
    world.when(AdjustBalance("CARD", 50))
    assert summary(world).amount_to_go == 650
    world.when(UpdateVoucher("CARD", msgspec.Raw(b'{"gift":{"amount":100,"balance":100}}')))
    assert summary(world).amount_to_go == 100
    world.when(DeleteVoucher("CARD"))
    assert summary(world).amount_to_go == 0


def test_a_customer_shows_what_stands_and_the_average() -> None:
    world = shop()
    redeemed = first_of(world.when(redeem("TEN", customer=ALICE)))
    made = world.when(redeem("FIVE", order=7777, customer=ALICE)).customer
    world.when(RollBackRedemption(redeemed))
    assert made is not None
    shown = customer_body(made, summary(world))["summary"]
    assert shown["redemptions"]["total_redeemed"] == 1
    assert shown["redemptions"]["total_succeeded"] == 2
    assert shown["redemptions"]["total_rolled_back"] == 1
    assert shown["orders"]["total_count"] == 1
    assert shown["orders"]["average_amount"] == shown["orders"]["total_amount"] == 6999


def test_nothing_counts_for_a_customer_who_is_gone_for_good() -> None:
    world = shop()
    record = world.when(redeem("TEN", customer=ALICE))
    owner = only(record, CustomerCreated).customer.id
    world.when(PublishVouchers(ALICE, voucher="CARD"))
    world.when(CreateOrder(OrderInput(source_id="o", amount=500), ALICE))
    entry = only(world.when(DeleteCustomer(owner)), BinEntryAdded).entry
    world.when(DeleteBinEntry(entry.id))
    for later in (
        RollBackRedemption(first_of(record)),
        AdjustBalance("CARD", 100),
        UpdateOrder("o", OrderInput(status="PAID")),
        DeleteVoucher("CARD"),
    ):
        done = world.when(later)
        assert done.refusal is None
        assert [each for each in done.events if isinstance(each, CustomersSummed)] == []
    assert list(world.view.scan(tables.CUSTOMER_SUMMARIES)) == []
