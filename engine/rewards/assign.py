"""Which loyalty program offers which reward, for how many points, and bound by which rules."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from msgspec import structs

from engine.assignments.decide import assign_rules, drop_assignments_of, rule_ids_of
from engine.assignments.fold import rule_assigned
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_campaign
from engine.kernel.reacting import too_many_reacting
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.rewards.find import assignments_of_program, find_assignment, find_own_assignment
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.events import Event
from schemas.rewards import (
    COST_MAX,
    REWARD_ASSIGNMENTS_MAX,
    AssignReward,
    AssignRewards,
    DeleteRewardAssignment,
    NewRewardAssignment,
    Reward,
    RewardAssigned,
    RewardAssignment,
    RewardAssignmentUpdated,
    RewardUnassigned,
    UpdateRewardAssignment,
)

#: By how many sets of rules paying with points is bound, as the contract has it.
_COIN_RULES_MAX: Final = 1


def assign_reward(
    view: View, command: Command, body: AssignReward, now: Millis
) -> Decision | Refusal:
    """The program offers the reward, once."""
    return _assign(view, command, body.campaign, (body.assignment,), now)


def assign_rewards(
    view: View, command: Command, body: AssignRewards, now: Millis
) -> Decision | Refusal:
    """The program offers all of the rewards, each once, or none of them."""
    return _assign(view, command, body.campaign, body.assignments, now)


def update_assignment(
    view: View, _: Command, body: UpdateRewardAssignment, now: Millis
) -> Decision | Refusal:
    """Sets what the reward costs, where that is said."""
    found = _find(view, body)
    if isinstance(found, Refusal):
        return found
    reward = view.get(tables.REWARDS, found.reward_id)
    if reward is None:
        return not_found("reward", found.reward_id)
    wrong = _coin_with_points(reward) if body.priced else None
    if wrong is None and body.points is not None:
        wrong = _invalid_points(body.points)
    if wrong is None and body.auto_redeem:
        wrong = too_many_reacting(view, "redeeming", found.campaign_id)
    if wrong is not None:
        return wrong
    after = structs.replace(
        found,
        points=found.points if body.points is None else body.points,
        auto_redeem=found.auto_redeem if body.auto_redeem is None else body.auto_redeem,
        updated_at=now,
    )
    return Decision((RewardAssignmentUpdated(after),))


def delete_assignment(
    view: View, _: Command, body: DeleteRewardAssignment, __: Millis
) -> Decision | Refusal:
    """The program offers the reward no more; what binds the offer ends with it."""
    found = _find(view, body)
    if isinstance(found, Refusal):
        return found
    return Decision((*drop_assignments_of(view, found), RewardUnassigned(found)))


def unassign_rewards_of(view: View, campaign_id: str) -> Iterator[Event]:
    """The events by which a program that is deleted offers nothing any more; what binds it ends apart."""
    for each in assignments_of_program(view, campaign_id):
        yield RewardUnassigned(each)


def own_program(campaign: Campaign) -> Refusal:
    """The refusal of points of a card for points of the same card."""
    return refuse(
        "invalid_campaign", f"Cards of a program are no reward of its own: {campaign.name}"
    )


def _assign(
    view: View,
    command: Command,
    named: str,
    wanted: tuple[NewRewardAssignment, ...],
    now: Millis,
) -> Decision | Refusal:
    rewards = []
    for each in wanted:
        reward = view.get(tables.REWARDS, each.reward_id)
        if reward is None:
            return not_found("reward", each.reward_id)
        wrong = _invalid_terms(reward, each)
        if wrong is not None:
            return wrong
        rewards.append(reward)
    campaign = find_campaign(view, named)
    if campaign is None:
        return not_found("campaign", named)
    if campaign.campaign_type != "LOYALTY_PROGRAM":
        reason = f"A {campaign.campaign_type} offers no rewards: {campaign.name}"
        return refuse("invalid_campaign", reason)
    offered = sum(1 for _ in assignments_of_program(view, campaign.id))
    if offered + len(wanted) > REWARD_ASSIGNMENTS_MAX:
        reason = f"A program offers at most {REWARD_ASSIGNMENTS_MAX} rewards"
        return refuse("invalid_campaign", reason)
    if any(each.auto_redeem for each in wanted):
        crowded = too_many_reacting(view, "redeeming", campaign.id)
        if crowded is not None:
            return crowded
    events: list[Event] = []
    trial = view.trial()
    added: dict[str, str] = {}
    for number, (reward, each) in enumerate(zip(rewards, wanted, strict=True)):
        known = find_assignment(view, campaign.id, reward.id)
        twice = added.get(reward.id) if known is None else known.id
        if twice is not None:
            return _duplicate(twice)
        if reward.campaign is not None and reward.campaign.id == campaign.id:
            return own_program(campaign)
        assignment = RewardAssignment(
            id=new_id(command.seed, "rewa_", number),
            reward_id=reward.id,
            campaign_id=campaign.id,
            created_at=now,
            points=each.points,
            auto_redeem=each.auto_redeem,
        )
        bound = assign_rules(trial, command, each.validation_rules, assignment, now)
        if isinstance(bound, Refusal):
            return bound
        for binding in bound:
            # a set that binds several of them counts on
            rule_assigned(trial, binding, now)
        added[reward.id] = assignment.id
        events += bound
        events.append(RewardAssigned(structs.replace(assignment, rule_ids=rule_ids_of(bound))))
    return Decision(tuple(events))


def _invalid_terms(reward: Reward, wanted: NewRewardAssignment) -> Refusal | None:
    """The refusal of what does not go with the kind of the reward, or of what is missing."""
    if reward.type == "COIN":
        if len(wanted.validation_rules) > _COIN_RULES_MAX:
            reason = f"Property `.validation_rules` has to have at most {_COIN_RULES_MAX} item"
            return refuse("invalid_payload", reason)
        return _coin_with_points(reward) if wanted.priced else None
    if wanted.points is None:
        missing = "parameters.loyalty.points" if wanted.priced else "parameters.loyalty"
        return refuse("missing_param", f"Parameter '{missing}' is required")
    return _invalid_points(wanted.points)


def _coin_with_points(reward: Reward) -> Refusal | None:
    if reward.type != "COIN":
        return None
    reason = "Property `.parameters.loyalty` does not go with a reward of the type COIN"
    return refuse("invalid_payload", reason)


def _invalid_points(points: int) -> Refusal | None:
    if 1 <= points <= COST_MAX:
        return None
    return refuse(
        "invalid_payload", f"Property `.parameters.loyalty.points` must be 1 to {COST_MAX}"
    )


def _find(
    view: View, body: UpdateRewardAssignment | DeleteRewardAssignment
) -> RewardAssignment | Refusal:
    campaign_id = None
    if body.campaign is not None:
        campaign = find_campaign(view, body.campaign)
        if campaign is None:
            return not_found("campaign", body.campaign)
        campaign_id = campaign.id
    found = find_own_assignment(view, body.assignment_id, campaign_id, body.reward_id)
    return found or not_found("reward_assignment", body.assignment_id)


def _duplicate(assignment_id: str) -> Refusal:
    return refuse(
        "duplicate_found",
        f"Duplicated reward_assignment exists with id {assignment_id}",
        resource_id=assignment_id,
        resource_type="reward_assignment",
    )


DECISIONS: Decisions = MappingProxyType(
    {
        AssignReward: assign_reward,
        AssignRewards: assign_rewards,
        UpdateRewardAssignment: update_assignment,
        DeleteRewardAssignment: delete_assignment,
    }
)
