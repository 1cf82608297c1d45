"""However much members earn by work in the background, what is done at once fits a record."""

from typing import Any

import pytest

from engine.decide import CHUNK_WITH_EFFECTS_BYTES_MAX
from engine.kernel.state import encode
from schemas.api import CustomerInput
from schemas.customers import Customer, CustomerCreated
from schemas.earning import EARNING_RULES_MAX, CreateEarningRules, EarningLimits, PointsEarned
from schemas.loyalty_tiers import CreateLoyaltyTiers, NewLoyaltyTier, PointsRange
from schemas.personal import Personal, PersonalData
from schemas.points import PointsExpirationRules
from schemas.publications import PublishVouchers
from schemas.records import Decided
from schemas.segments import CreateSegment
from schemas.topics import RECORD_BYTES_MAX
from tests.unit.engine.earning_world import (
    become,
    fixed,
    new_rule,
    order,
    points,
    program,
    rule,
)
from tests.unit.engine.segments.segments import run, segment
from tests.unit.engine.world import NOON, World

EVERYBODY = {"junction": "and", "created_at": {"conditions": {"$more_than": ["2000-01-01"]}}}
LASTING = PointsExpirationRules("MONTH", 12)


def members(world: World, count: int, *programs: str) -> None:
    """Customers whose ids begin alike, as in a project that has millions of them."""
    for number in range(count):
        customer_id = f"cust_000{number:029x}"
        personal = Personal(f"proj/{customer_id}", PersonalData(source_id=f"s{number}"))
        world.given(CustomerCreated(Customer(customer_id, personal, NOON)))
        for name in programs:
            record = world.when(PublishVouchers(CustomerInput(id=customer_id), campaign=name))
            assert record.refusal is None, record.refusal


def entering(world: World, *programs: str, rules: int, **fields: Any) -> list[Decided]:
    """All that is done after a segment of everybody is created, whose members earn by so many rules."""
    made = world.when(CreateSegment(segment(EVERYBODY, name="Everybody")))
    segment_id = next(each.segment.id for each in made.events if hasattr(each, "segment"))
    for name in programs:
        for _ in range(rules):
            rule(world, fixed(5), "customer.segment.entered", name, segment_id=segment_id, **fields)
    return run(world)


@pytest.mark.parametrize("programs", [1, 3])
def test_a_segment_of_many_who_earn_by_two_rules_is_entered_in_records_that_are_not_too_large(
    programs: int,
) -> None:
    world, names = World(), [f"Club {number}" for number in range(programs)]
    for name in names:
        program(world, name=name, expiration=LASTING)
    members(world, 600, *names)

    records = entering(world, *names, rules=2)

    sizes = [len(encode(each)) for each in records]
    assert max(sizes) < RECORD_BYTES_MAX // 2
    told = [event for each in records for event in each.events if isinstance(event, PointsEarned)]
    assert len(told) == 600 * 2 * programs
    assert len({event.voucher.id for event in told}) == 600 * programs


def test_what_follows_of_what_they_earn_fits_as_well() -> None:
    world = World()
    program(world, name="Club")
    world.when(CreateLoyaltyTiers("Club", (NewLoyaltyTier("Gold", PointsRange(5)),)))
    run(world)
    for _ in range(12):
        rule(world, fixed(1), "customer.loyalty.tier.joined", "Club")
    members(world, 150, "Club")

    records = entering(world, "Club", rules=1)

    assert max(len(encode(each)) for each in records) < CHUNK_WITH_EFFECTS_BYTES_MAX * 1.1
    told = [event for each in records for event in each.events if isinstance(event, PointsEarned)]
    assert len(told) == 150 * 13


def test_members_who_come_to_a_tier_together_earn_in_records_that_are_not_too_large() -> None:
    world = World()
    program(world, name="Club")
    for _ in range(12):
        rule(world, fixed(1), "customer.loyalty.tier.joined", "Club")
    members(world, 150, "Club")
    world.when(CreateLoyaltyTiers("Club", (NewLoyaltyTier("All", PointsRange(0)),)))

    records = run(world)

    assert max(len(encode(each)) for each in records) < CHUNK_WITH_EFFECTS_BYTES_MAX * 1.1
    told = [event for each in records for event in each.events if isinstance(event, PointsEarned)]
    assert len(told) == 150 * 12


def test_an_order_that_earns_by_as_many_rules_with_limits_as_there_may_be_fits_a_record() -> None:
    world = World()
    limited = new_rule(fixed(5), limits=EarningLimits(count=2, period="DAY"))
    for name in ("Club", "Other"):
        program(world, "alice", name=name, expiration=LASTING)
        world.when(CreateEarningRules(name, (limited,) * EARNING_RULES_MAX))
    for number in range(3):
        record = order(world, source_id=f"o{number}")
        assert len(encode(record)) < RECORD_BYTES_MAX // 2
    assert [points(world, name).points for name in ("Club", "Other")] == [1000, 1000]
    become(world, "CANCELED", "o0")
    order(world, source_id="o3")
    assert [points(world, name).balance for name in ("Club", "Other")] == [1000, 1000]
