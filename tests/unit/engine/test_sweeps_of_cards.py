"""One sweep expires, tells of and activates points of the same cards: of each, once."""

import pytest

from engine import expiry
from engine.kernel.state import encode
from schemas.earning import PendingTerms
from schemas.expiry import ExpireDue
from schemas.pending import PendingPointsActivated
from schemas.points import PointsExpirationRules, PointsExpired
from schemas.topics import RECORD_BYTES_MAX
from tests.unit.engine.earning_world import fixed, order, points, program, rule
from tests.unit.engine.points import cards
from tests.unit.engine.world import DAY, World, only


def test_points_that_expire_when_others_become_active_expire_once() -> None:
    world = World()
    program(world, "alice", expiration=PointsExpirationRules("DAY", 10))
    rule(world, fixed(7))
    rule(world, fixed(5), pending_points=PendingTerms(11))
    order(world)
    world.now = cards.TONIGHT + 10 * DAY + 1
    record = world.when(ExpireDue())
    assert only(record, PointsExpired).points == 7
    assert only(record, PendingPointsActivated).points == 5
    held = points(world)
    assert (held.balance, held.pending_points, held.expired_points) == (5, 0, 7)


def test_a_card_is_told_of_and_expires_whichever_a_sweep_comes_to_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(expiry, "CARDS_MAX", 1)
    world = cards.cards("A", "B", rules=PointsExpirationRules("DAY", 10, notice_days=3))
    later = world.now + 13 * DAY
    cards.add(world, 10, "A")
    cards.add(world, 10, "B")
    cards.add(world, 4, "B", expiration_type="CUSTOM_DATE", expires_at=later)
    world.now = cards.TONIGHT + 7 * DAY + 1
    for _ in range(3):
        world.when(ExpireDue())
    world.now = cards.TONIGHT + 10 * DAY + 1
    expired = 0
    for _ in range(4):
        record = world.when(ExpireDue())
        expired += sum(e.points for e in record.events if isinstance(e, PointsExpired))
    assert expired == 20
    assert cards.buckets(world, "B") == [(13, 4)]
    assert cards.card_of(world, "B").balance == 4


def test_however_many_points_become_active_on_a_day_a_sweep_fits_a_record() -> None:
    world = World()
    members = [f"member_{number}" for number in range(400)]
    program(world, *members, expiration=PointsExpirationRules("DAY", 100))
    rule(world, fixed(5), pending_points=PendingTerms(1))
    for number, member in enumerate(members):
        order(world, source_id=f"o{number}", who=member)
    world.now += 2 * DAY
    activated = 0
    for _ in range(len(members)):
        record = world.when(ExpireDue())
        assert len(encode(record)) < RECORD_BYTES_MAX
        if not record.events:
            break
        activated += sum(isinstance(each, PendingPointsActivated) for each in record.events)
    assert activated == 400
