"""Promotions: made with their tiers, changed, deleted; stacks of their tiers."""

from typing import Any

import pytest

from engine.campaigns.tiers.decide import TIERS_SHOWN_BYTES_MAX
from engine.kernel import tables
from schemas.actions import DeletePromotions, GenerateVouchers, RunChunk
from schemas.assignments import AssignmentsDropped
from schemas.bin import BinEntryAdded
from schemas.campaigns import (
    AddVouchers,
    CampaignCreated,
    CampaignUpdated,
    DeleteCampaign,
    UpdateCampaign,
)
from schemas.categories import DeleteCategory
from schemas.commands import CommandBody
from schemas.promotion_events import StackUpdated, TierUpdated
from schemas.promotions import (
    STACK_TIERS_MAX,
    STACKS_MAX,
    TIERS_AT_ONCE_MAX,
    TIERS_MAX,
    TIERS_SHOWN_MAX,
    CreateStack,
    CreateTier,
    DeleteStack,
    DeleteTier,
    DisableTier,
    EnableTier,
    UpdateStack,
    UpdateTier,
)
from schemas.publications import PublishVouchers
from tests.unit.engine.campaign_world import campaign as coupons
from tests.unit.engine.campaign_world import publish, run_actions
from tests.unit.engine.promotion_world import (
    campaign,
    category,
    create,
    new,
    places,
    promotion,
    raw,
    rule,
    stack,
    tier,
)
from tests.unit.engine.world import World, only, percent, refused


def test_a_promotion_is_created_with_its_tiers_by_hierarchy() -> None:
    world = World().given(rule("val_1"), rule("val_2"), category())
    third = new("C", hierarchy=1, validation_rules=("val_1",), category_id="CAT_1")
    record = create(world, new("A", hierarchy=3), "B", third, validation_rules=("val_1", "val_2"))
    created = only(record, CampaignCreated)
    assert record.events[-1] is created
    assert [each.name for each in created.tiers] == ["C", "A", "B"]
    assert places(world) == {1: "C", 3: "A", 4: "B"}
    assert (created.campaign.tiers_count, created.campaign.last_tier_place) == (3, 4)
    assert created.campaign.rule_ids == ("val_1", "val_2")
    assert (tier(world, "C").rule_ids, tier(world, "C").category_id) == (("val_1",), "cat_1")
    assert [each.id for each in created.categories] == ["cat_1"]
    assert len({each.id for each in created.tiers}) == 3
    assert len({each.id for each in record.assignments}) == 3
    counted = world.view.get(tables.RULES, "val_1")
    assert counted is not None and counted.assignments_count == 2


@pytest.mark.parametrize(
    ("tiers", "key"),
    [
        ((new("A", hierarchy=1), new("B", hierarchy=1)), "invalid_payload"),
        ((new("A", hierarchy=0),), "invalid_payload"),
        ((new("A", hierarchy=TIERS_MAX + 1),), "invalid_payload"),
        ((new(""),), "invalid_payload"),
        ((new("A", percent("101")),), "invalid_payload"),
        ((new("A", start_date=2, expiration_date=1),), "invalid_expiration_date"),
        ((new("A", validation_rules=("val_9",)),), "not_found"),
        ((new("A", category_id="cat_9"),), "not_found"),
        (tuple(new(str(n)) for n in range(TIERS_AT_ONCE_MAX + 1)), "invalid_campaign"),
    ],
)
def test_a_promotion_whose_tiers_make_no_sense_is_not_created(tiers: Any, key: str) -> None:
    world = World()
    assert refused(create(world, *tiers)) == key
    assert not list(world.view.scan(tables.TIERS)) and not list(world.view.scan(tables.CAMPAIGNS))


def test_what_is_not_there_is_named() -> None:
    world = World()
    promotion(world, "A")
    coupons(world, name="Coupons")
    both = stack(world, "A")
    cases: list[tuple[CommandBody, str]] = [
        (UpdateTier("promo_9", raw()), "not_found"),
        (EnableTier("promo_9"), "not_found"),
        (DisableTier("promo_9"), "not_found"),
        (CreateTier("Nothing", new("B").tier), "not_found"),
        (CreateTier("Coupons", new("B").tier), "invalid_campaign"),
        (CreateStack("Coupons", "S", (tier(world, "A").id,)), "invalid_campaign"),
        (UpdateStack("Coupons", both.id, raw()), "invalid_campaign"),
        (UpdateStack("Sale", "stack_9", raw()), "not_found"),
        (DeleteStack("Sale", "stack_9"), "not_found"),
    ]
    for command, key in cases:
        assert refused(world.when(command)) == key, command


def test_a_stack_has_tiers_of_its_promotion_in_its_own_order() -> None:
    world = World().given(category())
    promotion(world, "A", "B")
    promotion(world, "X", name="Other")
    made = stack(world, "B", "A", category_id="CAT_1")
    ids = tier(world, "B").id, tier(world, "A").id
    assert (made.tier_ids, made.category_id) == (ids, "cat_1")
    foreign = tier(world, "X").id
    for tiers in ((), (ids[0], ids[0]), tuple(map(str, range(STACK_TIERS_MAX + 1)))):
        assert refused(world.when(CreateStack("Sale", "S", tiers))) == "invalid_payload"
    for wrong in (foreign, "promo_9"):
        record = world.when(CreateStack("Sale", "S", (ids[0], wrong)))
        assert (refused(record), record.refusal and record.refusal.resource_id) == (
            "not_found",
            wrong,
        )
    assert refused(world.when(CreateStack("Sale", "", ids))) == "invalid_payload"


def test_a_promotion_has_so_many_stacks_at_most() -> None:
    world = World()
    promotion(world, "A")
    for _ in range(STACKS_MAX):
        stack(world, "A")
    assert (
        refused(world.when(CreateStack("Sale", "S", (tier(world, "A").id,)))) == "invalid_campaign"
    )


def test_a_stack_is_changed_and_deleted() -> None:
    world = World().given(category())
    promotion(world, "A", "B", "C")
    made = stack(world, "A", "B", category_id="cat_1")
    world.when(DeleteTier(tier(world, "B").id))
    changes = raw(name="New", tier_ids=[*made.tier_ids, tier(world, "C").id], category_id=None)
    record = world.when(UpdateStack("Sale", made.id, changes))
    after = only(record, StackUpdated).stack
    assert (after.name, len(after.tier_ids), after.category_id) == ("New", 3, None)
    assert refused(world.when(UpdateStack("Sale", made.id, raw(id="x")))) == "invalid_payload"
    assert refused(world.when(UpdateStack("Sale", made.id, raw(name=7)))) == "invalid_payload"
    world.when(DeleteStack("Sale", made.id))
    assert world.view.get(tables.STACKS, made.id) is None
    assert not list(world.view.scan(tables.CAMPAIGN_STACKS, made.campaign_id))


def test_what_was_in_a_category_that_is_gone_can_be_changed() -> None:
    world = World().given(category())
    promotion(world, new("A", category_id="cat_1"))
    made = stack(world, "A", category_id="cat_1")
    world.when(DeleteCategory("cat_1"))
    record = world.when(UpdateTier(tier(world, "A").id, raw(banner="New")))
    assert only(record, TierUpdated).tier.banner == "New"
    record = world.when(UpdateStack("Sale", made.id, raw(name="New")))
    assert only(record, StackUpdated).stack.name == "New"
    for again in (
        UpdateTier(tier(world, "A").id, raw(category_id="cat_2")),
        UpdateStack("Sale", made.id, raw(category_id="cat_2")),
    ):
        assert refused(world.when(again)) == "not_found"


def test_an_update_of_the_campaign_shows_its_first_tiers() -> None:
    world = World().given(rule())
    many = (new(f"T{n}", validation_rules=("val_1",)) for n in range(TIERS_SHOWN_MAX + 1))
    made = promotion(world, *many)
    record = world.when(UpdateCampaign("Sale", raw(description="d")))
    updated = only(record, CampaignUpdated)
    assert [each.hierarchy for each in updated.tiers] == list(range(1, TIERS_SHOWN_MAX + 1))
    assert (updated.campaign.tiers_count, len(record.assignments)) == (101, 100)
    assert campaign(world).last_tier_place == made.last_tier_place == 101


def test_an_update_of_the_campaign_shows_a_tier_however_large_it_is() -> None:
    world = World()
    promotion(world, new("A", banner="b" * TIERS_SHOWN_BYTES_MAX), "B")
    record = world.when(UpdateCampaign("Sale", raw(description="d")))
    assert [each.name for each in only(record, CampaignUpdated).tiers] == ["A"]


@pytest.mark.parametrize("force", [True, False])
def test_a_deleted_promotion_takes_its_tiers_and_stacks_along(force: bool) -> None:
    world = World().given(rule())
    far = new("Far", hierarchy=1200, validation_rules=("val_1",))
    made = promotion(world, "A", "B", far)
    stack(world, "A", "B")
    record = world.when(DeleteCampaign("Sale", force))
    assert (not force) == any(isinstance(each, BinEntryAdded) for each in record.events)
    [action] = world.view.scan(tables.ACTIONS)
    assert action.work == DeletePromotions(made.id, 1200)
    assert refused(world.when(UpdateTier(tier(world, "A").id, raw()))) == "not_found"
    run_actions(world)
    kept = {key.split(b"/")[0] for key in world.bytes}
    assert not kept & {b"tier", b"campaign-tier", b"stack", b"campaign-stack", b"rule-assignment"}
    [action] = world.view.scan(tables.ACTIONS)
    assert (action.status, action.done) == ("DONE", 4)


def test_a_chunk_ends_a_bounded_number_of_assignments() -> None:
    rules = tuple(f"val_{n}" for n in range(50))
    world = World().given(*map(rule, rules))
    promotion(world, *(new(f"T{n}", validation_rules=rules) for n in range(45)))
    world.when(DeleteCampaign("Sale", True))
    [action] = world.view.scan(tables.ACTIONS)
    record = world.when(RunChunk(action.id, 0))
    assert len(only(record, AssignmentsDropped).assignments) == 1000
    run_actions(world)
    assert not list(world.view.scan(tables.TIERS))


def test_a_promotion_has_no_vouchers() -> None:
    world = World()
    promotion(world, "A")
    for command in (AddVouchers("Sale"), AddVouchers("Sale", 5), AddVouchers("Sale", code="X")):
        assert refused(world.when(command)) == "invalid_campaign"
    asked: PublishVouchers = publish("Sale")
    assert refused(world.when(asked)) == "no_voucher_suitable_for_publication"
    actions = [each.work for each in world.view.scan(tables.ACTIONS)]
    assert not [each for each in actions if isinstance(each, GenerateVouchers)]
