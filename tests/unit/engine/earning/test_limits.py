"""What limits count is the customer's: whatever becomes of cards and orders."""

import pytest

from engine.kernel import tables
from schemas.campaigns import DeleteCampaign
from schemas.earning import EarningLimits, PendingTerms
from schemas.erasures import ForgetCustomer
from schemas.pending import CancelPendingPoints
from schemas.vouchers import DeleteVoucher
from tests.unit.engine.campaign_world import publish, run_actions
from tests.unit.engine.earning_world import (
    PROGRAM,
    become,
    card,
    earned,
    order,
    program,
    reasons,
    rule,
)
from tests.unit.engine.world import World, found


@pytest.fixture
def world() -> World:
    """A member who has earned what a rule gives a customer at most, once and for all."""
    world = World()
    program(world, "alice")
    rule(world, limits=EarningLimits(count=1))
    assert earned(order(world, source_id="first")) == [10]
    return world


@pytest.mark.parametrize("force", [False, True])
def test_who_comes_again_after_the_card_was_deleted_is_given_no_more(
    world: World, force: bool
) -> None:
    world.when(DeleteVoucher(card(world).code, force=force))
    assert world.when(publish(PROGRAM)).refusal is None
    assert reasons(order(world, source_id="second")) == ["limit_count"]


def test_who_has_two_cards_is_given_no_more_once_one_is_deleted(world: World) -> None:
    first = card(world)
    assert world.when(publish(PROGRAM)).refusal is None
    world.when(DeleteVoucher(first.code))
    assert reasons(order(world, source_id="second")) == ["limit_count"]


def test_what_limits_count_leaves_with_the_customer(world: World) -> None:
    [alice] = world.view.scan(tables.CUSTOMERS)
    assert list(world.view.scan(tables.EARNINGS))
    world.when(ForgetCustomer(alice.id))
    assert not list(world.view.scan(tables.EARNINGS))


@pytest.mark.parametrize("force", [False, True])
def test_what_limits_count_leaves_with_the_program(world: World, force: bool) -> None:
    world.when(DeleteCampaign(PROGRAM, force=force))
    run_actions(world)
    assert not list(world.view.scan(tables.EARNINGS))


def test_an_order_that_is_canceled_counts_for_no_limit_though_its_points_were_canceled_before() -> (
    None
):
    world = World()
    program(world, "alice")
    rule(world, limits=EarningLimits(count=1), pending_points=PendingTerms(3))
    order(world, source_id="first")
    [pending] = world.view.scan(tables.PENDING_POINTS)
    assert world.when(CancelPendingPoints(card(world).id, pending.id)).refusal is None
    assert reasons(order(world, source_id="second")) == ["limit_count"]
    become(world, "CANCELED", "first")
    assert reasons(order(world, source_id="third")) == []
    assert found(card(world).loyalty_card).pending_points == 10
