"""Tiers of referral programs: created, changed, deleted."""

from types import MappingProxyType

from msgspec import structs

from engine.campaigns.programs import known_prize
from engine.kernel import tables
from engine.kernel.changes import change_entity
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.referrals.find import find_program
from schemas.base import QUANTITY_MAX, Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.referrals import (
    REFERRAL_TIERS_MAX,
    CreateReferralTier,
    DeleteReferralTier,
    ReferralTier,
    ReferralTierCreated,
    ReferralTierDeleted,
    ReferralTierUpdated,
    UpdateReferralTier,
)

#: What an update may name.
UPDATABLE = frozenset({"conversions", "reward", "banner"})


def create_tier(
    view: View, command: Command, body: CreateReferralTier, now: Millis
) -> Decision | Refusal:
    """Adds a tier that begins with a number of conversions of its own."""
    program = find_program(view, body.campaign)
    if isinstance(program, Refusal):
        return program
    if sum(1 for _ in view.scan(tables.REFERRAL_TIERS, program.id)) >= REFERRAL_TIERS_MAX:
        most = f"A referral program has at most {REFERRAL_TIERS_MAX} tiers"
        return refuse("invalid_campaign", most)
    tier = structs.replace(
        body.tier, id=new_id(command.seed, "rtier_"), campaign_id=program.id, created_at=now
    )
    known = _known_tier(view, tier)
    return known if isinstance(known, Refusal) else Decision((ReferralTierCreated(known),))


def update_tier(
    view: View, _: Command, body: UpdateReferralTier, now: Millis
) -> Decision | Refusal:
    """Sets what is named."""
    tier = find_tier(view, body.campaign, body.tier_id)
    if isinstance(tier, Refusal):
        return tier
    after = change_entity(tier, body.changes, UPDATABLE)
    known = after if isinstance(after, Refusal) else _known_tier(view, after)
    if isinstance(known, Refusal):
        return known
    return Decision((ReferralTierUpdated(structs.replace(known, updated_at=now)),))


def delete_tier(view: View, _: Command, body: DeleteReferralTier, __: Millis) -> Decision | Refusal:
    """Removes a tier."""
    tier = find_tier(view, body.campaign, body.tier_id)
    return tier if isinstance(tier, Refusal) else Decision((ReferralTierDeleted(tier),))


def find_tier(view: View, campaign: str, tier_id: str) -> ReferralTier | Refusal:
    """The tier of that program with that id."""
    program = find_program(view, campaign)
    if isinstance(program, Refusal):
        return program
    tier = view.get(tables.REFERRAL_TIERS, program.id, tier_id)
    return not_found("referral_tier", tier_id) if tier is None else tier


def _known_tier(view: View, tier: ReferralTier) -> ReferralTier | Refusal:
    """The tier with its reward as it is known, or what is wrong with it."""
    if not 1 <= tier.conversions <= QUANTITY_MAX:
        return refuse("invalid_payload", f"Property `.conversions` must be 1 to {QUANTITY_MAX}")
    for other in view.scan(tables.REFERRAL_TIERS, tier.campaign_id):
        if other.conversions == tier.conversions and other.id != tier.id:
            return refuse(
                "duplicate_found",
                f"Duplicated referral tier exists with {tier.conversions} conversions",
                resource_id=other.id,
                resource_type="referral_tier",
            )
    reward = known_prize(view, tier.reward, "reward")
    return reward if isinstance(reward, Refusal) else structs.replace(tier, reward=reward)


DECISIONS: Decisions = MappingProxyType(
    {
        CreateReferralTier: create_tier,
        UpdateReferralTier: update_tier,
        DeleteReferralTier: delete_tier,
    }
)
