"""What expires by inactivity lasts on with whatever the card earns or pays, by whichever rules."""

from decimal import Decimal

import pytest

from engine.points.stored import buckets_of
from schemas.points import PointsExpirationRules
from schemas.rewards import Reward, RewardAssigned, RewardAssignment, RewardCreated
from tests.unit.engine.earning_world import card, fixed, order, points, program, rule, track
from tests.unit.engine.points.cards import TONIGHT, pay
from tests.unit.engine.world import DAY, NOON, World, redeem

TEN_DAYS = PointsExpirationRules("INACTIVITY", 10)
A_MONTH = PointsExpirationRules("MONTH", 1)


def _kept(world: World) -> list[tuple[int, int]]:
    """In how many days from the first on what is kept by activity expires, and how much of it."""
    found = buckets_of(world.view, card(world).id)
    return [((each.expires_at - TONIGHT) // DAY, each.points) for each in found if each.moves]


@pytest.mark.parametrize(
    ("of_program", "of_order", "of_visit"),
    [
        (TEN_DAYS, None, A_MONTH),
        (A_MONTH, TEN_DAYS, None),
        (None, TEN_DAYS, None),
        (PointsExpirationRules("INACTIVITY", 3), TEN_DAYS, A_MONTH),
    ],
    ids=["of the program", "beside months", "beside none", "beside fewer days"],
)
def test_they_last_on_with_what_another_rule_gives(
    of_program: PointsExpirationRules | None,
    of_order: PointsExpirationRules | None,
    of_visit: PointsExpirationRules | None,
) -> None:
    world = World()
    program(world, "alice", expiration=of_program)
    rule(world, fixed(7), expiration_rules=of_order)
    rule(world, fixed(5), "visit", expiration_rules=of_visit)
    order(world)
    assert _kept(world) == [(10, 7)]
    world.now += 5 * DAY
    track(world)
    assert _kept(world) == [(15, 7)]
    assert points(world).balance == 12


def test_a_rule_of_fewer_days_takes_none_of_those_that_are_promised() -> None:
    world = World()
    program(world, "alice", expiration=TEN_DAYS)
    rule(world, fixed(7))
    rule(world, fixed(5), "visit", expiration_rules=PointsExpirationRules("INACTIVITY", 3))
    order(world)
    world.now += 2 * DAY
    track(world)
    assert _kept(world) == [(12, 12)]


def test_they_last_on_with_what_the_card_pays_where_a_rule_alone_says_so() -> None:
    world = World()
    made = program(world, "alice", expiration=A_MONTH)
    rule(world, fixed(7), "visit", expiration_rules=TEN_DAYS)
    track(world)
    coin = Reward("rew_1", "Coin", NOON, Decimal(1))
    offer = RewardAssignment("rewa_1", coin.id, made.id, NOON)
    world.given(RewardCreated(coin), RewardAssigned(offer))
    world.now += 5 * DAY
    assert world.when(redeem(pay(card(world).code, 2))).refusal is None
    assert _kept(world) == [(15, 5)]
