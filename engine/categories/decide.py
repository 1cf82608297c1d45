"""Categories: created, renamed, ranked, deleted. A name is one category's own.

What is in a category names it by id, and so is in none once it is gone; nothing has to be changed
for it but the stacking rules, which may name only categories that exist.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from msgspec import structs

from engine.assignments.shown import objects_shown_by
from engine.kernel import tables
from engine.kernel.changes import change_entity
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import categories_of
from engine.kernel.ordering import check_order
from engine.kernel.room import Decisions
from engine.kernel.state import View, encode
from engine.stacking_rules.decide import with_kept_categories
from schemas.actions import ACTION_EVENTS
from schemas.balances import BalanceAdjusted
from schemas.base import Millis
from schemas.bin import BIN_EVENTS
from schemas.campaigns import (
    CampaignCreated,
    CampaignDeleted,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
    VouchersGenerated,
)
from schemas.categories import (
    CATEGORIES_MAX,
    CategoriesOrdered,
    Category,
    CategoryCreated,
    CategoryDeleted,
    CategoryUpdated,
    CreateCategory,
    DeleteCategory,
    OrderCategories,
    UpdateCategory,
)
from schemas.commands import Command
from schemas.custom_events import CUSTOM_EVENTS
from schemas.customers import CUSTOMER_EVENTS
from schemas.earning import (
    EarningRefused,
    OrderEarningsEnded,
    PointsEarned,
    PointsPending,
    PointsTakenBack,
)
from schemas.erasures import ERASURE_EVENTS
from schemas.errors import Refusal, not_found, refuse
from schemas.events import QUIET_EVENTS, SETUP_EVENTS, Event, events_of
from schemas.loyalty_tiers import MEMBER_TIER_EVENTS
from schemas.orders import ORDER_EVENTS
from schemas.pending import PendingPointsActivated, PendingPointsAdjusted, PendingPointsCanceled
from schemas.points import PointsExpired, PointsExpiring, PointsTransferred
from schemas.prizes import PRIZE_EVENTS
from schemas.promotion_events import PROMOTION_EVENTS
from schemas.publications import PublicationFailed, PublicationRepeated, PublicationSucceeded
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.referrals import REFERRAL_EVENTS
from schemas.segments import SEGMENT_EVENTS
from schemas.sessions import SESSION_EVENTS
from schemas.stacking import StackingRulesUpdated
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)

#: How much of a record the categories take that are moved at once.
ORDERED_BYTES_MAX = 512 * 1024


def create_category(
    view: View, command: Command, body: CreateCategory, now: Millis
) -> Decision | Refusal:
    """Creates a category under a name that is free."""
    taken = _name_taken(view, body.name)
    if taken is not None:
        return taken
    if sum(1 for _ in view.scan(tables.CATEGORIES)) >= CATEGORIES_MAX:
        reason = f"A project has at most {CATEGORIES_MAX} categories"
        return refuse("invalid_payload", reason)
    category = Category(new_id(command.seed, "cat_"), body.name, body.hierarchy, now)
    return Decision((CategoryCreated(category),))


def update_category(
    view: View, _: Command, body: UpdateCategory, now: Millis
) -> Decision | Refusal:
    """Sets what is named; the new name has to be free."""
    category = view.get(tables.CATEGORIES, body.category_id)
    if category is None:
        return not_found("category", body.category_id)
    after = change_entity(category, body.changes, ("name", "hierarchy"))
    if isinstance(after, Refusal):
        return after
    taken = None if after.name == category.name else _name_taken(view, after.name)
    if taken is not None:
        return taken
    return Decision((CategoryUpdated(structs.replace(after, updated_at=now)),))


def delete_category(
    view: View, _: Command, body: DeleteCategory, now: Millis
) -> Decision | Refusal:
    """Removes a category, and takes it out of the stacking rules."""
    category = view.get(tables.CATEGORIES, body.category_id)
    if category is None:
        return not_found("category", body.category_id)
    stored = view.get(tables.STACKING, tables.THE_ONE)
    if stored is None:
        return Decision((CategoryDeleted(category),))
    stacking = with_kept_categories(stored.rules, lambda each: each != category.id)
    if stacking == stored.rules:
        return Decision((CategoryDeleted(category),))
    after = structs.replace(stored, rules=stacking, updated_at=now)
    # the last event is the one that answers
    return Decision((StackingRulesUpdated(after), CategoryDeleted(category)))


def order_categories(
    view: View, _: Command, body: OrderCategories, now: Millis
) -> Decision | Refusal:
    """Gives all categories the hierarchies 1, 2, 3, as they are named."""
    known = {each.id: each for each in view.scan(tables.CATEGORIES)}
    wrong = check_order(body.ids, tuple(known), "category")
    if wrong is not None:
        return wrong
    places = {each: place for place, each in enumerate(body.ids, 1)}
    moved = [
        structs.replace(known[each], hierarchy=place, updated_at=now)
        for each, place in places.items()
        if known[each].hierarchy != place
    ]
    if sum(len(encode(each)) for each in moved) > ORDERED_BYTES_MAX:
        return refuse("invalid_payload", "The names are too long for all to be moved at once")
    # the last event is the one that answers
    return Decision((*(CategoryUpdated(each) for each in moved), CategoriesOrdered(places)))


def with_categories(view: View, decision: Decision) -> Decision:
    """The decision with the categories that its answer and webhooks show."""
    named: dict[str, None] = {}
    for event in decision.events:
        name = NAMES.get(type(event))
        if name is not None:
            named |= dict.fromkeys(each for each in name(event) if each)
    if not named:
        return decision
    return replace(decision, categories=categories_of(view, *named))


def _created_voucher(event: VoucherCreated) -> Iterable[str | None]:
    return (event.voucher.category_id,)


def _generated_vouchers(event: VouchersGenerated) -> Iterable[str | None]:
    return event.campaign.category_id, event.template.category_id


def _shown_categories(event: Event) -> Iterable[str | None]:
    # an earning rule has none
    return (getattr(bound, "category_id", None) for bound in objects_shown_by(event))


#: What each event names.
NAMES: Mapping[type[Any], Callable[[Any], Iterable[str | None]]] = MappingProxyType(
    {
        VoucherCreated: _created_voucher,
        VoucherUpdated: _shown_categories,
        VoucherEnabled: _shown_categories,
        VoucherDisabled: _shown_categories,
        VouchersGenerated: _generated_vouchers,
        BalanceAdjusted: _shown_categories,
        PointsExpired: _shown_categories,
        PointsExpiring: _shown_categories,
        PointsTransferred: _shown_categories,
        PointsEarned: _shown_categories,
        PointsPending: _shown_categories,
        PointsTakenBack: _shown_categories,
        PendingPointsActivated: _shown_categories,
        PendingPointsAdjusted: _shown_categories,
        PendingPointsCanceled: _shown_categories,
        CampaignEnabled: _shown_categories,
        CampaignDisabled: _shown_categories,
        PublicationSucceeded: _shown_categories,
        PublicationRepeated: _shown_categories,
    }
)

#: What shows nothing that can have a category, and what holds the categories that it shows.
UNNAMED: Final = events_of(
    # Nothing of it can have a category, or it shows nothing.
    SETUP_EVENTS,
    ACTION_EVENTS,
    BIN_EVENTS,
    CUSTOM_EVENTS,
    CUSTOMER_EVENTS,
    ERASURE_EVENTS,
    QUIET_EVENTS,
    PRIZE_EVENTS,
    REFERRAL_EVENTS,
    MEMBER_TIER_EVENTS,
    ORDER_EVENTS,
    SEGMENT_EVENTS,
    EarningRefused,
    OrderEarningsEnded,
    PublicationFailed,
    RedemptionsRetired,
    RollbackFailed,
    CampaignCreated,
    CampaignDeleted,
    VoucherDeleted,
    # It holds the categories that it shows.
    PROMOTION_EVENTS,
    SESSION_EVENTS,
    CampaignUpdated,
    RedemptionSucceeded,
    RedemptionFailed,
    RedemptionRolledBack,
)


def _name_taken(view: View, name: str) -> Refusal | None:
    found = view.get(tables.CATEGORY_NAMES, name)
    if found is None:
        return None
    return refuse(
        "duplicate_found",
        f"Duplicated category exists with id {found}",
        resource_id=found,
        resource_type="category",
    )


DECISIONS: Decisions = MappingProxyType(
    {
        CreateCategory: create_category,
        UpdateCategory: update_category,
        DeleteCategory: delete_category,
        OrderCategories: order_categories,
    }
)
