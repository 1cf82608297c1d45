"""The events: what happened. Stored types are fixed strings; adding one is described in docs/."""

from typing import Any, Final

from schemas.actions import ACTION_EVENTS, ActionEvent
from schemas.alerts import ALERT_EVENTS, AlertEvent
from schemas.assignments import ASSIGNMENT_EVENTS, AssignmentEvent
from schemas.balances import BALANCE_EVENTS, BalanceEvent
from schemas.bin import BIN_EVENTS, BinEvent
from schemas.branding import BRANDING_EVENTS, BrandingEvent
from schemas.campaigns import CAMPAIGN_EVENTS, CampaignEvent
from schemas.categories import CATEGORY_EVENTS, CategoryEvent
from schemas.collections import COLLECTION_EVENTS, CollectionEvent
from schemas.custom_events import CUSTOM_EVENTS, CustomEventEvent
from schemas.customers import CUSTOMER_EVENTS, CustomerEvent
from schemas.earning import EARNED_EVENTS, EARNING_RULE_EVENTS, EarningEvent
from schemas.erasures import ERASURE_EVENTS, ErasureEvent
from schemas.event_schemas import EVENT_SCHEMA_EVENTS, EventSchemaEvent
from schemas.exports import EXPORT_EVENTS, ExportEvent
from schemas.giveaways import GIVEAWAY_EVENTS, GiveawayEvent
from schemas.keys import KEY_EVENTS, KeyEvent
from schemas.locations import LOCATION_EVENTS, LocationEvent
from schemas.loyalty_tiers import (
    LOYALTY_TIER_EVENTS,
    MEMBER_TIER_EVENTS,
    LoyaltyTierEvent,
    MemberTierEvent,
)
from schemas.metadata import METADATA_EVENTS, MetadataEvent
from schemas.notifications import NOTIFICATION_EVENTS, NotificationEvent
from schemas.oauth import OAUTH_EVENTS, OAuthEvent
from schemas.orders import ORDER_EVENTS, OrderEvent
from schemas.pending import PENDING_EVENTS, PendingEvent
from schemas.points import POINTS_EVENTS, PointsEvent
from schemas.prizes import PRIZE_EVENTS, PrizeEvent
from schemas.products import PRODUCT_EVENTS, ProductEvent
from schemas.programs import EFFECT_EVENTS, EffectEvent
from schemas.projects import PROJECT_EVENTS, ProjectEvent
from schemas.promotion_events import PROMOTION_EVENTS, PromotionEvent
from schemas.publications import PUBLICATION_EVENTS, PublicationEvent
from schemas.redemptions import REDEMPTION_EVENTS, RedemptionEvent
from schemas.referrals import (
    REFERRAL_EVENTS,
    REFERRAL_TIER_EVENTS,
    ReferralEvent,
    ReferralTierEvent,
)
from schemas.rewards import REWARD_ASSIGNMENT_EVENTS, REWARD_EVENTS, RewardEvent
from schemas.rules import RULE_EVENTS, RuleEvent
from schemas.segments import SEGMENT_EVENTS, SegmentEvent
from schemas.sessions import SESSION_EVENTS, SessionEvent
from schemas.stacking import STACKING_EVENTS, StackingEvent
from schemas.user_events import USER_EVENTS, UserEvent
from schemas.voucher_events import VOUCHER_EVENTS, VoucherEvent
from schemas.webhooks import WEBHOOK_EVENTS, WebhookEvent

Event = (
    ActionEvent
    | AlertEvent
    | AssignmentEvent
    | BalanceEvent
    | BinEvent
    | BrandingEvent
    | CampaignEvent
    | CategoryEvent
    | CollectionEvent
    | CustomEventEvent
    | CustomerEvent
    | EarningEvent
    | EffectEvent
    | ErasureEvent
    | EventSchemaEvent
    | ExportEvent
    | GiveawayEvent
    | KeyEvent
    | LocationEvent
    | LoyaltyTierEvent
    | MemberTierEvent
    | MetadataEvent
    | NotificationEvent
    | OAuthEvent
    | OrderEvent
    | PendingEvent
    | PointsEvent
    | PrizeEvent
    | ProductEvent
    | ProjectEvent
    | PromotionEvent
    | PublicationEvent
    | RedemptionEvent
    | ReferralEvent
    | ReferralTierEvent
    | RewardEvent
    | RuleEvent
    | SegmentEvent
    | SessionEvent
    | StackingEvent
    | UserEvent
    | VoucherEvent
    | WebhookEvent
)


def events_of(*named: type[Any] | frozenset[type[Any]]) -> frozenset[type[Any]]:
    """These events and those of these sets, for whoever follows the ledger and passes them over.

    The sets have their events by name and not by their union, so that a new event is in none: a
    test fails until somebody has put it into its feature's, of which every table that names it is
    then true, or into each table or what that passes over (docs/adding.md).
    """
    return frozenset(
        event for each in named for event in (each if isinstance(each, frozenset) else (each,))
    )


#: What a shop sets up and only the state has: no metadata that a schema binds, no list of its own
#: in a table, no name in webhooks.
PLAIN_SETUP_EVENTS: Final = events_of(
    BRANDING_EVENTS,
    EVENT_SCHEMA_EVENTS,
    METADATA_EVENTS,
    OAUTH_EVENTS,
    REWARD_EVENTS,
    STACKING_EVENTS,
    USER_EVENTS,
)
#: What programs offer, which has no metadata that a schema binds and no list of its own in a table:
#: tiers of referral programs, and rewards.
PROGRAM_SETUP_EVENTS: Final = events_of(REFERRAL_TIER_EVENTS, REWARD_ASSIGNMENT_EVENTS)
#: What a shop sets up by itself: no customer, no order and no balance changes by it.
SETUP_EVENTS: Final = events_of(
    PLAIN_SETUP_EVENTS,
    ALERT_EVENTS,
    ASSIGNMENT_EVENTS,
    CATEGORY_EVENTS,
    COLLECTION_EVENTS,
    EARNING_RULE_EVENTS,
    EXPORT_EVENTS,
    KEY_EVENTS,
    LOCATION_EVENTS,
    LOYALTY_TIER_EVENTS,
    NOTIFICATION_EVENTS,
    PRODUCT_EVENTS,
    PROJECT_EVENTS,
    PROGRAM_SETUP_EVENTS,
    RULE_EVENTS,
    WEBHOOK_EVENTS,
)
#: What the event log alone tells: what becomes of giveaways, and of reactions that go on and on.
QUIET_EVENTS: Final = events_of(EFFECT_EVENTS, GIVEAWAY_EVENTS)
#: What neither redeems nor asks about it: all but redemptions, rollbacks and sessions.
BESIDE_REDEMPTION_EVENTS: Final = events_of(
    SETUP_EVENTS,
    ACTION_EVENTS,
    BALANCE_EVENTS,
    BIN_EVENTS,
    CAMPAIGN_EVENTS,
    CUSTOM_EVENTS,
    CUSTOMER_EVENTS,
    EARNED_EVENTS,
    ERASURE_EVENTS,
    QUIET_EVENTS,
    MEMBER_TIER_EVENTS,
    ORDER_EVENTS,
    PENDING_EVENTS,
    POINTS_EVENTS,
    PRIZE_EVENTS,
    PROMOTION_EVENTS,
    PUBLICATION_EVENTS,
    REFERRAL_EVENTS,
    SEGMENT_EVENTS,
    VOUCHER_EVENTS,
)
#: What brings no customer into a segment and none out: all but customers and segments themselves.
#: What a customer adds up to by it is in another event, and who is forgotten is in no segment.
BESIDE_MEMBERSHIP_EVENTS: Final = events_of(
    SETUP_EVENTS,
    ACTION_EVENTS,
    BALANCE_EVENTS,
    BIN_EVENTS,
    CAMPAIGN_EVENTS,
    CUSTOM_EVENTS,
    EARNED_EVENTS,
    ERASURE_EVENTS,
    QUIET_EVENTS,
    MEMBER_TIER_EVENTS,
    ORDER_EVENTS,
    PENDING_EVENTS,
    POINTS_EVENTS,
    PRIZE_EVENTS,
    PROMOTION_EVENTS,
    PUBLICATION_EVENTS,
    REFERRAL_EVENTS,
    REDEMPTION_EVENTS,
    SESSION_EVENTS,
    VOUCHER_EVENTS,
)
#: What a shop has and what becomes of it: all but the project with its keys, webhooks and work in
#: the background, and what rules bind.
SHOP_EVENTS: Final = events_of(
    PLAIN_SETUP_EVENTS,
    ALERT_EVENTS,
    BALANCE_EVENTS,
    BIN_EVENTS,
    CAMPAIGN_EVENTS,
    CATEGORY_EVENTS,
    COLLECTION_EVENTS,
    CUSTOM_EVENTS,
    CUSTOMER_EVENTS,
    EARNED_EVENTS,
    EARNING_RULE_EVENTS,
    ERASURE_EVENTS,
    QUIET_EVENTS,
    EXPORT_EVENTS,
    LOCATION_EVENTS,
    NOTIFICATION_EVENTS,
    LOYALTY_TIER_EVENTS,
    MEMBER_TIER_EVENTS,
    ORDER_EVENTS,
    PENDING_EVENTS,
    POINTS_EVENTS,
    PRIZE_EVENTS,
    PRODUCT_EVENTS,
    PROMOTION_EVENTS,
    PUBLICATION_EVENTS,
    REFERRAL_EVENTS,
    REDEMPTION_EVENTS,
    PROGRAM_SETUP_EVENTS,
    RULE_EVENTS,
    SEGMENT_EVENTS,
    SESSION_EVENTS,
    VOUCHER_EVENTS,
)
