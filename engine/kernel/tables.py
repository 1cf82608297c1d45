"""The tables of the state: one line each, entities first, then what finds them."""

from hashlib import sha256

from engine.kernel.state import Table
from schemas.actions import AsyncAction, OpenAction, StagedRows
from schemas.alerts import Alert, AlertThresholds
from schemas.assignments import RuleAssignment
from schemas.base import DAY_MS, Millis, Shape
from schemas.bin import BinEntry
from schemas.branding import Brand
from schemas.campaigns import Campaign
from schemas.categories import Category
from schemas.collections import ProductCollection
from schemas.customers import Customer, CustomerSummary
from schemas.earning import EarningRule, Earnings, OrderEarnings
from schemas.erasures import Erasure
from schemas.event_schemas import EventSchema
from schemas.exports import Export
from schemas.giveaways import Draw, GiveawayEntry
from schemas.locations import Location
from schemas.loyalty_tiers import LoyaltyTier, Standing
from schemas.metadata import MetadataSchema
from schemas.oauth import RevokedToken
from schemas.orders import Order
from schemas.pending import PendingPoints
from schemas.points import PointsBucket
from schemas.products import Product, Sku
from schemas.programs import Reacting
from schemas.projects import ApiKey, OpenedProject, Project
from schemas.promotions import PromotionStack, PromotionTier
from schemas.publications import Holding, Publication
from schemas.qualifications import RulePosting
from schemas.records import Seen
from schemas.redemptions import Redemption
from schemas.referrals import Referral, ReferralTier
from schemas.rewards import Reward, RewardAssignment
from schemas.rules import ValidationRule
from schemas.segments import FollowedSegments, KnownSegments, Segment
from schemas.sessions import Hold, OpenSession
from schemas.stacking import StoredStackingRules
from schemas.tallies import Tally
from schemas.users import (
    FailedSignIns,
    GuessesAtNobody,
    Invitation,
    PasswordReset,
    Role,
    SavedView,
    User,
    UserActivity,
    UserSession,
)
from schemas.vouchers import Voucher
from schemas.webhooks import Webhook

#: How long the state keeps a redemption: longer than any three months, which it can be rolled
#: back for (engine/redemptions/rollback.py).
WINDOW_MS = 93 * DAY_MS

#: The key of the one entry of a table that has one.
THE_ONE = "one"
DUE_SESSION = "session"
DUE_REDEMPTION = "redemption"
DUE_STAGED = "staged"
DUE_RULE = "rule"
DUE_EXPORT = "export"
DUE_TOKEN = "token"  # noqa: S105  a kind, no secret
DUE_USER_SESSION = "user-session"
DUE_INVITATION = "invitation"
DUE_RESET = "password-reset"
DUE_POINTS = "points"
DUE_POINTS_NOTICE = "points-notice"
#: Of a card: its id, a slash, and that of its pending points.
DUE_PENDING = "pending"
DUE_LOYALTY_TIER = "loyalty-tier"


class Due(Shape, frozen=True):
    """Something that time will end, and when."""

    kind: str
    id: str
    at: Millis


class Ended(Shape, frozen=True):
    """What is gone, from when on its sums are dropped, and the last of them that were."""

    kind: str
    id: str
    at: Millis
    tally: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


class Offered(Shape, frozen=True):
    """A voucher that anybody could redeem, as far as itself tells, and until when."""

    voucher_id: str
    expiration_date: Millis | None = None


PROJECTS: Table[Project] = Table("project", Project)
OPENED: Table[OpenedProject] = Table("opened", OpenedProject)
KEYS: Table[ApiKey] = Table("key", ApiKey)
#: In the control project, by token id.
REVOKED_TOKENS: Table[RevokedToken] = Table("revoked-token", RevokedToken)
#: All about users is in the control project. By user id; and the hash of an address → that id.
USERS: Table[User] = Table("user", User)
USER_EMAILS: Table[str] = Table("user-email", str)
USER_ACTIVITIES: Table[UserActivity] = Table("user-activity", UserActivity)
#: What one entry has of all users.
FAILED_SIGN_INS: Table[FailedSignIns] = Table("failed-sign-ins", FailedSignIns)
GUESSES_AT_NOBODY: Table[GuessesAtNobody] = Table("guesses-at-nobody", GuessesAtNobody)
#: By user id and session id; and the keyed hash of its token → those two.
USER_SESSIONS: Table[UserSession] = Table("user-session", UserSession)
USER_TOKENS: Table[tuple[str, str]] = Table("user-token", tuple[str, str])
INVITATIONS: Table[Invitation] = Table("invitation", Invitation)
INVITATION_TOKENS: Table[str] = Table("invitation-token", str)
#: By the hash of an address: the ids of its invitations, also of those that ended.
INVITED: Table[tuple[str, ...]] = Table("invited", tuple[str, ...])
#: By user id; and the keyed hash of its token → that id.
PASSWORD_RESETS: Table[PasswordReset] = Table("password-reset", PasswordReset)
RESET_TOKENS: Table[str] = Table("reset-token", str)
#: By project id and role id.
ROLES: Table[Role] = Table("role", Role)
#: By user id and its own.
SAVED_VIEWS: Table[SavedView] = Table("saved-view", SavedView)
VOUCHERS: Table[Voucher] = Table("voucher", Voucher)
CAMPAIGNS: Table[Campaign] = Table("campaign", Campaign)
CUSTOMERS: Table[Customer] = Table("customer", Customer)
CUSTOMER_SUMMARIES: Table[CustomerSummary] = Table("customer-summary", CustomerSummary)
PUBLICATIONS: Table[Publication] = Table("publication", Publication)
#: By customer id, campaign id (empty for none) and voucher id.
HOLDINGS: Table[Holding] = Table("holding", Holding)
#: By customer id and the holding's own id (`ids.holding_id`) → voucher id; and how many there are.
HELD: Table[str] = Table("held", str)
HELD_COUNTS: Table[int] = Table("held-count", int)
#: Those of no campaign and no holder that are switched on and not used up; by the time of their
#: creation in milliseconds (fifteen digits) and voucher id.
OFFERED: Table[Offered] = Table("offered", Offered)
ORDERS: Table[Order] = Table("order", Order)
SESSIONS: Table[OpenSession] = Table("session", OpenSession)
#: By voucher id, then session key.
HOLDS: Table[Hold] = Table("hold", Hold)
REDEMPTIONS: Table[Redemption] = Table("redemption", Redemption)
#: By kind of object and id, then, for a part of it, `customer` or `key` and id.
TALLIES: Table[Tally] = Table("tally", Tally)
#: How many units were discounted; by what they count for (engine/counters/units.py).
DISCOUNTED_UNITS: Table[int] = Table("discounted-units", int)
#: By customer id, then the kind of object and id of which the customer has a part in the tallies.
CUSTOMER_SCOPES: Table[tuple[str, str]] = Table("customer-scope", tuple[str, str])

TIERS: Table[PromotionTier] = Table("tier", PromotionTier)
STACKS: Table[PromotionStack] = Table("stack", PromotionStack)
CATEGORIES: Table[Category] = Table("category", Category)
#: Under `THE_ONE`, the only key.
STACKING: Table[StoredStackingRules] = Table("stacking", StoredStackingRules)
RULES: Table[ValidationRule] = Table("rule", ValidationRule)
#: By rule id, then assignment id.
ASSIGNMENTS: Table[RuleAssignment] = Table("rule-assignment", RuleAssignment)
#: Under `THE_ONE`, the only key.
ALERT_THRESHOLDS: Table[AlertThresholds] = Table("alert-thresholds", AlertThresholds)
ALERTS: Table[Alert] = Table("alert", Alert)
EXPORTS: Table[Export] = Table("export", Export)
#: Under `THE_ONE`, the only key; absent while no campaign reacts to anything.
REACTING: Table[Reacting] = Table("reacting", Reacting)
#: By voucher id and when they expire, in milliseconds (fifteen digits), `m` behind what moves.
POINTS_BUCKETS: Table[PointsBucket] = Table("points-bucket", PointsBucket)
#: By the customer who was referred, and the campaign.
REFERRALS: Table[Referral] = Table("referral", Referral)
#: By the code's voucher id and the holder's id → the customer's id; and how many there are of a code.
REFEREES: Table[str] = Table("referee", str)
REFEREE_COUNTS: Table[int] = Table("referee-count", int)
#: By campaign id and referrer: how many conversions there are.
CONVERSIONS: Table[int] = Table("conversion-count", int)
#: By campaign id and its own id.
REFERRAL_TIERS: Table[ReferralTier] = Table("referral-tier", ReferralTier)
#: By campaign id and its own id; and how many of a campaign there are, those withdrawn included.
GIVEAWAY_ENTRIES: Table[GiveawayEntry] = Table("giveaway-entry", GiveawayEntry)
GIVEAWAY_ENTRY_COUNTS: Table[int] = Table("giveaway-entry-count", int)
#: By campaign id.
DRAWS: Table[Draw] = Table("draw", Draw)
EARNING_RULES: Table[EarningRule] = Table("earning-rule", EarningRule)
#: By campaign id, the event and the rule's id → that id.
EARNING_OF: Table[str] = Table("earning-of", str)
#: By customer id and campaign id.
EARNINGS: Table[Earnings] = Table("earnings", Earnings)
#: By order id, from when on it is paid.
ORDER_EARNINGS: Table[OrderEarnings] = Table("order-earnings", OrderEarnings)
#: By voucher id and its own; and by campaign id and its own → the voucher's id, a slash, its own.
PENDING_POINTS: Table[PendingPoints] = Table("pending-points", PendingPoints)
CAMPAIGN_PENDING: Table[str] = Table("campaign-pending", str)
#: By voucher id and the id of points that are pending no longer → what became of them.
PENDING_ENDED: Table[str] = Table("pending-ended", str)
#: By campaign id and their own; one that is gone until nobody is in it.
LOYALTY_TIERS: Table[LoyaltyTier] = Table("loyalty-tier", LoyaltyTier)
#: By voucher id: of the cards whose holders are in a tier, or on the way to one.
STANDINGS: Table[Standing] = Table("loyalty-standing", Standing)
REWARDS: Table[Reward] = Table("reward", Reward)
REWARD_ASSIGNMENTS: Table[RewardAssignment] = Table("reward-assignment", RewardAssignment)
#: By campaign id and reward id, and by reward id and campaign id → the assignment's id.
PROGRAM_REWARDS: Table[str] = Table("program-reward", str)
REWARD_PROGRAMS: Table[str] = Table("reward-program", str)
SEGMENTS: Table[Segment] = Table("segment", Segment)
#: Under `THE_ONE`, the only key.
FOLLOWED: Table[FollowedSegments] = Table("followed-segments", FollowedSegments)
#: By customer id: what was told of entering and leaving.
KNOWN_SEGMENTS: Table[KnownSegments] = Table("known-segments", KnownSegments)
LOCATIONS: Table[Location] = Table("location", Location)
#: The same ids; so that counting them reads no areas.
LOCATION_IDS: Table[str] = Table("location-id", str)
PRODUCTS: Table[Product] = Table("product", Product)
SKUS: Table[Sku] = Table("sku", Sku)
#: Without their members, which have a table of their own.
COLLECTIONS: Table[ProductCollection] = Table("collection", ProductCollection)
#: By collection id and the id of a product or SKU → that id.
COLLECTION_MEMBERS: Table[str] = Table("collection-member", str)
#: By collection id and the id of a set of rules that names it → the set's id.
COLLECTION_RULES: Table[str] = Table("collection-rule", str)

WEBHOOKS: Table[Webhook] = Table("webhook", Webhook)
#: By the kind of object that it describes; and its id → that kind.
METADATA_SCHEMAS: Table[MetadataSchema] = Table("metadata-schema", MetadataSchema)
METADATA_SCHEMA_IDS: Table[str] = Table("metadata-schema-id", str)
#: By the name of the custom events that it describes; and its id → that name.
EVENT_SCHEMAS: Table[EventSchema] = Table("event-schema", EventSchema)
EVENT_SCHEMA_IDS: Table[str] = Table("event-schema-id", str)
#: At most one.
BRANDS: Table[Brand] = Table("brand", Brand)

ACTIONS: Table[AsyncAction] = Table("action", AsyncAction)
#: By action id.
OPEN_ACTIONS: Table[OpenAction] = Table("open-action", OpenAction)
#: By action id and number of the set (`set_key`).
STAGED: Table[StagedRows] = Table("staged", StagedRows)
#: When each was staged, by the same key, until its action starts: so that none of the rows are
#: read to find out whether they are there.
STAGED_AT: Table[int] = Table("staged-at", int)

#: Whose keys have to be destroyed; by the id of a customer or an action.
ERASURES: Table[Erasure] = Table("erasure", Erasure)

#: Code → voucher id; source id → id, a customer's by `source_key`.
VOUCHER_CODES: Table[str] = Table("voucher-code", str)
CUSTOMER_SOURCES: Table[str] = Table("customer-source", str)
#: The hash of an e-mail address → the customer that is named by it alone.
GUESTS: Table[str] = Table("guest", str)
ORDER_SOURCES: Table[str] = Table("order-source", str)
PUBLICATION_SOURCES: Table[str] = Table("publication-source", str)
#: What was deleted and keeps its code or id; by entry id.
BIN: Table[BinEntry] = Table("bin", BinEntry)
#: The id of a voucher that went to the bin with its campaign → its code.
BINNED_CODES: Table[str] = Table("binned-code", str)
#: Name → campaign id.
CAMPAIGN_NAMES: Table[str] = Table("campaign-name", str)
#: By campaign id and the tier's place in it (`place_key`) → the tier's id.
CAMPAIGN_TIERS: Table[str] = Table("campaign-tier", str)
#: By campaign id and stack id → the stack's id.
CAMPAIGN_STACKS: Table[str] = Table("campaign-stack", str)
#: Name → id.
CATEGORY_NAMES: Table[str] = Table("category-name", str)
#: By object type, object id and rule id → assignment id.
ASSIGNED: Table[str] = Table("assigned", str)
#: By kind, a set of validation rules that binds it (`UNBOUND`: none) and place → that place, which
#: is its time, the newest first, and its id (engine.qualification.places.py).
CANDIDATES: Table[str] = Table("candidate", str)
#: By rule id; and by space, kind of offer, key and place → that place: the time of the newest offer,
#: and the rule's id.
RULE_POSTINGS: Table[RulePosting] = Table("rule-posting", RulePosting)
POSTED_RULES: Table[str] = Table("posted-rule", str)
#: By space, kind of offer and kind of key, then subject → that subject, which rules are posted under.
RULE_SUBJECTS: Table[str] = Table("rule-subject", str)
#: By segment id and customer id: who is in a static segment; and by customer id and segment id.
SEGMENT_MEMBERS: Table[str] = Table("segment-member", str)
CUSTOMER_SEGMENTS: Table[str] = Table("customer-segment", str)
#: Source id → id; by product id and SKU id → SKU id.
PRODUCT_SOURCES: Table[str] = Table("product-source", str)
SKU_SOURCES: Table[str] = Table("sku-source", str)
PRODUCT_SKUS: Table[str] = Table("product-sku", str)
#: By campaign id and the voucher's number in it (ten digits) → voucher id.
CAMPAIGN_VOUCHERS: Table[str] = Table("campaign-voucher", str)
#: By day since 1970 (five digits), then command id.
SEEN: Table[Seen] = Table("seen", Seen)
#: The first day of which commands may still be remembered, since 1970.
SEEN_FROM: Table[int] = Table("seen-from", int)
#: By time in milliseconds (fifteen digits), kind and id.
DUE: Table[Due] = Table("due", Due)
#: In the same way, what is gone and has sums left in the tables of what redemptions count.
ENDED_COUNTS: Table[Ended] = Table("ended-count", Ended)


def place_key(place: int) -> str:
    """The key of a tier within its campaign: by hierarchy."""
    return f"{place:06d}"


def source_key(source_id: str) -> str:
    """How a customer's source id is looked up.

    Stores repeat keys, beyond what can be erased, in the lists of their files; so none of them
    holds what is personal.
    """
    return sha256(source_id.encode()).hexdigest()


def set_key(number: int) -> str:
    """The key of a set of staged rows within its action."""
    return f"{number:06d}"
