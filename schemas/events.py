"""The events: what happened. Stored types are fixed strings; adding one is described in docs/."""

from schemas.actions import ActionProgressed, ActionStarted, RowsStaged, StagedRowsDropped
from schemas.api import OrderStatus
from schemas.balances import BalanceAdjusted
from schemas.base import Metadata, Millis, Shape
from schemas.bin import BinEntryAdded, BinEntryRemoved, CampaignVouchersDeleted
from schemas.campaigns import (
    Campaign,
    CampaignCreated,
    CampaignDeleted,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
    VouchersGenerated,
)
from schemas.categories import Category, CategoryCreated, CategoryDeleted, CategoryUpdated
from schemas.customers import (
    CustomerDeleted,
    CustomersSummed,
    CustomerSummary,
    CustomerUnchanged,
    CustomEventTracked,
)
from schemas.entities import ApiKey, Customer, Evaluation, Order, Project, Session, Voucher
from schemas.erasures import CustomerForgotten, ErasuresEnded
from schemas.errors import Refusal
from schemas.locations import LocationCreated, LocationDeleted, LocationUpdated
from schemas.metadata import (
    MetadataSchemaCreated,
    MetadataSchemaDeleted,
    MetadataSchemaUpdated,
)
from schemas.oauth import TokenRevoked, TokensForgotten
from schemas.orders import OrderCreated, OrderUpdated
from schemas.products import (
    CollectionCreated,
    CollectionDeleted,
    CollectionUpdated,
    ProductCreated,
    ProductDeleted,
    ProductUpdated,
    SkuCreated,
    SkuDeleted,
    SkuUpdated,
)
from schemas.projects import ProjectClosed, ProjectDeleted, ProjectUpdated
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
    TierUpdated,
)
from schemas.promotions import PromotionTier
from schemas.publications import PublicationFailed, PublicationRepeated, Published
from schemas.rewards import RewardCreated, RewardDeleted, RewardUpdated
from schemas.rules import (
    AssignmentsDropped,
    RuleAssigned,
    RuleUnassigned,
    ValidationRuleCreated,
    ValidationRuleDeleted,
    ValidationRuleUpdated,
)
from schemas.segments import SegmentCreated, SegmentDeleted, SegmentEntered, SegmentLeft
from schemas.stacking import StackingRulesCreated, StackingRulesDeleted, StackingRulesUpdated
from schemas.webhooks import (
    RedeliveryRequested,
    WebhookCreated,
    WebhookDeleted,
    WebhookDisabled,
    WebhookUpdated,
)


class ProjectCreated(Shape, tag="project.created", frozen=True):
    """A tenant exists."""

    project: Project


class ProjectOpened(Shape, tag="project.opened", frozen=True):
    """A tenant's own partition knows it."""

    project_id: str


class KeyAdded(Shape, tag="key.added", frozen=True):
    """A key works from now on."""

    key: ApiKey


class KeyRevoked(Shape, tag="key.revoked", frozen=True):
    """A key stopped working."""

    key_id: str


class TrustedOriginsChanged(Shape, tag="trusted_origins.changed", frozen=True):
    """The origins that may use client-side keys."""

    project_id: str
    trusted_origins: tuple[str, ...]


class VoucherCreated(Shape, tag="voucher.created", frozen=True):
    """A voucher exists."""

    voucher: Voucher


class VoucherUpdated(Shape, tag="voucher.updated", frozen=True):
    """A voucher's definition changed; `voucher` is the whole after it."""

    voucher: Voucher


class VoucherEnabled(Shape, tag="voucher.enabled", frozen=True):
    """A voucher became usable."""

    voucher: Voucher


class VoucherDisabled(Shape, tag="voucher.disabled", frozen=True):
    """A voucher became unusable."""

    voucher: Voucher


class VoucherDeleted(Shape, tag="voucher.deleted", frozen=True):
    """A voucher is gone, and with `force` its code is free; without it, it is in the bin."""

    voucher_id: str
    code: str
    #: Before there was a bin, every deletion was for good, and no event said so.
    force: bool = True
    #: Its campaign after it, and the voucher's number there.
    campaign: Campaign | None = None
    campaign_number: int | None = None
    #: What was left on a gift card, in minor units.
    credits: int = 0


class CustomerCreated(Shape, tag="customer.created", frozen=True):
    """A customer exists."""

    customer: Customer


class CustomerUpdated(Shape, tag="customer.updated", frozen=True):
    """More, or other things, are known of a customer; `customer` is the whole after it."""

    customer: Customer
    #: What the customer adds up to, where the answer shows it.
    summary: CustomerSummary | None = None


class SessionLocked(Shape, tag="session.locked", frozen=True):
    """A validation was valid and its session holds what it would take."""

    session: Session
    evaluation: Evaluation
    tracking_id: str | None = None
    customer_id: str | None = None


class SessionRefused(Shape, tag="session.refused", frozen=True):
    """A validation with a session was not valid; nothing is held."""

    evaluation: Evaluation
    tracking_id: str | None = None
    customer_id: str | None = None


class SessionReleased(Shape, tag="session.released", frozen=True):
    """A session's hold on a voucher was given back by its owner."""

    session_key: str
    voucher_id: str


class SessionsExpired(Shape, tag="session.expired", frozen=True):
    """Sessions whose time was over were swept."""

    session_keys: tuple[str, ...]


class RedemptionSucceeded(Shape, tag="redemption.succeeded", frozen=True):
    """One redeemable, or a stack with its parent, was redeemed.

    `redemption_ids` belong to the applicable outcomes in their order; `evaluation.order` is the
    order as saved, `None` when the request had none.
    """

    evaluation: Evaluation
    redemption_ids: tuple[str, ...]
    parent_id: str | None = None
    order_created: bool = False
    #: What the order was before, where it is not new.
    status_before: OrderStatus | None = None
    customer_id: str | None = None
    tracking_id: str | None = None
    metadata: Metadata | None = None
    session_key: str | None = None
    channel: str = "API"
    channel_id: str = ""


class RedemptionFailed(Shape, tag="redemption.failed", frozen=True):
    """An attempt that took nothing; `redemption_ids` belong to the inapplicable outcomes."""

    evaluation: Evaluation
    redemption_ids: tuple[str, ...]
    customer_id: str | None = None
    tracking_id: str | None = None
    metadata: Metadata | None = None
    session_key: str | None = None
    channel: str = "API"
    channel_id: str = ""


class RolledBack(Shape, frozen=True):
    """One redemption that was taken back, with its voucher or tier after it (None: it is gone)."""

    rollback_id: str
    redemption_id: str
    #: Empty for a tier's.
    voucher_id: str
    #: The voucher's code when it was redeemed.
    code: str = ""
    voucher: Voucher | None = None
    tier_id: str | None = None
    tier: PromotionTier | None = None
    #: The name of a tier's campaign; a voucher has it itself.
    campaign_name: str | None = None
    discount: int = 0
    credits: int | None = None
    points: int | None = None
    #: The category that the voucher is in.
    categories: tuple[Category, ...] = ()


class RedemptionRolledBack(Shape, tag="redemption.rolled_back", frozen=True):
    """A redemption, or a stack with its parent, was taken back; `order` is as saved after it."""

    rollbacks: tuple[RolledBack, ...]
    parent_rollback_id: str | None = None
    parent_redemption_id: str | None = None
    order: Order | None = None
    status_before: OrderStatus | None = None
    redeemed_at: Millis = 0
    reason: str | None = None
    customer_id: str | None = None
    tracking_id: str | None = None
    metadata: Metadata | None = None
    channel: str = "API"
    channel_id: str = ""


class RollbackFailed(Shape, tag="rollback.failed", frozen=True):
    """A rollback of an existing redemption was refused."""

    rollback_id: str
    redemption_id: str
    voucher_id: str
    refusal: Refusal
    tier_id: str | None = None
    #: As in `RolledBack`; empty for a stack's parent.
    code: str = ""
    reason: str | None = None
    customer_id: str | None = None
    tracking_id: str | None = None
    metadata: Metadata | None = None
    channel: str = "API"
    channel_id: str = ""


class RedemptionsRetired(Shape, tag="redemptions.retired", frozen=True):
    """Redemptions too old to be rolled back left the state; the audit log keeps them."""

    redemption_ids: tuple[str, ...]


Event = (
    ProjectCreated
    | ProjectOpened
    | KeyAdded
    | KeyRevoked
    | TrustedOriginsChanged
    | TokenRevoked
    | TokensForgotten
    | VoucherCreated
    | VoucherUpdated
    | VoucherEnabled
    | VoucherDisabled
    | VoucherDeleted
    | CampaignCreated
    | CampaignUpdated
    | CampaignEnabled
    | CampaignDisabled
    | CampaignDeleted
    | VouchersGenerated
    | BalanceAdjusted
    | Published
    | PublicationRepeated
    | PublicationFailed
    | BinEntryAdded
    | BinEntryRemoved
    | CampaignVouchersDeleted
    | CustomerCreated
    | CustomerUpdated
    | CustomerUnchanged
    | CustomerDeleted
    | CustomerForgotten
    | ErasuresEnded
    | CustomersSummed
    | CustomEventTracked
    | OrderCreated
    | OrderUpdated
    | SessionLocked
    | SessionRefused
    | SessionReleased
    | SessionsExpired
    | RedemptionSucceeded
    | RedemptionFailed
    | RedemptionRolledBack
    | RollbackFailed
    | RedemptionsRetired
    | RowsStaged
    | ActionStarted
    | ActionProgressed
    | StagedRowsDropped
    | ProjectUpdated
    | ProjectDeleted
    | ProjectClosed
    | MetadataSchemaCreated
    | MetadataSchemaUpdated
    | MetadataSchemaDeleted
    | WebhookCreated
    | WebhookUpdated
    | WebhookDisabled
    | WebhookDeleted
    | RedeliveryRequested
    | StackingRulesCreated
    | StackingRulesUpdated
    | StackingRulesDeleted
    | CategoryCreated
    | CategoryUpdated
    | CategoryDeleted
    | TierCreated
    | TierUpdated
    | TierEnabled
    | TierDisabled
    | TierDeleted
    | TiersMoved
    | CampaignPromotionsDeleted
    | StackCreated
    | StackUpdated
    | StackDeleted
    | SegmentCreated
    | SegmentDeleted
    | SegmentEntered
    | SegmentLeft
    | LocationCreated
    | LocationUpdated
    | LocationDeleted
    | ProductCreated
    | ProductUpdated
    | ProductDeleted
    | SkuCreated
    | SkuUpdated
    | SkuDeleted
    | CollectionCreated
    | CollectionUpdated
    | CollectionDeleted
    | ValidationRuleCreated
    | ValidationRuleUpdated
    | ValidationRuleDeleted
    | RuleAssigned
    | RuleUnassigned
    | AssignmentsDropped
    | RewardCreated
    | RewardUpdated
    | RewardDeleted
)
