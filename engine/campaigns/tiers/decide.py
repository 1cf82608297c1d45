"""Promotion tiers: offers of a campaign that need no code, each in its place among the others.

Source: the API contract, section 10. A tier's switch, dates, hours and rules bind it beside those
of its campaign (engine/evaluation/eligibility.py).
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from types import MappingProxyType

import msgspec
from msgspec import structs

from engine.assignments.decide import assign_rules, drop_assignments_of, reassign_rules, rule_ids_of
from engine.assignments.fold import rule_assigned
from engine.campaigns.tiers.places import last_place, make_room_for, ordered_places
from engine.kernel import tables
from engine.kernel.changes import change_entity
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id, numbered_command
from engine.kernel.lookup import categories_of, category_id_of, find_campaign
from engine.kernel.room import Decisions
from engine.kernel.state import State, View, encode
from engine.terms.discounts import with_items
from engine.terms.validity import invalid_tier
from schemas.assignments import RuleAssigned
from schemas.base import Millis
from schemas.campaigns import Campaign, CampaignCreated, CreateCampaign
from schemas.categories import Category
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.events import Event
from schemas.promotion_events import (
    TierCreated,
    TierDeleted,
    TierDisabled,
    TierEnabled,
    TiersMoved,
    TiersOrdered,
    TierUpdated,
)
from schemas.promotions import (
    TIERS_AT_ONCE_MAX,
    TIERS_MAX,
    TIERS_SHOWN_MAX,
    CreateTier,
    DeleteTier,
    DisableTier,
    EnableTier,
    NewTier,
    OrderTiers,
    PromotionTier,
    UpdateTier,
)

#: What the tiers of an updated campaign take of its record, and about what an assignment takes.
TIERS_SHOWN_BYTES_MAX = 256_000
ASSIGNMENT_BYTES = 250
#: What an update may name as it is.
FIXED = ("id", "active", "campaign_id")
#: What an update may name.
UPDATABLE = frozenset(
    {
        "name",
        "banner",
        "discount",
        "hierarchy",
        "start_date",
        "expiration_date",
        "validity_timeframe",
        "validity_day_of_week",
        "validity_hours",
        "category_id",
        "metadata",
    }
)


def create_tier(view: View, command: Command, body: CreateTier, now: Millis) -> Decision | Refusal:
    """Adds a tier in the place that it asks for, or after the last."""
    campaign = find_promotion(view, body.campaign)
    if isinstance(campaign, Refusal):
        return campaign
    if campaign.tiers_count >= TIERS_MAX:
        return refuse("invalid_campaign", _too_many(TIERS_MAX))
    new = NewTier(body.tier, body.validation_rules, body.hierarchy)
    made = _new_tier(view, command, new, campaign, now)
    if isinstance(made, Refusal):
        return made
    tier, assigned = made
    moved = make_room_for(view, tier)
    if isinstance(moved, Refusal):
        return moved
    places = (tier.hierarchy, *moved.values())
    campaign = structs.replace(
        campaign,
        tiers_count=campaign.tiers_count + 1,
        last_tier_place=max(campaign.last_tier_place, *places),
    )
    created = TierCreated(tier, campaign, categories_of(view, tier.category_id))
    return Decision((*_tiers_moved_event(campaign, moved), *assigned, created))


def update_tier(view: View, command: Command, body: UpdateTier, now: Millis) -> Decision | Refusal:
    """Sets the named fields; metadata is merged, null clears. Another hierarchy moves others."""
    found = find_tier(view, body.tier_id)
    if isinstance(found, Refusal):
        return found
    tier, campaign = found
    changed = _change_tier(view, tier, body.changes)
    if isinstance(changed, Refusal):
        return changed
    changed = structs.replace(changed, updated_at=now)
    moved = make_room_for(view, changed) if changed.hierarchy != tier.hierarchy else {}
    if isinstance(moved, Refusal):
        return moved
    bound: tuple[Event, ...] | Refusal = ()
    if body.validation_rules is not None:
        bound = reassign_rules(view, command, body.validation_rules, tier, now)
    if isinstance(bound, Refusal):
        return bound
    places = (changed.hierarchy, *moved.values())
    last = last_place(view, campaign, places, tier.hierarchy)
    campaign = structs.replace(campaign, last_tier_place=last)
    updated = TierUpdated(changed, campaign, categories_of(view, changed.category_id))
    return Decision((*_tiers_moved_event(campaign, moved), *bound, updated))


def enable_tier(view: View, _: Command, body: EnableTier, now: Millis) -> Decision | Refusal:
    """Makes a tier usable."""
    return _switch_tier(view, body.tier_id, TierEnabled, now, active=True)


def disable_tier(view: View, _: Command, body: DisableTier, now: Millis) -> Decision | Refusal:
    """Makes a tier unusable."""
    return _switch_tier(view, body.tier_id, TierDisabled, now, active=False)


def order_tiers(view: View, _: Command, body: OrderTiers, __: Millis) -> Decision | Refusal:
    """Gives all tiers of a promotion the places 1, 2, 3, as they are named."""
    campaign = find_promotion(view, body.campaign)
    if isinstance(campaign, Refusal):
        return campaign
    places = ordered_places(view, campaign, body.ids)
    if isinstance(places, Refusal):
        return places
    campaign = structs.replace(campaign, last_tier_place=len(places))
    return Decision((TiersOrdered(campaign, places),))


def _switch_tier(
    view: View,
    tier_id: str,
    event: type[TierEnabled] | type[TierDisabled],
    now: Millis,
    *,
    active: bool,
) -> Decision | Refusal:
    found = find_tier(view, tier_id)
    if isinstance(found, Refusal):
        return found
    tier, campaign = found
    tier = structs.replace(tier, active=active, updated_at=now)
    return Decision((event(tier, campaign, categories_of(view, tier.category_id)),))


def delete_tier(view: View, _: Command, body: DeleteTier, __: Millis) -> Decision | Refusal:
    """Removes a tier for good; nobody moves to its place, and stacks go on without it."""
    found = find_tier(view, body.tier_id)
    if isinstance(found, Refusal):
        return found
    tier, campaign = found
    campaign = structs.replace(
        campaign,
        tiers_count=campaign.tiers_count - 1,
        last_tier_place=last_place(view, campaign, (), tier.hierarchy),
    )
    deleted = TierDeleted(tier, campaign, categories_of(view, tier.category_id))
    return Decision((*drop_assignments_of(view, tier), deleted))


def create_promotion(
    view: View, command: Command, body: CreateCampaign, campaign: Campaign, now: Millis
) -> Decision | Refusal:
    """Creates a campaign of type PROMOTION, which is sound itself, with its first tiers.

    No two of them ask for one place; who asks for none comes after the one before it.
    """
    if len(body.tiers) > TIERS_AT_ONCE_MAX:
        details = f"{_too_many(TIERS_AT_ONCE_MAX)} to begin with"
        return refuse("invalid_campaign", details)
    trial = view.trial()
    events: list[Event] = []
    tiers: list[PromotionTier] = []
    bound = assign_rules(view, command, body.validation_rules, campaign, now)
    if isinstance(bound, Refusal):
        return bound
    _note(trial, events, bound, now)
    campaign = structs.replace(campaign, rule_ids=rule_ids_of(bound))
    for number, each in enumerate(body.tiers):
        made = _new_tier(trial, numbered_command(command, "tier", number), each, campaign, now)
        if isinstance(made, Refusal):
            return made
        tier, bound = made
        if any(tier.hierarchy == other.hierarchy for other in tiers):
            details = f"Two tiers have the hierarchy {tier.hierarchy}"
            return refuse("invalid_payload", details)
        _note(trial, events, bound, now)
        tiers.append(tier)
        campaign = structs.replace(
            campaign,
            tiers_count=len(tiers),
            last_tier_place=max(campaign.last_tier_place, tier.hierarchy),
        )
    by_place = tuple(sorted(tiers, key=lambda tier: tier.hierarchy))
    categories = shown_categories(view, campaign, by_place)
    return Decision((*events, CampaignCreated(campaign, by_place, categories)))


def shown_categories(
    view: View, campaign: Campaign, tiers: Iterable[PromotionTier]
) -> tuple[Category, ...]:
    """The categories of a campaign and of tiers that are shown with it."""
    ids = dict.fromkeys((campaign.category_id, *(tier.category_id for tier in tiers)))
    return categories_of(view, *ids)


def shown_tiers(view: View, campaign: Campaign) -> tuple[PromotionTier, ...]:
    """The first tiers of a promotion, by hierarchy; none of another campaign.

    They go into a record, with what binds them: no more than fit, the first one always.
    """
    if not campaign.tiers_count:
        return ()
    shown: list[PromotionTier] = []
    left = TIERS_SHOWN_BYTES_MAX
    for tier in islice(tiers_of(view, campaign), TIERS_SHOWN_MAX):
        left -= len(encode(tier)) + ASSIGNMENT_BYTES * len(tier.rule_ids)
        if left < 0 and shown:
            break
        shown.append(tier)
    return tuple(shown)


def tiers_of(view: View, campaign: Campaign) -> Iterator[PromotionTier]:
    """All tiers of a campaign, by hierarchy."""
    for tier_id in view.scan(tables.CAMPAIGN_TIERS, campaign.id):
        tier = view.get(tables.TIERS, tier_id)
        if tier is not None:
            yield tier


def find_promotion(view: View, named: str) -> Campaign | Refusal:
    """The promotion with that id or name."""
    campaign = find_campaign(view, named)
    if campaign is None:
        return not_found("campaign", named)
    if campaign.campaign_type != "PROMOTION":
        return refuse("invalid_campaign", f"Campaign {campaign.name} is no PROMOTION")
    return campaign


def find_tier(view: View, tier_id: str) -> tuple[PromotionTier, Campaign] | Refusal:
    """The tier with that id and its campaign; none of a deleted campaign."""
    tier = view.get(tables.TIERS, tier_id)
    campaign = None if tier is None else view.get(tables.CAMPAIGNS, tier.campaign_id)
    if tier is None or campaign is None or campaign.deleted_at is not None:
        return not_found("promotion_tier", tier_id)
    return tier, campaign


def _new_tier(
    view: View, command: Command, new: NewTier, campaign: Campaign, now: Millis
) -> tuple[PromotionTier, tuple[RuleAssigned, ...]] | Refusal:
    """The tier as it is created, in its place, and what is to bind it."""
    category_id = category_id_of(view, new.tier.category_id)
    if isinstance(category_id, Refusal):
        return category_id
    tier = structs.replace(
        new.tier,
        id=new_id(command.seed, "promo_"),
        discount=new.tier.discount and with_items(view, new.tier.discount),
        campaign_id=campaign.id,
        created_at=now,
        updated_at=None,
        hierarchy=campaign.last_tier_place + 1 if new.hierarchy is None else new.hierarchy,
        category_id=category_id,
        rule_ids=(),
    )
    refusal = invalid_tier(tier)
    if refusal is None and not 1 <= tier.hierarchy <= TIERS_MAX:
        refusal = refuse("invalid_payload", f"The hierarchy of a tier is 1 to {TIERS_MAX}")
    if refusal is not None:
        return refusal
    assigned = assign_rules(view, command, new.validation_rules, tier, now)
    if isinstance(assigned, Refusal):
        return assigned
    return structs.replace(tier, rule_ids=rule_ids_of(assigned)), assigned


def _change_tier(view: View, tier: PromotionTier, given: msgspec.Raw) -> PromotionTier | Refusal:
    changed = change_entity(tier, given, UPDATABLE, FIXED)
    if isinstance(changed, Refusal):
        return changed
    refusal = invalid_tier(changed)
    if refusal is not None:
        return refusal
    named = changed.category_id
    # a category that is gone may stay named
    category_id = named if named == tier.category_id else category_id_of(view, named)
    if isinstance(category_id, Refusal):
        return category_id
    if changed.discount is not None and changed.discount != tier.discount:
        changed = structs.replace(changed, discount=with_items(view, changed.discount))
    return structs.replace(changed, category_id=category_id)


def _note(trial: State, events: list[Event], bound: tuple[RuleAssigned, ...], now: Millis) -> None:
    """Adds assignments to the events; a set that binds several objects counts on."""
    for event in bound:
        rule_assigned(trial, event, now)
        events.append(event)


def _tiers_moved_event(campaign: Campaign, moved: dict[str, int]) -> tuple[TiersMoved, ...]:
    return (TiersMoved(campaign.id, moved),) if moved else ()


def _too_many(most: int) -> str:
    return f"A campaign has at most {most} tiers"


DECISIONS: Decisions = MappingProxyType(
    {
        CreateTier: create_tier,
        UpdateTier: update_tier,
        EnableTier: enable_tier,
        DisableTier: disable_tier,
        OrderTiers: order_tiers,
        DeleteTier: delete_tier,
    }
)
