"""Rewards of each kind, and which program offers them: every outcome."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec import Raw, json, structs

from engine.answers.answer import render_answer
from engine.answers.hook_events import hook_events
from engine.kernel import tables
from schemas.assignments import AssignmentsDropped, AssignRule, RuleAssigned
from schemas.campaigns import (
    CampaignCreated,
    CampaignType,
    CopyProgram,
    DeleteCampaign,
)
from schemas.records import Decided
from schemas.rewards import (
    REWARD_ASSIGNMENTS_MAX,
    AssignReward,
    AssignRewards,
    CreateReward,
    DeleteReward,
    DeleteRewardAssignment,
    NewRewardAssignment,
    Reward,
    RewardAssigned,
    RewardAssignmentUpdated,
    RewardAttributes,
    RewardCampaign,
    RewardCreated,
    RewardProduct,
    RewardUnassigned,
    UpdateReward,
    UpdateRewardAssignment,
)
from schemas.rules import ValidationRuleCreated
from tests.unit.engine.rewards.reward_world import (
    PROGRAM,
    RewardWorld,
    campaign,
    code_reward,
    key_of,
    mug,
)
from tests.unit.engine.rewards.test_rewards import reward as coin
from tests.unit.engine.rule_world import rule
from tests.unit.engine.world import found, only


@pytest.fixture
def world() -> RewardWorld:
    world = RewardWorld()
    world.given(CampaignCreated(campaign("codes")))
    world.given(CampaignCreated(campaign("gifts", "GIFT_VOUCHERS")))
    return world


def of_gifts(balance: int | None) -> Reward:
    return structs.replace(code_reward("gifts"), campaign=RewardCampaign("gifts", balance=balance))


def test_the_type_of_a_campaign_is_looked_up_and_its_name_will_do(world: RewardWorld) -> None:
    created = only(world.when(CreateReward(of_gifts(100))), RewardCreated).reward
    assert created.campaign == RewardCampaign("camp_gifts", "GIFT_VOUCHERS", 100)
    assert created.id.startswith("rew_")


WRONG: list[tuple[Reward, str, str]] = [
    (of_gifts(None), "invalid_balance", "Balance"),
    (of_gifts(0), "invalid_balance", "Balance"),
    (code_reward("codes", balance=5), "invalid_balance", "no balance"),
    (code_reward("none"), "not_found", "camp_none"),
    (structs.replace(mug(), product=RewardProduct("prod_none")), "not_found", "prod_none"),
    (
        structs.replace(mug(), product=RewardProduct("prod_mug", "sku_none")),
        "not_found",
        "sku_none",
    ),
    (structs.replace(mug(), product=None), "invalid_payload", ".parameters.product"),
    (structs.replace(mug(), exchange_ratio=Decimal(1)), "invalid_payload", ".parameters.coin"),
    (mug(stock=-1), "invalid_payload", ".stock"),
    (structs.replace(code_reward("codes"), stock=1), "invalid_payload", ".stock"),
]


@pytest.mark.parametrize(("reward", "key", "told"), WRONG)
def test_what_is_no_reward_is_refused(
    world: RewardWorld, reward: Reward, key: str, told: str
) -> None:
    record = world.when(CreateReward(reward))
    assert key_of(record) == key
    assert told in found(found(record.refusal).details)


@pytest.mark.parametrize("kind", ["PROMOTION", "REFERRAL_PROGRAM", "GIVEAWAY"])
def test_a_campaign_without_codes_to_be_rewards_is_refused(
    world: RewardWorld, kind: CampaignType
) -> None:
    world.given(CampaignCreated(campaign("none", kind)))
    record = world.when(CreateReward(code_reward("none")))
    told = found(record.refusal)
    assert told.key == "invalid_campaign"
    assert told.details == f"none, a {kind}, has no codes that can be rewards"


def test_an_update_sets_what_a_reward_is(world: RewardWorld) -> None:
    world.given(RewardCreated(mug(stock=1)))
    changes = {"stock": 5, "attributes": {"description": "White"}, "product": {"id": "prod_mug"}}
    world.when(UpdateReward("rew_mug", Raw(json.encode(changes))))
    after = world.reward("rew_mug")
    assert (after.stock, after.attributes) == (5, RewardAttributes(description="White"))
    other = {"campaign": {"id": "codes"}}
    assert key_of(world.when(UpdateReward("rew_mug", Raw(json.encode(other))))) == "invalid_payload"


def test_a_reward_shows_what_it_is(world: RewardWorld) -> None:
    shown = answered(world.when(CreateReward(code_reward("codes"))))
    assert shown["parameters"] == {"campaign": {"id": "camp_codes", "type": "DISCOUNT_COUPONS"}}
    assert (shown["stock"], shown["redeemed"], shown["updated_at"]) == (None, None, None)
    assert "attributes" not in shown
    shown = answered(world.when(CreateReward(mug(stock=3))))
    assert shown["parameters"] == {"product": {"id": "prod_mug", "sku_id": None}}
    assert (shown["stock"], shown["redeemed"]) == (3, 0)


def test_a_reward_is_in_use_where_a_program_offers_it(world: RewardWorld) -> None:
    offer = world.offer(mug(), 100)
    refused = world.when(DeleteReward("rew_mug"))
    assert (key_of(refused), found(refused.refusal).resource_id) == ("resource_in_use", "rew_mug")
    world.when(DeleteRewardAssignment(offer.id))
    assert key_of(world.when(DeleteReward("rew_mug"))) is None


def test_an_offer_shows_its_price_and_webhooks_are_told(world: RewardWorld) -> None:
    world.given(RewardCreated(mug()))
    wanted = NewRewardAssignment("rew_mug", 100, priced=True)
    record = world.when(AssignReward("program", wanted))
    shown = answered(record)
    assert shown["id"].startswith("rewa_")
    assert shown["parameters"] == {"loyalty": {"points": 100}}
    assert (shown["related_object_type"], shown["related_object_id"]) == ("campaign", PROGRAM)
    assert (shown["updated_at"], shown["reward_id"]) == (None, "rew_mug")
    update = world.when(UpdateRewardAssignment(shown["id"], points=150, priced=True))
    assert answered(update)["parameters"] == {"loyalty": {"points": 150}}
    assert answered(update)["updated_at"]
    deleted = world.when(DeleteRewardAssignment(shown["id"]))
    for told, name in ((record, "created"), (update, "updated"), (deleted, "deleted")):
        [event] = hook_events(told)
        assert event.name == f"campaign.reward.assignment.{name}"
        assert event.data["reward_assignment"]["id"] == shown["id"]
    assert render_answer(deleted, "server").status == 204


TERMS: list[tuple[str, NewRewardAssignment, str, str | None]] = [
    ("rew_1", NewRewardAssignment("rew_1", 200, priced=True), "invalid_payload", None),
    ("rew_1", NewRewardAssignment("rew_1", validation_rules=("a", "b")), "invalid_payload", None),
    (
        "rew_mug",
        NewRewardAssignment("rew_mug"),
        "missing_param",
        "Parameter 'parameters.loyalty' is required",
    ),
    (
        "rew_mug",
        NewRewardAssignment("rew_mug", priced=True),
        "missing_param",
        "Parameter 'parameters.loyalty.points' is required",
    ),
    ("rew_mug", NewRewardAssignment("rew_mug", 0, priced=True), "invalid_payload", None),
    ("rew_mug", NewRewardAssignment("rew_none", 1, priced=True), "not_found", None),
    (
        "rew_mug",
        NewRewardAssignment("rew_mug", 1, priced=True, validation_rules=("val_none",)),
        "not_found",
        None,
    ),
]


@pytest.mark.parametrize(("reward_id", "wanted", "key", "details"), TERMS)
def test_what_does_not_go_with_the_kind_is_refused(
    world: RewardWorld, reward_id: str, wanted: NewRewardAssignment, key: str, details: str | None
) -> None:
    world.given(RewardCreated(mug()), RewardCreated(coin()))
    record = world.when(AssignReward(PROGRAM, wanted))
    assert key_of(record) == key
    if details is not None:
        assert found(record.refusal).details == details
        assert found(record.refusal).message == "Missing required parameter"
    assert not list(world.view.scan(tables.REWARD_ASSIGNMENTS))


def test_paying_with_points_is_offered_with_one_rule(world: RewardWorld) -> None:
    world.given(ValidationRuleCreated(rule()))
    offer = world.offer(coin(), None, validation_rules=("val_1",))
    assert offer.rule_ids == ("val_1",)
    assert world.view.get(tables.ASSIGNED, "reward_assignment", offer.id, "val_1")
    update = UpdateRewardAssignment(offer.id, points=3, priced=True)
    assert key_of(world.when(update)) == "invalid_payload"


def test_the_same_is_offered_once(world: RewardWorld) -> None:
    offer = world.offer(mug(), 100)
    record = world.when(AssignReward(PROGRAM, NewRewardAssignment("rew_mug", 1, priced=True)))
    assert (key_of(record), found(record.refusal).resource_id) == ("duplicate_found", offer.id)


def test_only_a_program_offers_and_not_its_own_cards(world: RewardWorld) -> None:
    world.given(RewardCreated(mug()))
    wanted = NewRewardAssignment("rew_mug", 1, priced=True)
    assert key_of(world.when(AssignReward("codes", wanted))) == "invalid_campaign"
    assert key_of(world.when(AssignReward("none", wanted))) == "not_found"
    own = structs.replace(
        code_reward("program"), campaign=RewardCampaign(PROGRAM, "LOYALTY_PROGRAM", 5)
    )
    world.given(RewardCreated(own))
    wanted = NewRewardAssignment(own.id, 1, priced=True)
    assert key_of(world.when(AssignReward(PROGRAM, wanted))) == "invalid_campaign"
    world.offer(code_reward("codes"), 10)
    own_now = {"campaign": {"id": PROGRAM, "balance": 5}}
    update = UpdateReward("rew_codes", Raw(json.encode(own_now)))
    assert key_of(world.when(update)) == "invalid_campaign"


def test_many_are_offered_at_once_or_none(world: RewardWorld) -> None:
    world.given(RewardCreated(mug()), RewardCreated(coin()))
    both = (NewRewardAssignment("rew_mug", 10, priced=True), NewRewardAssignment("rew_1"))
    assert key_of(world.when(AssignRewards(PROGRAM, (*both, both[0])))) == "duplicate_found"
    assert not list(world.view.scan(tables.REWARD_ASSIGNMENTS))
    record = world.when(AssignRewards(PROGRAM, both))
    shown: Any = answered(record)
    assert [each["reward_id"] for each in shown] == ["rew_mug", "rew_1"]
    assert "parameters" not in shown[1]
    assert len(list(world.view.scan(tables.PROGRAM_REWARDS, PROGRAM))) == 2


def test_a_program_offers_a_bounded_number(world: RewardWorld) -> None:
    made = [structs.replace(mug(), id=f"rew_{n}") for n in range(REWARD_ASSIGNMENTS_MAX + 1)]
    world.given(*map(RewardCreated, made))
    wanted = tuple(NewRewardAssignment(each.id, 1, priced=True) for each in made)
    assert key_of(world.when(AssignRewards(PROGRAM, wanted))) == "invalid_campaign"
    assert key_of(world.when(AssignRewards(PROGRAM, wanted[:-1]))) is None


def test_an_offer_is_found_under_its_own_program_and_reward(world: RewardWorld) -> None:
    offer = world.offer(mug(), 100)
    others: list[dict[str, Any]] = [
        {"campaign": "codes"},
        {"reward_id": "rew_1"},
        {"campaign": "none"},
    ]
    for named in others:
        assert key_of(world.when(DeleteRewardAssignment(offer.id, **named))) == "not_found"
        update = UpdateRewardAssignment(offer.id, points=1, priced=True, **named)
        assert key_of(world.when(update)) == "not_found"
    both = DeleteRewardAssignment(offer.id, campaign="program", reward_id="rew_mug")
    assert only(world.when(both), RewardUnassigned).assignment == offer


def test_what_binds_an_offer_ends_with_it(world: RewardWorld) -> None:
    world.given(ValidationRuleCreated(rule()))
    offer = world.offer(mug(), 100)
    bound = world.when(AssignRule("val_1", offer.id, "reward_assignment"))
    assert only(bound, RuleAssigned).count == 1
    stored = found(world.view.get(tables.REWARD_ASSIGNMENTS, offer.id))
    assert stored.rule_ids == ("val_1",)
    update = world.when(UpdateRewardAssignment(offer.id, points=5, priced=True))
    assert only(update, RewardAssignmentUpdated).assignment.rule_ids == ("val_1",)
    ended = world.when(DeleteRewardAssignment(offer.id))
    assert only(ended, AssignmentsDropped).counts == {"val_1": 0}


@pytest.mark.parametrize("force", [False, True])
def test_a_program_that_is_deleted_offers_nothing(world: RewardWorld, force: bool) -> None:
    world.given(ValidationRuleCreated(rule()))
    world.offer(mug(), 100, validation_rules=("val_1",))
    world.offer(coin(), None)
    record = world.when(DeleteCampaign("program", force=force))
    assert len([each for each in record.events if isinstance(each, RewardUnassigned)]) == 2
    assert not list(world.view.scan(tables.REWARD_ASSIGNMENTS))
    for table in (tables.PROGRAM_REWARDS, tables.REWARD_PROGRAMS):
        assert not list(world.view.scan(table))
    assert not list(world.view.scan(tables.ASSIGNMENTS))
    assert key_of(world.when(DeleteReward("rew_mug"))) is None


def test_a_set_counts_each_of_the_offers_of_a_program_that_it_binds(world: RewardWorld) -> None:
    world.given(ValidationRuleCreated(rule()), RewardCreated(mug()), RewardCreated(coin()))

    def counted() -> int:
        return found(world.view.get(tables.RULES, "val_1")).assignments_count

    wanted = (
        NewRewardAssignment("rew_mug", 10, priced=True, validation_rules=("val_1",)),
        NewRewardAssignment(coin().id, validation_rules=("val_1",)),
    )
    assert key_of(world.when(AssignRewards(PROGRAM, wanted))) is None
    assert counted() == 2
    world.when(AssignRule("val_1", PROGRAM, "campaign"))
    assert counted() == 3
    assert key_of(world.when(CopyProgram(PROGRAM, "Copy"))) is None
    assert counted() == 6
    world.when(DeleteCampaign("Copy"))
    assert counted() == 3
    assert len(list(world.view.scan(tables.ASSIGNMENTS, "val_1"))) == 3


def test_one_of_many_is_shown_as_itself(world: RewardWorld) -> None:
    world.given(RewardCreated(mug()))
    wanted = NewRewardAssignment("rew_mug", 10, auto_redeem=False, priced=True)
    record = world.when(AssignRewards(PROGRAM, (wanted,)))
    assert only(record, RewardAssigned).assignment.id == answered(record)["id"]
    loyalty = answered(record)["parameters"]["loyalty"]
    assert loyalty == {"points": 10, "auto_redeem": False}


def answered(record: Decided) -> dict[str, Any]:
    """What its sender is told."""
    return found(render_answer(record, "server").body)
