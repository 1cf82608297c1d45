"""Orders that are paid earn by the rules of the programs that their customers are members of."""

from engine.kernel import tables
from tests.unit.engine.earning_world import (
    become,
    earned,
    every,
    order,
    points,
    program,
    rule,
)
from tests.unit.engine.world import World, customer, redeem, voucher


def test_a_paid_order_earns_once() -> None:
    world = World()
    program(world, "alice")
    rule(world, every(1000, 3))

    record = order(world, 12_999)

    assert earned(record) == [36]
    assert points(world).balance == 36
    assert earned(become(world, "FULFILLED")) == []
    assert earned(become(world, "PAID")) == []
    assert points(world).balance == 36


def test_an_order_earns_when_it_becomes_paid() -> None:
    world = World()
    program(world, "alice")
    rule(world)

    assert earned(order(world, status="CREATED")) == []
    assert earned(become(world, "PAID")) == [10]


def test_a_canceled_order_loses_what_it_earned() -> None:
    world = World()
    program(world, "alice")
    rule(world)
    order(world)

    become(world, "CANCELED")

    assert points(world).balance == 0
    assert world.view.get(tables.ORDER_EARNINGS, "o1") is None
    assert earned(become(world, "PAID")) == [10]


def test_a_redemption_that_pays_an_order_earns() -> None:
    world = World()
    program(world, "alice")
    rule(world)
    world.given(voucher("TEN"))

    record = world.when(redeem("TEN", customer=customer()))

    assert earned(record) == [10], record
    assert points(world).balance == 10
