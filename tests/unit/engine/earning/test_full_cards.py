"""No card holds more points than there may be: what is pending has its place, or is lost, and told."""

from engine.answers.transactions import transactions
from engine.kernel import tables
from schemas.balances import AdjustBalance
from schemas.base import AMOUNT_MAX, DAY_MS
from schemas.earning import EarningRefused, PendingTerms, PointsTakenBack
from schemas.expiry import ExpireDue
from schemas.pending import (
    ActivatePendingPoints,
    AdjustPendingPoints,
    PendingPoints,
    PendingPointsActivated,
)
from schemas.prizes import RewardWithheld
from tests.unit.engine.earning_world import become, card, fixed, order, points, program, rule
from tests.unit.engine.program_world import points as points_of
from tests.unit.engine.program_world import refer, referral_program, referrer_code
from tests.unit.engine.world import World, only, refused


def full_but(world: World, left: int) -> None:
    """The card has room for so many points more."""
    more = AMOUNT_MAX - left - points(world).points
    assert world.when(AdjustBalance(card(world).id, more)).refusal is None


def waiting(world: World) -> PendingPoints:
    """The points of one order, which are pending."""
    program(world, "alice")
    rule(world, fixed(10), pending_points=PendingTerms(7))
    order(world)
    [pending] = world.view.scan(tables.PENDING_POINTS, card(world).id)
    return pending


def test_what_a_card_cannot_hold_when_it_becomes_active_is_lost_and_told() -> None:
    world = World()
    waiting(world)
    full_but(world, 4)
    world.now += 8 * DAY_MS

    record = world.when(ExpireDue())

    activated = only(record, PendingPointsActivated)
    assert (activated.points, activated.lost) == (4, 6)
    loyalty = points(world)
    assert (loyalty.points, loyalty.balance, loyalty.pending_points) == (AMOUNT_MAX, AMOUNT_MAX, 0)
    [booked] = transactions(record)
    assert booked.body["details"]["balance"]["points"] == 4
    back = only(become(world, "CANCELED"), PointsTakenBack)
    assert (back.points, back.missing) == (4, 0)


def test_a_full_card_takes_none_of_what_somebody_activates() -> None:
    world = World()
    pending = waiting(world)
    full_but(world, 0)
    activated = world.when(ActivatePendingPoints(card(world).id, pending.id))
    assert only(activated, PendingPointsActivated).lost == 10
    assert points(world).balance == AMOUNT_MAX


def test_prizes_and_rules_leave_room_for_what_is_pending() -> None:
    world = World()
    waiting(world)
    full_but(world, 12)
    referral_program(world, referrer_reward=points_of(3))
    withheld = only(refer(world, referrer_code(world, "alice").code), RewardWithheld)
    assert withheld.refusal.key == "invalid_balance"
    assert only(order(world, source_id="o2"), EarningRefused).cards[0].rules[0].reason == "balance"


def test_pending_points_grow_beside_others_as_far_as_there_is_room() -> None:
    world = World()
    pending = waiting(world)
    order(world, source_id="o2")
    full_but(world, 30)
    more = AdjustPendingPoints(card(world).id, pending.id, 11)
    assert refused(world.when(more)) == "invalid_pending_points_state"
    assert world.when(AdjustPendingPoints(card(world).id, pending.id, 10)).refusal is None
