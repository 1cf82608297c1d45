"""Whether what a decision writes fits the project's metadata schemas.

Looked at once, over the events, so that no way of writing an entity is forgotten: alone, by a
redemption, or as the row of an import. The schema of products holds for SKUs, too. A project
without schemas has none to look for, and what does not change an entity's metadata is not refused
for it. A customer or an order that comes along with a redemption is looked at where the request
gives it metadata; on its own it has to be complete.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.state import View
from engine.metadata.decide import metadata_refusal
from schemas.actions import ACTION_EVENTS
from schemas.alerts import ALERT_EVENTS
from schemas.assignments import ASSIGNMENT_EVENTS
from schemas.balances import BALANCE_EVENTS
from schemas.base import Metadata
from schemas.bin import BIN_EVENTS
from schemas.campaigns import (
    Campaign,
    CampaignCreated,
    CampaignDeleted,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
    VouchersGenerated,
)
from schemas.categories import CATEGORY_EVENTS
from schemas.collections import COLLECTION_EVENTS
from schemas.custom_events import CUSTOM_EVENTS
from schemas.customers import (
    Customer,
    CustomerCreated,
    CustomerDeleted,
    CustomersSummed,
    CustomerUnchanged,
    CustomerUpdated,
)
from schemas.earning import (
    EARNED_EVENTS,
    EarningRuleCreated,
    EarningRuleDeleted,
    EarningRuleDisabled,
    EarningRuleEnabled,
    EarningRuleUpdated,
)
from schemas.erasures import ERASURE_EVENTS
from schemas.errors import Refusal
from schemas.events import PLAIN_SETUP_EVENTS, PROGRAM_SETUP_EVENTS, QUIET_EVENTS, events_of
from schemas.exports import EXPORT_EVENTS
from schemas.keys import KEY_EVENTS
from schemas.locations import LOCATION_EVENTS
from schemas.loyalty_tiers import (
    MEMBER_TIER_EVENTS,
    LoyaltyTierCreated,
    LoyaltyTierDeleted,
    LoyaltyTierUpdated,
)
from schemas.notifications import NOTIFICATION_EVENTS
from schemas.orders import Order, OrderCreated, OrderUpdated
from schemas.pending import PENDING_EVENTS
from schemas.points import POINTS_EVENTS
from schemas.prizes import PRIZE_EVENTS
from schemas.products import (
    ProductCreated,
    ProductDeleted,
    ProductUpdated,
    SkuCreated,
    SkuDeleted,
    SkuUpdated,
)
from schemas.projects import PROJECT_EVENTS
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
from schemas.publications import PublicationFailed, PublicationRepeated, PublicationSucceeded
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.referrals import REFERRAL_EVENTS
from schemas.rules import RULE_EVENTS
from schemas.segments import SEGMENT_EVENTS
from schemas.sessions import SESSION_EVENTS
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.webhooks import WEBHOOK_EVENTS

#: What is written: the kind of object, its metadata, and whether none at all is fine.
Written = Iterator[tuple[str, Metadata | None, bool]]


def wrong_metadata(view: View, decision: Decision) -> Refusal | None:
    """The refusal of the first metadata that its schema does not allow."""
    if decision.refusal is not None:
        return None
    opened = view.get(tables.OPENED, view.project)
    if opened is None or not opened.described:
        return None
    alone = len(decision.events) == 1
    for event in decision.events:
        written = WRITES.get(type(event))
        if written is None:
            continue
        for related_object, metadata, may_lack in written(view, event):
            if related_object in opened.described and (metadata or not may_lack or alone):
                refusal = metadata_refusal(view, related_object, metadata)
                if refusal is not None:
                    return refusal
    return None


class _Described(Protocol):
    """What has metadata."""

    @property
    def metadata(self) -> Metadata | None: ...


def _if_changed(
    before: _Described | None, after: _Described, kind: str, *, may_lack: bool = False
) -> Written:
    """The metadata of what an event writes, unless it is what it was."""
    if before is None or before.metadata != after.metadata:
        yield kind, after.metadata, may_lack


def _created_voucher(_: View, event: VoucherCreated) -> Written:
    yield "voucher", event.voucher.metadata, False


def _updated_voucher(view: View, event: VoucherUpdated) -> Written:
    yield from _if_changed(view.get(tables.VOUCHERS, event.voucher.id), event.voucher, "voucher")


def _generated_vouchers(_: View, event: VouchersGenerated) -> Written:
    if event.template.metadata:
        yield "voucher", event.template.metadata, False


def _created_campaign(_: View, event: CampaignCreated) -> Written:
    yield _kind_of(event.campaign), event.campaign.metadata, False
    for tier in event.tiers:
        yield "promotion_tier", tier.metadata, False


def _created_tier(_: View, event: TierCreated) -> Written:
    yield "promotion_tier", event.tier.metadata, False


def _updated_tier(view: View, event: TierUpdated) -> Written:
    yield from _if_changed(view.get(tables.TIERS, event.tier.id), event.tier, "promotion_tier")


def _created_loyalty_tier(_: View, event: LoyaltyTierCreated) -> Written:
    yield "loyalty_tier", event.tier.metadata, False


def _updated_loyalty_tier(view: View, event: LoyaltyTierUpdated) -> Written:
    tier = event.tier
    before = view.get(tables.LOYALTY_TIERS, tier.campaign_id, tier.id)
    yield from _if_changed(before, tier, "loyalty_tier")


def _updated_campaign(view: View, event: CampaignUpdated) -> Written:
    yield from _if_changed(
        view.get(tables.CAMPAIGNS, event.campaign.id), event.campaign, _kind_of(event.campaign)
    )


def _kind_of(campaign: Campaign) -> str:
    return "voucher" if campaign.use_voucher_metadata_schema else "campaign"


def _customer(view: View, event: CustomerCreated | CustomerUpdated) -> Written:
    before = view.get(tables.CUSTOMERS, event.customer.id)
    after = _metadata_of(event.customer)
    if before is None or _metadata_of(before) != after:
        yield "customer", after, True


def _metadata_of(customer: Customer) -> Metadata | None:
    data = customer.personal.data
    return None if data is None else data.metadata


def _order(view: View, event: OrderCreated | OrderUpdated) -> Written:
    yield from _written_order(view, event.order)


def _written_order(view: View, order: Order) -> Written:
    yield from _if_changed(view.get(tables.ORDERS, order.id), order, "order", may_lack=True)
    for item in order.items or ():
        if item.metadata:
            yield "order_item", item.metadata, True


def _redemption(view: View, event: RedemptionSucceeded) -> Written:
    yield "redemption", event.metadata, False
    if event.evaluation.order is not None:
        yield from _written_order(view, event.evaluation.order)


def _publication(_: View, event: PublicationSucceeded) -> Written:
    yield "publication", event.publication.metadata, False


def _created_product(_: View, event: ProductCreated) -> Written:
    yield "product", event.product.metadata, True


def _updated_product(view: View, event: ProductUpdated) -> Written:
    yield from _if_changed(
        view.get(tables.PRODUCTS, event.product.id), event.product, "product", may_lack=True
    )


def _created_sku(_: View, event: SkuCreated) -> Written:
    yield "product", event.sku.metadata, True


def _updated_sku(view: View, event: SkuUpdated) -> Written:
    yield from _if_changed(view.get(tables.SKUS, event.sku.id), event.sku, "product", may_lack=True)


def _created_earning_rule(_: View, event: EarningRuleCreated) -> Written:
    yield "earning_rule", event.rule.metadata, False


def _updated_earning_rule(view: View, event: EarningRuleUpdated) -> Written:
    before = view.get(tables.EARNING_RULES, event.rule.id)
    yield from _if_changed(before, event.rule, "earning_rule")


#: What each event writes.
WRITES: Final[Mapping[type[Any], Callable[[View, Any], Written]]] = MappingProxyType(
    {
        VoucherCreated: _created_voucher,
        VoucherUpdated: _updated_voucher,
        VouchersGenerated: _generated_vouchers,
        CampaignCreated: _created_campaign,
        CampaignUpdated: _updated_campaign,
        TierCreated: _created_tier,
        TierUpdated: _updated_tier,
        LoyaltyTierCreated: _created_loyalty_tier,
        LoyaltyTierUpdated: _updated_loyalty_tier,
        CustomerCreated: _customer,
        CustomerUpdated: _customer,
        ProductCreated: _created_product,
        ProductUpdated: _updated_product,
        SkuCreated: _created_sku,
        SkuUpdated: _updated_sku,
        EarningRuleCreated: _created_earning_rule,
        EarningRuleUpdated: _updated_earning_rule,
        OrderCreated: _order,
        OrderUpdated: _order,
        RedemptionSucceeded: _redemption,
        PublicationSucceeded: _publication,
    }
)

#: What writes no metadata that a schema binds.
UNWRITTEN: Final = events_of(
    # What it is about has no metadata.
    ACTION_EVENTS,
    ALERT_EVENTS,
    ASSIGNMENT_EVENTS,
    CATEGORY_EVENTS,
    COLLECTION_EVENTS,
    EXPORT_EVENTS,
    LOCATION_EVENTS,
    NOTIFICATION_EVENTS,
    PLAIN_SETUP_EVENTS,
    KEY_EVENTS,
    PROJECT_EVENTS,
    PROGRAM_SETUP_EVENTS,
    RULE_EVENTS,
    SEGMENT_EVENTS,
    SESSION_EVENTS,
    WEBHOOK_EVENTS,
    CustomersSummed,
    StackCreated,
    StackUpdated,
    StackDeleted,
    # A schema for it may be kept, and binds nothing (docs/api.md).
    CUSTOM_EVENTS,
    # It writes other things than metadata, which stays.
    BALANCE_EVENTS,
    PENDING_EVENTS,
    POINTS_EVENTS,
    QUIET_EVENTS,
    PRIZE_EVENTS,
    REFERRAL_EVENTS,
    EARNED_EVENTS,
    EarningRuleEnabled,
    EarningRuleDisabled,
    EarningRuleDeleted,
    MEMBER_TIER_EVENTS,
    CampaignEnabled,
    CampaignDisabled,
    CustomerUnchanged,
    PublicationRepeated,
    TierEnabled,
    TierDisabled,
    TiersMoved,
    TiersOrdered,
    VoucherEnabled,
    VoucherDisabled,
    # It writes nothing that stays.
    BIN_EVENTS,
    ERASURE_EVENTS,
    CampaignDeleted,
    CampaignPromotionsDeleted,
    CustomerDeleted,
    LoyaltyTierDeleted,
    ProductDeleted,
    SkuDeleted,
    TierDeleted,
    VoucherDeleted,
    RedemptionsRetired,
    # It only says what was refused, or what was taken back and why.
    PublicationFailed,
    RedemptionFailed,
    RedemptionRolledBack,
    RollbackFailed,
)
