"""No limit is exceeded whatever happens in whatever order, and what is taken back never was."""

from typing import Literal

from hypothesis import given, note, settings
from hypothesis import strategies as st

from engine.kernel import tables
from schemas.expiry import ExpireDue
from tests.property.budget_checks import check_counters, check_guests, check_tallies
from tests.property.budget_play import Play
from tests.property.budget_world import Draw, world
from tests.unit.engine.world import DAY, World

SEEDS = st.integers(0, 2**32)
MODES = st.sampled_from(("PARTIAL", "PARTIAL", "ALL"))


@settings(max_examples=160)
@given(SEEDS, st.integers(1, 50), MODES)
def test_no_limit_is_ever_exceeded(seed: int, count: int, mode: Literal["ALL", "PARTIAL"]) -> None:
    draw = Draw(seed)
    limits = draw.limits()
    play = Play(world(limits, mode), limits)
    for step in draw.steps(count):
        note(str(step))
        play.step(step)
        assert play.notes.exceeded(limits, play.world.now) == []
        check_counters(play.world, play.notes)
    check_tallies(play.world, play.notes)
    check_guests(play.world, play.notes)


@settings(max_examples=60)
@given(SEEDS, st.integers(1, 40), MODES)
def test_taking_everything_back_restores_all_counters(
    seed: int, count: int, mode: Literal["ALL", "PARTIAL"]
) -> None:
    draw = Draw(seed)
    limits = draw.limits()
    play = Play(world(limits, mode), limits)
    before = _counters(play.world)
    for step in draw.steps(count, reversible=True):
        note(str(step))
        play.step(step)
    for request in reversed(play.requests):
        play.roll_back(request)
    play.world.when(ExpireDue(), after=8 * DAY)
    assert _counters(play.world) == before
    for tally in play.world.view.scan(tables.TALLIES):
        for sums in (tally.ever, tally.day, tally.week, tally.month):
            assert (sums.count, sums.amount, sums.discounted, sums.customers) == (0, 0, 0, 0)
    for order in play.world.view.scan(tables.ORDERS):
        assert (order.status, order.discount_amount) == ("CANCELED", 0)
        assert order.amount == order.initial_amount


def _counters(of: World) -> dict[bytes, bytes]:
    """The bytes of all that redemptions and sessions count, but for the tallies."""
    counted = (tables.VOUCHERS, tables.TIERS, tables.CAMPAIGNS, tables.OFFERED)
    passing = (tables.HOLDS, tables.SESSIONS)
    prefixes = tuple(f"{table.name}/".encode() for table in counted + passing)
    return {key: value for key, value in of.bytes.items() if key.startswith(prefixes)}
