"""Rewards and the programs that offer them. Source: the API contract's schemas of both."""

from types import MappingProxyType
from typing import Any

from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body, nearest_number
from engine.kernel.room import Answers, Rendered, shows, shows_nothing
from schemas.projects import KeyKind
from schemas.records import Decided
from schemas.rewards import (
    Reward,
    RewardAssigned,
    RewardAssignment,
    RewardAssignmentUpdated,
    RewardCreated,
    RewardDeleted,
    RewardUnassigned,
    RewardUpdated,
)

#: The command of the endpoint that assigns many at once.
MANY = "assign_rewards"


def reward_body(reward: Reward) -> Body:
    """The reward as its endpoints show it; only of a product there is a stock."""
    material = reward.type == "MATERIAL"
    body: Body = {
        "id": reward.id,
        "name": reward.name,
        "stock": reward.stock,
        "redeemed": reward.redeemed if reward.redeemed or material else None,
        "metadata": reward.metadata,
        "type": reward.type,
        "parameters": parameters_body(reward),
        "created_at": iso(reward.created_at),
        "updated_at": iso_or_none(reward.updated_at),
        "object": "reward",
    }
    if reward.attributes is not None:
        given = {
            "image_url": reward.attributes.image_url,
            "description": reward.attributes.description,
        }
        body["attributes"] = {name: value for name, value in given.items() if value is not None}
    return body


def parameters_body(reward: Reward) -> Body:
    """What the reward is."""
    if reward.campaign is not None:
        campaign: Body = {"id": reward.campaign.id, "type": reward.campaign.type}
        if reward.campaign.balance is not None:
            campaign["balance"] = reward.campaign.balance
        return {"campaign": campaign}
    if reward.product is not None:
        return {"product": {"id": reward.product.id, "sku_id": reward.product.sku_id}}
    ratio = nearest_number(reward.exchange_ratio)
    return {"coin": {"exchange_ratio": ratio, "points_ratio": reward.points_ratio}}


def assignment_body(assignment: RewardAssignment) -> Body:
    """The offer of a reward as its endpoints show it; paying with points has no fixed cost."""
    body: Body = {
        "id": assignment.id,
        "reward_id": assignment.reward_id,
        "related_object_id": assignment.campaign_id,
        "related_object_type": "campaign",
        "created_at": iso(assignment.created_at),
        "updated_at": iso_or_none(assignment.updated_at),
        "object": "reward_assignment",
    }
    if assignment.points is not None:
        loyalty: Body = {"points": assignment.points}
        if assignment.auto_redeem is not None:
            loyalty["auto_redeem"] = assignment.auto_redeem
        body["parameters"] = {"loyalty": loyalty}
    return body


def _reward_assigned(event: RewardAssigned, record: Decided, _: KeyKind) -> Rendered:
    """One as itself, as the contract has it; several, where they were asked for, as a list of all."""
    assigned = [each for each in record.events if isinstance(each, RewardAssigned)]
    if record.command_type != MANY or len(assigned) == 1:
        return Rendered(200, assignment_body(event.assignment))
    bodies: Any = [assignment_body(each.assignment) for each in assigned]
    return Rendered(200, bodies)


ANSWERS: Answers = MappingProxyType(
    {
        RewardCreated: shows(reward_body, "reward"),
        RewardUpdated: shows(reward_body, "reward"),
        RewardDeleted: shows_nothing,
        RewardAssigned: _reward_assigned,
        RewardAssignmentUpdated: shows(assignment_body, "assignment"),
        RewardUnassigned: shows_nothing,
    }
)
