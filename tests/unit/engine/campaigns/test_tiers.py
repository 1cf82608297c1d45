"""Tiers of promotions: added, placed, moved, changed, switched, deleted."""

from typing import Any

import pytest
from msgspec import structs

from engine.kernel import tables
from engine.kernel.state import encode
from schemas.assignments import AssignmentsDropped
from schemas.campaigns import CampaignUpdated, UpdateCampaign
from schemas.promotion_events import TierDeleted, TierDisabled, TierEnabled, TiersMoved, TierUpdated
from schemas.promotions import (
    TIERS_MAX,
    TIERS_SHOWN_MAX,
    CreateTier,
    DeleteTier,
    DisableTier,
    EnableTier,
    UpdateTier,
)
from tests.unit.engine.promotion_world import (
    add,
    campaign,
    category,
    new,
    places,
    promotion,
    raw,
    rule,
    stack,
    tier,
)
from tests.unit.engine.world import SECOND, World, only, refused


def move(world: World, name: str, place: int) -> None:
    """Gives a tier another place."""
    record = world.when(UpdateTier(tier(world, name).id, raw(hierarchy=place)))
    assert record.refusal is None, record.refusal


def test_a_tier_is_added_after_the_last_or_where_it_is_wanted() -> None:
    world = World()
    promotion(world, "A", "B")
    add(world, "C")
    assert places(world) == {1: "A", 2: "B", 3: "C"}
    add(world, new("D", hierarchy=2))
    assert places(world) == {1: "A", 2: "D", 3: "B", 4: "C"}
    add(world, new("E", hierarchy=7))
    add(world, "F")
    assert places(world) == {1: "A", 2: "D", 3: "B", 4: "C", 7: "E", 8: "F"}
    add(world, new("G", hierarchy=4))
    assert places(world) == {1: "A", 2: "D", 3: "B", 4: "G", 5: "C", 7: "E", 8: "F"}
    assert (campaign(world).tiers_count, campaign(world).last_tier_place) == (7, 8)


@pytest.mark.parametrize(
    ("name", "place", "after"),
    [
        ("A", 1, "ABCD"),
        ("A", 2, "BACD"),
        ("A", 4, "BCDA"),
        ("D", 1, "DABC"),
        ("C", 2, "ACBD"),
        ("B", 3, "ACBD"),
        ("D", 3, "ABDC"),
    ],
)
def test_a_tier_that_moves_makes_those_between_move_by_one(
    name: str, place: int, after: str
) -> None:
    world = World()
    promotion(world, *"ABCD")
    move(world, name, place)
    assert places(world) == dict(enumerate(after, 1))
    assert campaign(world).last_tier_place == 4


def test_a_move_ends_at_the_next_free_place() -> None:
    world = World()
    promotion(world, "A", "B", "C", new("D", hierarchy=5), "E")
    record = world.when(UpdateTier(tier(world, "E").id, raw(hierarchy=2)))
    moved = only(record, TiersMoved)
    assert moved.places == {tier(world, "B").id: 3, tier(world, "C").id: 4}
    assert (moved.campaign_id, tier(world, "B").updated_at) == (campaign(world).id, None)
    assert places(world) == {1: "A", 2: "E", 3: "B", 4: "C", 5: "D"}
    assert campaign(world).last_tier_place == 5
    move(world, "A", 9)
    assert places(world) == {2: "E", 3: "B", 4: "C", 5: "D", 9: "A"}
    move(world, "A", 1)
    assert campaign(world).last_tier_place == 5


def test_a_place_beyond_the_last_one_is_refused() -> None:
    world = World()
    promotion(world, new("A", hierarchy=TIERS_MAX))
    full = CreateTier("Sale", new("B").tier, hierarchy=TIERS_MAX)
    assert refused(world.when(full)) == "invalid_payload"
    assert refused(world.when(CreateTier("Sale", new("B").tier))) == "invalid_payload"
    move(world, "A", 1)
    assert add(world, "B").hierarchy == 2


def test_a_promotion_has_so_many_tiers_at_most() -> None:
    world = World()
    full = structs.replace(promotion(world), tiers_count=TIERS_MAX)
    world.given(CampaignUpdated(full))
    assert refused(world.when(CreateTier("Sale", new("A").tier))) == "invalid_campaign"


def test_a_deleted_tier_leaves_its_place_free_and_ends_its_assignments() -> None:
    world = World().given(rule())
    promotion(world, "A", "B", new("C", validation_rules=("val_1",)))
    both = stack(world, "A", "C")
    record = world.when(DeleteTier(tier(world, "C").id))
    assert only(record, TierDeleted).campaign.tiers_count == 2
    assert len(only(record, AssignmentsDropped).assignments) == 1
    assert places(world) == {1: "A", 2: "B"}
    world.when(DeleteTier(tier(world, "A").id))
    assert places(world) == {2: "B"}
    assert add(world, "D").hierarchy == 3
    for name in "BD":
        world.when(DeleteTier(tier(world, name).id))
    assert (campaign(world).tiers_count, campaign(world).last_tier_place) == (0, 0)
    assert world.view.get(tables.STACKS, both.id) == both
    assert refused(world.when(DeleteTier(both.tier_ids[0]))) == "not_found"


def test_an_update_sets_what_it_names() -> None:
    world = World().given(rule("val_1"), rule("val_2"), category())
    promotion(world, new("A", banner="b", metadata={"x": 1}, validation_rules=("val_1",)))
    before = tier(world, "A")
    changes = raw(banner=None, metadata={"y": 2}, category_id="CAT_1", validity_day_of_week=[1])
    record = world.when(UpdateTier(before.id, changes), after=SECOND)
    updated = only(record, TierUpdated)
    after = tier(world, "A")
    assert after == updated.tier
    assert (after.banner, after.metadata, after.category_id) == (None, {"x": 1, "y": 2}, "cat_1")
    assert (after.validity_day_of_week, after.updated_at) == ((1,), world.now)
    assert [each.id for each in updated.categories] == ["cat_1"]
    assert after.rule_ids == ("val_1",) and len(record.assignments) == 1
    world.when(UpdateTier(before.id, raw(category_id=None), validation_rules=("val_2",)))
    assert (tier(world, "A").category_id, tier(world, "A").rule_ids) == (None, ("val_2",))
    world.when(UpdateTier(before.id, raw(metadata=None), validation_rules=()))
    assert (tier(world, "A").metadata, tier(world, "A").rule_ids) == ({}, ())


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"campaign_id": "x"}, "invalid_payload"),
        ({"name": ""}, "invalid_payload"),
        ({"name": None}, "invalid_payload"),
        ({"hierarchy": 0}, "invalid_payload"),
        ({"hierarchy": TIERS_MAX + 1}, "invalid_payload"),
        ({"expiration_date": 1, "start_date": 2}, "invalid_expiration_date"),
        ({"category_id": "nothing"}, "not_found"),
    ],
)
def test_an_update_that_makes_no_sense_changes_nothing(changes: Any, key: str) -> None:
    world = World()
    promotion(world, "A", "B")
    before = world.bytes
    record = world.when(UpdateTier(tier(world, "A").id, raw(**changes)))
    assert (refused(record), record.events) == (key, ())
    assert {name: world.bytes[name] for name in before if b"tier" in name} == {
        name: before[name] for name in before if b"tier" in name
    }


def test_a_tier_is_switched() -> None:
    world = World()
    promotion(world, "A")
    tier_id = tier(world, "A").id
    only(world.when(DisableTier(tier_id)), TierDisabled)
    assert not tier(world, "A").active
    only(world.when(EnableTier(tier_id)), TierEnabled)
    assert tier(world, "A").active


def test_large_tiers_neither_keep_one_from_moving_nor_the_campaign_from_changing() -> None:
    world = World().given(*(rule(f"val_{n}") for n in range(50)))
    bound = tuple(f"val_{n}" for n in range(50))
    banner = "b" * 9_000
    tiers = [new(f"T{n}", banner=banner) for n in range(TIERS_SHOWN_MAX)]
    tiers[2] = new("T2", banner=banner, validation_rules=bound)
    made = promotion(world, *tiers)
    for n in range(100, 120):
        add(world, new(f"T{n}", banner=banner))
    record = world.when(UpdateTier(tier(world, "T119").id, raw(hierarchy=1)))
    assert len(only(record, TiersMoved).places) == 119
    assert len(encode(record)) < 30_000
    assert [places(world)[place] for place in (1, 2, 120)] == ["T119", "T0", "T118"]
    record = world.when(UpdateCampaign("Sale", raw(description="d")))
    assert len(encode(record)) < 300_000
    shown = only(record, CampaignUpdated).tiers
    assert [each.hierarchy for each in shown] == list(range(1, 27))
    assert campaign(world).tiers_count == 120 and made.id == campaign(world).id
