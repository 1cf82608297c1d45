"""What an event changed of an entity that a shop sets up: which, and from what to what.

An event holds the entity as it is after it, so what was before is in the event before it on the
same entity. What redemptions and background work count is no change.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.answers.event_body import plain_value
from engine.answers.loyalty_subjects import SUBJECTS as LOYALTY_SUBJECTS
from engine.answers.subject import VOUCHER as _VOUCHER
from engine.answers.subject import Subject
from engine.kernel.encode import Body
from schemas.actions import ACTION_EVENTS
from schemas.alerts import AlertContinued, AlertRaised, AlertThresholdsUpdated
from schemas.assignments import AssignmentsDropped, RuleAssigned, RuleUnassigned
from schemas.balances import BalanceAdjusted
from schemas.base import Shape, tag_of
from schemas.bin import BIN_EVENTS
from schemas.branding import BrandCreated, BrandDeleted, BrandUpdated
from schemas.campaigns import (
    CampaignCreated,
    CampaignDeleted,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
    VouchersGenerated,
)
from schemas.categories import (
    CategoriesOrdered,
    CategoryCreated,
    CategoryDeleted,
    CategoryUpdated,
)
from schemas.collections import CollectionCreated, CollectionDeleted, CollectionUpdated
from schemas.custom_events import CUSTOM_EVENTS
from schemas.customers import CUSTOMER_EVENTS
from schemas.earning import EarningRefused, OrderEarningsEnded
from schemas.erasures import ERASURE_EVENTS
from schemas.event_schemas import EventSchemaCreated, EventSchemaDeleted, EventSchemaUpdated
from schemas.events import QUIET_EVENTS, events_of
from schemas.exports import EXPORT_EVENTS
from schemas.keys import KeyCreated, KeyEnded, KeyForgotten, KeyRenamed, KeyRotated
from schemas.locations import LocationCreated, LocationDeleted, LocationUpdated
from schemas.loyalty_tiers import (
    MEMBER_TIER_EVENTS,
    LoyaltyTierCreated,
    LoyaltyTierDeleted,
    LoyaltyTierUpdated,
)
from schemas.metadata import MetadataSchemaCreated, MetadataSchemaDeleted, MetadataSchemaUpdated
from schemas.notifications import NOTIFICATION_EVENTS
from schemas.oauth import OAUTH_EVENTS
from schemas.orders import ORDER_EVENTS
from schemas.points import PointsExpired, PointsExpiring, PointsTransferred
from schemas.prizes import PRIZE_EVENTS
from schemas.products import (
    ProductCreated,
    ProductDeleted,
    ProductUpdated,
    SkuCreated,
    SkuDeleted,
    SkuUpdated,
)
from schemas.projects import (
    KeyAdded,
    KeyRevoked,
    ProjectClosed,
    ProjectCreated,
    ProjectDeleted,
    ProjectOpened,
    ProjectUpdated,
    TimeZoneSet,
    TrustedOriginsChanged,
)
from schemas.promotion_events import (
    CampaignPromotionsDeleted,
    StackCreated,
    StackDeleted,
    StackUpdated,
    TierCreated,
    TierDeleted,
    TierDisabled,
    TierEnabled,
    TiersMoved,
    TiersOrdered,
    TierUpdated,
)
from schemas.publications import PUBLICATION_EVENTS
from schemas.redemptions import REDEMPTION_EVENTS
from schemas.referrals import (
    REFERRAL_EVENTS,
    ReferralTierCreated,
    ReferralTierDeleted,
    ReferralTierUpdated,
)
from schemas.rules import ValidationRuleCreated, ValidationRuleDeleted, ValidationRuleUpdated
from schemas.segments import (
    SegmentCreated,
    SegmentDeleted,
    SegmentEntered,
    SegmentLeft,
    SegmentUpdated,
)
from schemas.sessions import SESSION_EVENTS
from schemas.stacking import StackingRulesCreated, StackingRulesDeleted, StackingRulesUpdated
from schemas.user_events import USER_EVENTS
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.webhooks import (
    RedeliveryRequested,
    WebhookCreated,
    WebhookDeleted,
    WebhookDisabled,
    WebhookTestRequested,
    WebhookUpdated,
)

CREATED: Final = "created"
ADDED: Final = "added"
REVOKED: Final = "revoked"
DELETED: Final = "deleted"


_CAMPAIGN: Final = Subject("campaign", "campaign")
_TIER: Final = Subject("promotion_tier", "tier")
_LOYALTY_TIER: Final = Subject("loyalty_tier", "tier")
_STACK: Final = Subject("promotion_stack", "stack")
_RULE: Final = Subject("validation_rule", "rule")
_ASSIGNMENT: Final = Subject("validation_rules_assignment", "assignment")
_CATEGORY: Final = Subject("category", "category")
_COLLECTION: Final = Subject("products_collection", "collection")
_LOCATION: Final = Subject("location", "location")
_SCHEMA: Final = Subject("metadata_schema", "schema")
_PRODUCT: Final = Subject("product", "product")
_SKU: Final = Subject("sku", "sku")
_REFERRAL_TIER: Final = Subject("referral_tier", "tier")
_SEGMENT: Final = Subject("segment", "segment")
_STACKING: Final = Subject("stacking_rules", "stored")
_THRESHOLDS: Final = Subject("alert_thresholds", "thresholds")
_WEBHOOK: Final = Subject("webhook", "webhook")
_PROJECT: Final = Subject("project", "project")
_KEY: Final = Subject("key", "key")
_EVENT_SCHEMA: Final = Subject("custom_event_schema", "schema")
_BRAND: Final = Subject("branding", "brand")

#: What each event changes.
SUBJECTS: Final[Mapping[type[Shape], Subject]] = MappingProxyType(
    {
        CampaignCreated: _CAMPAIGN,
        CampaignUpdated: _CAMPAIGN,
        CampaignEnabled: _CAMPAIGN,
        CampaignDisabled: _CAMPAIGN,
        CampaignDeleted: _CAMPAIGN,
        VoucherCreated: _VOUCHER,
        VoucherUpdated: _VOUCHER,
        VoucherEnabled: _VOUCHER,
        VoucherDisabled: _VOUCHER,
        VoucherDeleted: Subject("voucher", "voucher_id"),
        BalanceAdjusted: _VOUCHER,
        PointsExpired: _VOUCHER,
        PointsExpiring: _VOUCHER,
        PointsTransferred: _VOUCHER,
        TierCreated: _TIER,
        TierUpdated: _TIER,
        TierEnabled: _TIER,
        TierDisabled: _TIER,
        TierDeleted: _TIER,
        LoyaltyTierCreated: _LOYALTY_TIER,
        LoyaltyTierUpdated: _LOYALTY_TIER,
        LoyaltyTierDeleted: _LOYALTY_TIER,
        StackCreated: _STACK,
        StackUpdated: _STACK,
        StackDeleted: _STACK,
        ValidationRuleCreated: _RULE,
        ValidationRuleUpdated: _RULE,
        ValidationRuleDeleted: _RULE,
        RuleAssigned: _ASSIGNMENT,
        RuleUnassigned: _ASSIGNMENT,
        CategoryCreated: _CATEGORY,
        CategoryUpdated: _CATEGORY,
        CategoryDeleted: _CATEGORY,
        CollectionCreated: _COLLECTION,
        CollectionUpdated: _COLLECTION,
        CollectionDeleted: _COLLECTION,
        LocationCreated: _LOCATION,
        LocationUpdated: _LOCATION,
        LocationDeleted: _LOCATION,
        MetadataSchemaCreated: _SCHEMA,
        MetadataSchemaUpdated: _SCHEMA,
        MetadataSchemaDeleted: _SCHEMA,
        ProductCreated: _PRODUCT,
        ProductUpdated: _PRODUCT,
        ProductDeleted: _PRODUCT,
        SkuCreated: _SKU,
        SkuUpdated: _SKU,
        SkuDeleted: _SKU,
        ReferralTierCreated: _REFERRAL_TIER,
        ReferralTierUpdated: _REFERRAL_TIER,
        ReferralTierDeleted: _REFERRAL_TIER,
        SegmentCreated: _SEGMENT,
        SegmentUpdated: _SEGMENT,
        SegmentDeleted: _SEGMENT,
        StackingRulesCreated: _STACKING,
        StackingRulesUpdated: _STACKING,
        StackingRulesDeleted: _STACKING,
        AlertThresholdsUpdated: _THRESHOLDS,
        WebhookCreated: _WEBHOOK,
        WebhookUpdated: _WEBHOOK,
        WebhookDisabled: _WEBHOOK,
        WebhookDeleted: Subject("webhook", "webhook_id"),
        ProjectCreated: _PROJECT,
        ProjectUpdated: _PROJECT,
        ProjectDeleted: _PROJECT,
        TrustedOriginsChanged: Subject("trusted_origins", "project_id"),
        KeyAdded: _KEY,
        KeyRevoked: Subject("key", "key_id"),
        KeyCreated: _KEY,
        KeyRenamed: _KEY,
        KeyRotated: _KEY,
        KeyEnded: _KEY,
        KeyForgotten: Subject("key", "key_id"),
        EventSchemaCreated: _EVENT_SCHEMA,
        EventSchemaUpdated: _EVENT_SCHEMA,
        EventSchemaDeleted: _EVENT_SCHEMA,
        BrandCreated: _BRAND,
        BrandUpdated: _BRAND,
        BrandDeleted: Subject("branding", "brand_id"),
        **LOYALTY_SUBJECTS,
    }
)
#: What lies in the control project and is a change of the project that it is about.
TERMS: Final = frozenset(
    kind for kind, each in SUBJECTS.items() if each.object in ("project", "trusted_origins", "key")
)
#: What holds of its entity only what it changes, and that.
PARTIAL: Final[Mapping[type[Any], Callable[[Any], Body]]] = MappingProxyType(
    {
        TrustedOriginsChanged: lambda event: {"trusted_origins": list(event.trusted_origins)},
        KeyRevoked: lambda _: {"revoked": True},
    }
)
#: What is nobody's change of what a shop sets up.
UNSUBJECTED: Final = events_of(
    # Somebody did it, or it happened; nothing that is set up became another.
    ACTION_EVENTS,
    AlertRaised,
    AlertContinued,
    BIN_EVENTS,
    CUSTOM_EVENTS,
    CUSTOMER_EVENTS,
    EarningRefused,
    OrderEarningsEnded,
    ERASURE_EVENTS,
    EXPORT_EVENTS,
    QUIET_EVENTS,
    PRIZE_EVENTS,
    REFERRAL_EVENTS,
    MEMBER_TIER_EVENTS,
    NOTIFICATION_EVENTS,
    OAUTH_EVENTS,
    USER_EVENTS,
    ORDER_EVENTS,
    PUBLICATION_EVENTS,
    REDEMPTION_EVENTS,
    SESSION_EVENTS,
    SegmentEntered,
    SegmentLeft,
    RedeliveryRequested,
    WebhookTestRequested,
    # It follows from what lies in the control project.
    ProjectOpened,
    ProjectClosed,
    TimeZoneSet,
    # It is of many at once: what was made as their campaign says, and what goes with another.
    VouchersGenerated,
    AssignmentsDropped,
    CampaignPromotionsDeleted,
    TiersMoved,
    TiersOrdered,
    CategoriesOrdered,
)
#: The kind of entity of each type of event that is a change.
OBJECTS: Final[Mapping[str, str]] = MappingProxyType(
    {tag_of(kind): subject.object for kind, subject in SUBJECTS.items()}
)
#: What others count, or what every change changes.
_COUNTED: Final = frozenset(
    {
        "updated_at", "redeemed", "redeemed_quantity", "redeemed_amount", "redeemed_points", "holds",
        "published", "published_at", "vouchers_count", "voucher_seq", "next_free", "generating",
        "tiers_count", "last_tier_place", "assignments_count", "members_count", "orders_amount",
        "orders_discount", "revision", "partition",
    }
)  # fmt: skip


def action_of(event: Shape) -> str:
    """What was done: `created`, `updated`, `deleted`, `enabled`, ..."""
    return tag_of(type(event)).partition(".")[2]


def entity_id_of(event: Shape) -> str:
    """Of what it is a change, by id."""
    held = getattr(event, SUBJECTS[type(event)].member)
    return held if isinstance(held, str) else str(held.id)


def entity_after(event: Shape) -> Body | None:
    """The entity as it is after the event, None where it is gone."""
    partial = PARTIAL.get(type(event))
    if partial is not None:
        return partial(event)
    held = getattr(event, SUBJECTS[type(event)].member)
    if action_of(event) == DELETED or isinstance(held, str):
        return None
    return shown_entity(held)


def shown_entity(held: Shape) -> Body:
    """An entity without what others count."""
    shown: Body = plain_value(held)
    return {name: value for name, value in shown.items() if name not in _COUNTED}


def differences(before: Body, after: Body, path: str = "") -> Iterator[Body]:
    """Every member that differs: its path, and its values; null stands for none."""
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        where = f"{path}{name}"
        if isinstance(old, dict) and isinstance(new, dict):
            yield from differences(old, new, f"{where}.")
        elif old != new:
            yield {"path": where, "from": old, "to": new}
