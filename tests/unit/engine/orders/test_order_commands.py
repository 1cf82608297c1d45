"""Orders as the shop writes them: created, merged, paid, canceled."""

import pytest

from engine.orders.order_events import OrderChanging, order_events
from schemas.api import CustomerInput, OrderInput, OrderItemInput, OrderStatus
from schemas.customers import CustomerCreated
from schemas.orders import CreateOrder, Order, OrderCreated, OrderUpdated, UpdateOrder
from schemas.records import Decided
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded, RollBackRedemption
from tests.unit.engine.world import NOON, SECOND, World, customer, only, redeem, refused, voucher


def create(world: World, source_id: str | None = "o1", **said: object) -> Decided:
    return world.when(CreateOrder(OrderInput(source_id=source_id, **said)))  # type: ignore[arg-type]


def created(world: World, source_id: str | None = "o1", **said: object) -> Order:
    return only(create(world, source_id, **said), OrderCreated).order


def names(record: Decided) -> list[str]:
    changing = [each for each in record.events if isinstance(each, OrderChanging)]
    return [name for event in changing for name, _ in order_events(event)]


def test_a_new_order_is_created_with_its_sum_and_ids() -> None:
    world = World()
    items = (OrderItemInput(price=100, quantity=2), OrderItemInput(amount=50))
    order = created(world, items=items)
    assert (order.status, order.amount, order.created_at) == ("CREATED", 250, NOON)
    assert order.updated_at is None
    assert [item.id for item in order.items or ()] != [None, None]
    assert world.order(order.id) == order


def test_an_order_that_exists_is_merged_be_it_created_or_updated() -> None:
    world = World()
    order = created(world, amount=100, metadata={"a": 1})
    record = create(world, metadata={"b": 2})
    event = only(record, OrderUpdated)
    assert (event.order.id, event.order.amount) == (order.id, 100)
    assert event.order.metadata == {"a": 1, "b": 2}
    record = world.when(UpdateOrder("o1", OrderInput(amount=300)), after=SECOND)
    assert only(record, OrderUpdated).order.amount == 300
    assert world.order(order.id).updated_at == NOON + SECOND


def test_two_orders_without_ids_are_two() -> None:
    world = World()
    assert created(world, None).id != created(world, None).id


def test_an_unknown_order_is_not_found() -> None:
    world = World()
    assert refused(world.when(UpdateOrder("o1", OrderInput()))) == "not_found"
    assert refused(world.when(CreateOrder(OrderInput(id="ord_1")))) == "not_found"


def test_another_orders_source_id_cannot_be_taken() -> None:
    world = World()
    created(world)
    created(world, "o2")
    record = world.when(UpdateOrder("o2", OrderInput(source_id="o1")))
    assert refused(record) == "duplicate_source_id"


def test_an_order_makes_its_customer_known() -> None:
    world = World()
    record = world.when(CreateOrder(OrderInput(source_id="o1"), customer()))
    owner = only(record, CustomerCreated).customer.id
    assert only(record, OrderCreated).order.customer_id == owner
    again = world.when(UpdateOrder("o1", OrderInput(status="PAID")))
    assert only(again, OrderUpdated).order.customer_id == owner
    unknown = CreateOrder(OrderInput(), CustomerInput(id="cust_1"))
    assert refused(world.when(unknown)) == "not_found"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("CREATED", "PAID", ["order.updated", "order.paid"]),
        ("PAID", "PAID", ["order.updated"]),
        ("PAID", "FULFILLED", ["order.updated", "order.fulfilled"]),
        ("PAID", "CANCELED", ["order.updated", "order.canceled"]),
        ("CANCELED", "CREATED", ["order.updated"]),
    ],
)
def test_a_new_status_is_told_once(
    before: OrderStatus, after: OrderStatus, expected: list[str]
) -> None:
    world = World()
    create(world, status=before)
    assert names(world.when(UpdateOrder("o1", OrderInput(status=after)))) == expected


def test_a_paid_order_is_told_as_created_and_paid() -> None:
    assert names(create(World(), status="PAID")) == ["order.created", "order.paid"]


def test_redemptions_and_rollbacks_tell_what_became_of_their_order() -> None:
    world = World().given(voucher())
    create(world, amount=1000)
    first = world.when(redeem("TEN", order=OrderInput(source_id="o1")))
    assert names(first) == ["order.updated", "order.paid"]
    again = world.when(redeem("TEN", order=OrderInput(source_id="o1")))
    assert names(again) == ["order.updated"]
    assert names(world.when(redeem("TEN"))) == ["order.created", "order.paid"]
    ids = [only(each, RedemptionSucceeded).redemption_ids[0] for each in (first, again)]
    assert names(world.when(RollBackRedemption(ids[0]))) == ["order.updated"]
    last = world.when(RollBackRedemption(ids[1]))
    assert names(last) == ["order.updated", "order.canceled"]
    assert only(last, RedemptionRolledBack).status_before == "PAID"


def test_an_amount_cannot_fall_below_what_was_discounted() -> None:
    world = World().given(voucher())
    world.when(redeem("TEN", order=OrderInput(source_id="o1", amount=1000)))
    assert refused(world.when(UpdateOrder("o1", OrderInput(amount=99)))) == "invalid_order"
    after = only(world.when(UpdateOrder("o1", OrderInput(amount=100))), OrderUpdated).order
    assert (after.discount_amount, len(after.redemptions)) == (100, 1)


def test_an_imported_order_keeps_its_own_time() -> None:
    world = World()
    record = world.when(CreateOrder(OrderInput(source_id="o1"), created_at=5))
    assert only(record, OrderCreated).order.created_at == 5
    changed = world.when(UpdateOrder("o1", OrderInput(amount=1)))
    assert only(changed, OrderUpdated).order.created_at == 5
