"""Tiers of programs: created together, changed, deleted. Members who move by it follow in the background."""

from collections.abc import Iterable
from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.changes import change_entity
from engine.kernel.decision import Decision
from engine.kernel.ids import new_ids
from engine.kernel.programs import find_program
from engine.kernel.reacting import too_many_reacting
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.loyalty_tiers.find import find_loyalty_tier
from engine.loyalty_tiers.ladder import is_open, lowest_of, tiers_of
from engine.loyalty_tiers.members import recalculation_started_event
from schemas.base import AMOUNT_MAX, ID_LENGTH_MAX, Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.loyalty_tiers import (
    MAPPINGS_MAX,
    MULTIPLIER_MAX,
    TIERS_MAX,
    CreateLoyaltyTiers,
    DeleteLoyaltyTier,
    LoyaltyTier,
    LoyaltyTierCreated,
    LoyaltyTierDeleted,
    LoyaltyTierUpdated,
    Mappings,
    PointsRange,
    UpdateLoyaltyTier,
)

#: What an update may name.
UPDATABLE = frozenset({"name", "points", "earning_rules", "rewards", "metadata"})


def create_loyalty_tiers(
    view: View, command: Command, body: CreateLoyaltyTiers, now: Millis
) -> Decision | Refusal:
    """Creates all of them, or none; an action finds who is in them already."""
    campaign = find_program(view, body.campaign)
    if isinstance(campaign, Refusal):
        return campaign
    ids = new_ids(command.seed, "ltr_", len(body.tiers), now)
    made = tuple(
        LoyaltyTier(
            id=tier_id,
            name=each.name,
            campaign_id=campaign.id,
            created_at=now,
            points=each.points,
            earning_rules=each.earning_rules,
            rewards=each.rewards,
            metadata=each.metadata,
            number=number,
        )
        for number, (tier_id, each) in enumerate(zip(ids, body.tiers, strict=True))
    )
    stored = tuple(tiers_of(view, campaign.id))
    if len(stored) + len(made) > TIERS_MAX:
        return refuse("invalid_payload", f"A program has at most {TIERS_MAX} tiers")
    for number, tier in enumerate(made):
        others = (*stored, *made[:number])
        place = f"[{number}]"
        wrong = _invalid_tier(tier, others, place) or _maps_unknown(view, tier, None, place)
        if wrong is not None:
            return wrong
    too_many = too_many_reacting(view, "tiers", campaign.id)
    if too_many is not None:
        return too_many
    started = recalculation_started_event(command, campaign.id, now)
    *first, last = made
    return Decision(
        (
            *(LoyaltyTierCreated(each) for each in first),
            started,
            # the last event is the one that answers
            LoyaltyTierCreated(last, tuple(first)),
        )
    )


def update_loyalty_tier(
    view: View, command: Command, body: UpdateLoyaltyTier, now: Millis
) -> Decision | Refusal:
    """Sets what is named; where other points are in it, an action finds who moves."""
    tier = _find_tier(view, body.campaign, body.tier_id)
    if isinstance(tier, Refusal):
        return tier
    after = change_entity(tier, body.changes, UPDATABLE)
    if isinstance(after, Refusal):
        return after
    others = [each for each in tiers_of(view, tier.campaign_id) if each.id != tier.id]
    wrong = _invalid_tier(after, others) or _maps_unknown(view, after, tier)
    if wrong is not None:
        return wrong
    updated = LoyaltyTierUpdated(structs.replace(after, updated_at=now))
    if after.points == tier.points:
        return Decision((updated,))
    return Decision((recalculation_started_event(command, tier.campaign_id, now), updated))


def delete_loyalty_tier(
    view: View, command: Command, body: DeleteLoyaltyTier, now: Millis
) -> Decision | Refusal:
    """Removes a tier; an action has its members move to another, or leave."""
    tier = _find_tier(view, body.campaign, body.tier_id)
    if isinstance(tier, Refusal):
        return tier
    deleted = LoyaltyTierDeleted(structs.replace(tier, deleted_at=now))
    started = recalculation_started_event(command, tier.campaign_id, now, tier.id)
    return Decision((started, deleted))


def _find_tier(view: View, campaign: str, tier_id: str) -> LoyaltyTier | Refusal:
    program = find_program(view, campaign)
    if isinstance(program, Refusal):
        return program
    return find_loyalty_tier(view, program.id, tier_id) or not_found("loyalty_tier", tier_id)


def _invalid_tier(
    tier: LoyaltyTier, others: Iterable[LoyaltyTier], place: str = ""
) -> Refusal | None:
    if not 1 <= len(tier.name) <= ID_LENGTH_MAX:
        return _invalid(place, "name", f"should have 1 to {ID_LENGTH_MAX} characters")
    points = tier.points
    for name, value in (("from", points.from_), ("to", points.to)):
        if value is not None and not 0 <= value <= AMOUNT_MAX:
            return _invalid(place, f"points.{name}", f"should be from 0 to {AMOUNT_MAX}")
    if points.to is not None and points.to < lowest_of(points):
        return _invalid(place, "points.to", "should not be below points.from")
    for name, mappings in (("earning_rules", tier.earning_rules), ("rewards", tier.rewards)):
        wrong = _wrong_mapping(mappings or {})
        if wrong is not None:
            return _invalid(place, f"{name}{wrong[0]}", wrong[1])
    other = next((each for each in others if _overlap(each.points, points)), None)
    if other is not None:
        return _invalid(place, "points", f"overlaps with those of the tier {other.name}")
    return None


def _maps_unknown(
    view: View, tier: LoyaltyTier, before: LoyaltyTier | None, place: str = ""
) -> Refusal | None:
    """Why it cannot say what something gives: the program has no such rule or reward, or never had."""
    kept_rules = () if before is None else before.earning_rules or ()
    for name in tier.earning_rules or ():
        rule = view.get(tables.EARNING_RULES, name)
        if name not in kept_rules and (rule is None or rule.campaign_id != tier.campaign_id):
            return _invalid(place, f"earning_rules.{name}", "is no earning rule of the program")
    kept_rewards = () if before is None else before.rewards or ()
    for name in tier.rewards or ():
        if name not in kept_rewards and not _is_offered(view, tier.campaign_id, name):
            return _invalid(place, f"rewards.{name}", "is no reward that the program offers")
    return None


def _is_offered(view: View, campaign_id: str, name: str) -> bool:
    """Whether it is the id of an assignment of the program, or of a reward that it offers."""
    assignment = view.get(tables.REWARD_ASSIGNMENTS, name)
    if assignment is not None:
        return assignment.campaign_id == campaign_id
    return view.get(tables.PROGRAM_REWARDS, campaign_id, name) is not None


def _wrong_mapping(mappings: Mappings) -> tuple[str, str] | None:
    if len(mappings) > MAPPINGS_MAX:
        return "", f"has more than {MAPPINGS_MAX} members"
    for name, each in mappings.items():
        if not 1 <= len(name) <= ID_LENGTH_MAX:
            return "", f"has a name that has not 1 to {ID_LENGTH_MAX} characters"
        if each.type == "MULTIPLY":
            if each.multiplier is None or not 0 <= each.multiplier <= MULTIPLIER_MAX:
                return f".{name}.multiplier", f"should be from 0 to {MULTIPLIER_MAX}"
            if each.points is not None:
                return f".{name}.points", "is for the type CUSTOM"
        elif each.points is None or not 0 <= each.points <= AMOUNT_MAX:
            return f".{name}.points", f"should be from 0 to {AMOUNT_MAX}"
        elif each.multiplier is not None:
            return f".{name}.multiplier", "is for the type MULTIPLY"
    return None


def _overlap(one: PointsRange, other: PointsRange) -> bool:
    """Whether any number of points lies in both."""
    if is_open(one) or is_open(other):
        return False
    low, high = sorted((one, other), key=lowest_of)
    return low.to is None or lowest_of(high) <= low.to


def _invalid(place: str, name: str, reason: str) -> Refusal:
    return refuse("invalid_payload", f"Property `{place}.{name}` {reason}")


DECISIONS: Decisions = MappingProxyType(
    {
        CreateLoyaltyTiers: create_loyalty_tiers,
        UpdateLoyaltyTier: update_loyalty_tier,
        DeleteLoyaltyTier: delete_loyalty_tier,
    }
)
