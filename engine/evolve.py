"""The fold: what an event changes in the state. Total, so that every log folds.

An event holds the entity as it is after it, so a fold stores and never recalculates. Derived here
are only the keys by which things are found, what sessions and customers hold, what redemptions
count, the memory of decided commands, and what time will end. A voucher that is gone stays gone.
Nothing depends on what a personal field says, but for what finds a customer by source id or as a
guest, which ends with its data.
"""

from collections.abc import Callable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

from engine.admission import SEEN_DAYS, day_bucket
from engine.background import fold as actions
from engine.bin import fold as bin
from engine.campaigns import fold as campaigns
from engine.campaigns.tiers import fold as promotions
from engine.categories import fold as categories
from engine.counters import ended as counts
from engine.customers import fold as customers
from engine.erasures import fold as erasures
from engine.kernel import tables
from engine.kernel.state import ProjectState, State
from engine.locations import fold as locations
from engine.metadata import fold as metadata
from engine.oauth import fold as oauth
from engine.products import fold as products
from engine.projects import fold as projects
from engine.publications import fold as publications
from engine.qualification.index import Indexed
from engine.redemptions import fold as redemptions
from engine.rewards import fold as rewards
from engine.rules import fold as rules
from engine.segments import fold as segments
from engine.sessions import fold as sessions
from engine.stacking_rules import fold as stacking
from engine.vouchers import fold as vouchers
from engine.webhooks import fold as webhooks
from schemas.actions import ActionProgressed, ActionStarted, RowsStaged, StagedRowsDropped
from schemas.assignments import AssignmentsDropped, RuleAssigned, RuleUnassigned
from schemas.balances import BalanceAdjusted
from schemas.base import DAY_MS, Millis, tag_of
from schemas.bin import BinEntryAdded, BinEntryRemoved, CampaignVouchersDeleted
from schemas.campaigns import (
    CampaignCreated,
    CampaignDeleted,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
    VouchersGenerated,
)
from schemas.categories import CategoryCreated, CategoryDeleted, CategoryUpdated
from schemas.collections import CollectionCreated, CollectionDeleted, CollectionUpdated
from schemas.custom_events import CustomEventTracked
from schemas.customers import (
    CustomerCreated,
    CustomerDeleted,
    CustomersSummed,
    CustomerUnchanged,
    CustomerUpdated,
)
from schemas.erasures import CustomerForgotten, ErasuresEnded
from schemas.events import Event
from schemas.expiry import ExpireDue
from schemas.locations import LocationCreated, LocationDeleted, LocationUpdated
from schemas.metadata import MetadataSchemaCreated, MetadataSchemaDeleted, MetadataSchemaUpdated
from schemas.oauth import TokenRevoked, TokensForgotten
from schemas.orders import OrderCreated, OrderUpdated
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
    TierUpdated,
)
from schemas.publications import PublicationFailed, PublicationRepeated, Published
from schemas.records import Decided, Record, Seen
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.rewards import RewardCreated, RewardDeleted, RewardUpdated
from schemas.rules import ValidationRuleCreated, ValidationRuleDeleted, ValidationRuleUpdated
from schemas.segments import SegmentCreated, SegmentDeleted, SegmentEntered, SegmentLeft
from schemas.sessions import SessionLocked, SessionRefused, SessionReleased, SessionsExpired
from schemas.stacking import StackingRulesCreated, StackingRulesDeleted, StackingRulesUpdated
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
    WebhookUpdated,
)

#: The stored type of the command that sweeps.
SWEEP = tag_of(ExpireDue)
#: How many forgotten commands leave the state with one sweep.
FORGOTTEN_MAX = 1000


def _nothing(_: State, __: Event, ___: Millis) -> None:
    """For what is only to be known."""


#: What each event does. An event without a line here fails a test (tests/unit/engine).
FOLDS: Mapping[type[Any], Callable[[State, Any, Millis], None]] = MappingProxyType(
    {
        RedemptionSucceeded: redemptions.redemption_succeeded,
        RedemptionFailed: redemptions.redemption_failed,
        RedemptionRolledBack: redemptions.redemption_rolled_back,
        RollbackFailed: _nothing,
        RedemptionsRetired: redemptions.redemptions_retired,
        SessionLocked: sessions.session_locked,
        SessionRefused: _nothing,
        SessionReleased: sessions.session_released,
        SessionsExpired: sessions.sessions_expired,
        VoucherCreated: vouchers.voucher_created,
        VoucherUpdated: vouchers.voucher_changed,
        VoucherEnabled: vouchers.voucher_changed,
        VoucherDisabled: vouchers.voucher_changed,
        VoucherDeleted: vouchers.voucher_deleted,
        BalanceAdjusted: vouchers.voucher_changed,
        Published: publications.published,
        PublicationRepeated: _nothing,
        PublicationFailed: publications.publication_failed,
        CampaignCreated: campaigns.campaign_created,
        CampaignUpdated: campaigns.campaign_changed,
        CampaignEnabled: campaigns.campaign_changed,
        CampaignDisabled: campaigns.campaign_changed,
        CampaignDeleted: campaigns.campaign_deleted,
        VouchersGenerated: campaigns.vouchers_generated,
        BinEntryAdded: bin.bin_entry_added,
        BinEntryRemoved: bin.bin_entry_removed,
        CampaignVouchersDeleted: bin.campaign_vouchers_deleted,
        CustomerCreated: customers.customer_stored,
        CustomerUpdated: customers.customer_stored,
        CustomerUnchanged: _nothing,
        CustomerDeleted: customers.customer_deleted,
        CustomerForgotten: erasures.customer_forgotten,
        ErasuresEnded: erasures.erasures_ended,
        CustomersSummed: customers.customers_summed,
        CustomEventTracked: _nothing,
        OrderCreated: customers.order_stored,
        OrderUpdated: customers.order_stored,
        RowsStaged: actions.rows_staged,
        ActionStarted: actions.action_started,
        ActionProgressed: actions.action_progressed,
        StagedRowsDropped: actions.staged_rows_dropped,
        ProjectCreated: projects.project_created,
        ProjectOpened: projects.project_opened,
        ProjectUpdated: projects.project_changed,
        ProjectDeleted: projects.project_changed,
        ProjectClosed: projects.project_closed,
        MetadataSchemaCreated: metadata.schema_stored,
        MetadataSchemaUpdated: metadata.schema_stored,
        MetadataSchemaDeleted: metadata.schema_deleted,
        WebhookCreated: webhooks.webhook_stored,
        WebhookUpdated: webhooks.webhook_stored,
        WebhookDisabled: webhooks.webhook_stored,
        WebhookDeleted: webhooks.webhook_deleted,
        RedeliveryRequested: _nothing,
        ValidationRuleCreated: rules.rule_stored,
        ValidationRuleUpdated: rules.rule_stored,
        ValidationRuleDeleted: rules.rule_deleted,
        RuleAssigned: rules.rule_assigned,
        RuleUnassigned: rules.rule_unassigned,
        AssignmentsDropped: rules.assignments_dropped,
        TierCreated: promotions.tier_created,
        TierUpdated: promotions.tier_changed,
        TierEnabled: promotions.tier_changed,
        TierDisabled: promotions.tier_changed,
        TierDeleted: promotions.tier_deleted,
        TiersMoved: promotions.tiers_moved,
        CampaignPromotionsDeleted: promotions.promotions_deleted,
        StackCreated: promotions.stack_stored,
        StackUpdated: promotions.stack_stored,
        StackDeleted: promotions.stack_deleted,
        StackingRulesCreated: stacking.stacking_stored,
        StackingRulesUpdated: stacking.stacking_stored,
        StackingRulesDeleted: stacking.stacking_deleted,
        CategoryCreated: categories.category_stored,
        CategoryUpdated: categories.category_stored,
        CategoryDeleted: categories.category_deleted,
        ProductCreated: products.product_stored,
        ProductUpdated: products.product_stored,
        ProductDeleted: products.product_deleted,
        SkuCreated: products.sku_stored,
        SkuUpdated: products.sku_stored,
        SkuDeleted: products.sku_deleted,
        CollectionCreated: products.collection_stored,
        CollectionUpdated: products.collection_stored,
        CollectionDeleted: products.collection_deleted,
        SegmentCreated: segments.segment_created,
        SegmentDeleted: segments.segment_deleted,
        SegmentEntered: segments.segment_entered,
        SegmentLeft: segments.segment_left,
        LocationCreated: locations.location_stored,
        LocationUpdated: locations.location_stored,
        LocationDeleted: locations.location_deleted,
        RewardCreated: rewards.reward_stored,
        RewardUpdated: rewards.reward_stored,
        RewardDeleted: rewards.reward_deleted,
        KeyAdded: projects.key_added,
        KeyRevoked: projects.key_revoked,
        TrustedOriginsChanged: projects.trusted_origins_changed,
        TokenRevoked: oauth.token_revoked,
        TokensForgotten: oauth.tokens_forgotten,
    }
)


def evolve(state: ProjectState, record: Record, offset: int) -> None:
    """Folds the record at `offset`; only decided commands change anything."""
    if not isinstance(record, Decided):
        return
    indexed = Indexed(state)
    for event in record.events:
        FOLDS[type(event)](indexed, event, record.at)
    if record.command_type == SWEEP:
        counts.drop_ended(state, record.at)
    _remember(state, record, offset)


def _remember(state: State, record: Decided, offset: int) -> None:
    """Notes the command, so that a repeat is known, and forgets those that are old enough.

    Old ones leave with the sweeps, within a bound: a day's commands at once would take too long.
    """
    today = record.at // DAY_MS
    seen = Seen(record.fingerprint, offset, record.command_id)
    state.put(tables.SEEN, seen, day_bucket(today), record.command_id)
    first = state.get(tables.SEEN_FROM)
    if first is None:
        state.put(tables.SEEN_FROM, today)
    elif first < today - SEEN_DAYS and record.command_type == SWEEP:
        _forget_commands(state, first)


def _forget_commands(state: State, day: int) -> None:
    bucket = day_bucket(day)
    forgotten = list(islice(state.scan(tables.SEEN, bucket), FORGOTTEN_MAX))
    for seen in forgotten:
        state.delete(tables.SEEN, bucket, seen.command_id)
    if len(forgotten) < FORGOTTEN_MAX:
        state.put(tables.SEEN_FROM, day + 1)
