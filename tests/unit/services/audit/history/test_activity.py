"""What the feed of a customer holds of a record."""

import msgspec

from engine.answers.activity import activity_entries
from schemas.api import CustomerInput, OrderInput
from schemas.custom_events import TrackCustomEvent
from schemas.customers import DeleteCustomer, UpsertCustomer
from schemas.orders import CreateOrder, UpdateOrder
from schemas.publications import PublishVouchers
from schemas.records import Decided
from schemas.redemptions import RedemptionSucceeded, RollBackRedemption
from services.audit.sink.activity_table import activity_table_rows
from tests.unit.engine.world import World, customer, gift_card, only, redeem, voucher

ANN = customer("ann@shop.test", name="Ann Secret", phone="0664")


def types(record: Decided) -> list[str]:
    return [entry.type.removeprefix("customer.") for entry in activity_entries(record)]


def test_each_thing_that_happens_to_a_customer_is_one_entry() -> None:
    world = World().given(voucher("A"), voucher("B"), gift_card())
    assert types(world.when(UpsertCustomer(ANN))) == ["created"]
    assert types(world.when(UpsertCustomer(ANN))) == []
    assert types(world.when(UpsertCustomer(customer("ann@shop.test", name="An")))) == ["updated"]
    assert types(world.when(TrackCustomEvent("visited", ANN))) == ["updated", "custom_event"]
    assert types(world.when(PublishVouchers(ANN, voucher="CARD"))) == ["publication.succeeded"]
    order = CreateOrder(OrderInput(source_id="o", amount=100), ANN)
    assert types(world.when(order)) == ["order.created"]
    stack = world.when(redeem("A", "B", order=OrderInput(source_id="o"), customer=ANN))
    assert types(stack) == [
        "redemption.succeeded",
        "redemption.succeeded",
        "order.updated",
        "order.paid",
    ]
    assert types(world.when(redeem("X", customer=ANN))) == ["redemption.failed"]
    single = world.when(redeem("A", order=None, customer=ANN))
    redeemed = only(single, RedemptionSucceeded).redemption_ids[0]
    assert types(world.when(RollBackRedemption(redeemed))) == ["redemption.rollback.succeeded"]
    assert types(world.when(RollBackRedemption(redeemed))) == ["redemption.rollback.failed"]
    canceled = UpdateOrder("o", OrderInput(status="CANCELED"))
    assert types(world.when(canceled)) == ["order.updated", "order.canceled"]
    assert types(world.when(DeleteCustomer("ann@shop.test"))) == ["deleted"]


def test_what_concerns_nobody_is_in_no_feed() -> None:
    world = World().given(voucher("A"))
    assert types(world.when(redeem("A"))) == []
    assert types(world.when(CreateOrder(OrderInput()))) == []


def test_the_entries_of_a_record_are_a_group_and_have_ids_of_their_own() -> None:
    world = World().given(voucher("A"))
    record = world.when(redeem("A", customer=ANN))
    first, second, *_ = entries = list(activity_entries(record))
    assert first.group_id == second.group_id
    assert len({entry.id for entry in entries}) == len(entries)
    assert all(entry.id.startswith("evcus_") for entry in entries)
    assert entries == list(activity_entries(record))
    other = world.when(redeem("A", customer=ANN))
    assert {each.id for each in activity_entries(other)}.isdisjoint(each.id for each in entries)


def test_rows_hold_no_personal_data() -> None:
    world = World().given(voucher("A", campaign_id=None))
    for body in (
        UpsertCustomer(ANN),
        TrackCustomEvent("visited", ANN, {"page": 1}),
        redeem("A", customer=ANN),
        CreateOrder(OrderInput(source_id="o"), ANN),
        UpsertCustomer(CustomerInput(source_id="ann@shop.test", email="b@shop.test")),
    ):
        rows = list(activity_table_rows(world.when(body)))
        assert rows
        written = msgspec.json.encode(rows).decode()
        for secret in ("Ann", "0664", "shop.test"):
            assert secret not in written
