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

from engine import tables
from engine.admission import SEEN_DAYS, day_bucket
from engine.folds import (
    actions,
    bin,
    campaigns,
    categories,
    counts,
    customers,
    erasures,
    locations,
    metadata,
    oauth,
    products,
    projects,
    promotions,
    publications,
    redemptions,
    rewards,
    rules,
    segments,
    sessions,
    stacking,
    vouchers,
    webhooks,
)
from engine.qualification.index import Indexed
from engine.state import ProjectState, State
from schemas import events as e
from schemas.actions import ActionProgressed, ActionStarted, RowsStaged, StagedRowsDropped
from schemas.base import DAY_MS, Millis, tag_of
from schemas.commands import ExpireDue
from schemas.entities import Seen
from schemas.records import Decided, Record

#: The stored type of the command that sweeps.
SWEEP = tag_of(ExpireDue)
#: How many forgotten commands leave the state with one sweep.
FORGOTTEN_MAX = 1000


def _nothing(_: State, __: e.Event, ___: Millis) -> None:
    """For what is only to be known."""


#: What each event does. An event without a line here fails a test (tests/unit/engine).
FOLDS: Mapping[type[Any], Callable[[State, Any, Millis], None]] = MappingProxyType(
    {
        e.RedemptionSucceeded: redemptions.redemption_succeeded,
        e.RedemptionFailed: redemptions.redemption_failed,
        e.RedemptionRolledBack: redemptions.redemption_rolled_back,
        e.RollbackFailed: _nothing,
        e.RedemptionsRetired: redemptions.redemptions_retired,
        e.SessionLocked: sessions.session_locked,
        e.SessionRefused: _nothing,
        e.SessionReleased: sessions.session_released,
        e.SessionsExpired: sessions.sessions_expired,
        e.VoucherCreated: vouchers.voucher_created,
        e.VoucherUpdated: vouchers.voucher_changed,
        e.VoucherEnabled: vouchers.voucher_changed,
        e.VoucherDisabled: vouchers.voucher_changed,
        e.VoucherDeleted: vouchers.voucher_deleted,
        e.BalanceAdjusted: vouchers.voucher_changed,
        e.Published: publications.published,
        e.PublicationRepeated: _nothing,
        e.PublicationFailed: publications.publication_failed,
        e.CampaignCreated: campaigns.campaign_created,
        e.CampaignUpdated: campaigns.campaign_changed,
        e.CampaignEnabled: campaigns.campaign_changed,
        e.CampaignDisabled: campaigns.campaign_changed,
        e.CampaignDeleted: campaigns.campaign_deleted,
        e.VouchersGenerated: campaigns.vouchers_generated,
        e.BinEntryAdded: bin.bin_entry_added,
        e.BinEntryRemoved: bin.bin_entry_removed,
        e.CampaignVouchersDeleted: bin.campaign_vouchers_deleted,
        e.CustomerCreated: customers.customer_stored,
        e.CustomerUpdated: customers.customer_stored,
        e.CustomerUnchanged: _nothing,
        e.CustomerDeleted: customers.customer_deleted,
        e.CustomerForgotten: erasures.customer_forgotten,
        e.ErasuresEnded: erasures.erasures_ended,
        e.CustomersSummed: customers.customers_summed,
        e.CustomEventTracked: _nothing,
        e.OrderCreated: customers.order_stored,
        e.OrderUpdated: customers.order_stored,
        RowsStaged: actions.rows_staged,
        ActionStarted: actions.action_started,
        ActionProgressed: actions.action_progressed,
        StagedRowsDropped: actions.staged_rows_dropped,
        e.ProjectCreated: projects.project_created,
        e.ProjectOpened: projects.project_opened,
        e.ProjectUpdated: projects.project_changed,
        e.ProjectDeleted: projects.project_changed,
        e.ProjectClosed: projects.project_closed,
        e.MetadataSchemaCreated: metadata.schema_stored,
        e.MetadataSchemaUpdated: metadata.schema_stored,
        e.MetadataSchemaDeleted: metadata.schema_deleted,
        e.WebhookCreated: webhooks.webhook_stored,
        e.WebhookUpdated: webhooks.webhook_stored,
        e.WebhookDisabled: webhooks.webhook_stored,
        e.WebhookDeleted: webhooks.webhook_deleted,
        e.RedeliveryRequested: _nothing,
        e.ValidationRuleCreated: rules.rule_stored,
        e.ValidationRuleUpdated: rules.rule_stored,
        e.ValidationRuleDeleted: rules.rule_deleted,
        e.RuleAssigned: rules.rule_assigned,
        e.RuleUnassigned: rules.rule_unassigned,
        e.AssignmentsDropped: rules.assignments_dropped,
        e.TierCreated: promotions.tier_created,
        e.TierUpdated: promotions.tier_changed,
        e.TierEnabled: promotions.tier_changed,
        e.TierDisabled: promotions.tier_changed,
        e.TierDeleted: promotions.tier_deleted,
        e.TiersMoved: promotions.tiers_moved,
        e.CampaignPromotionsDeleted: promotions.promotions_deleted,
        e.StackCreated: promotions.stack_stored,
        e.StackUpdated: promotions.stack_stored,
        e.StackDeleted: promotions.stack_deleted,
        e.StackingRulesCreated: stacking.stacking_stored,
        e.StackingRulesUpdated: stacking.stacking_stored,
        e.StackingRulesDeleted: stacking.stacking_deleted,
        e.CategoryCreated: categories.category_stored,
        e.CategoryUpdated: categories.category_stored,
        e.CategoryDeleted: categories.category_deleted,
        e.ProductCreated: products.product_stored,
        e.ProductUpdated: products.product_stored,
        e.ProductDeleted: products.product_deleted,
        e.SkuCreated: products.sku_stored,
        e.SkuUpdated: products.sku_stored,
        e.SkuDeleted: products.sku_deleted,
        e.CollectionCreated: products.collection_stored,
        e.CollectionUpdated: products.collection_stored,
        e.CollectionDeleted: products.collection_deleted,
        e.SegmentCreated: segments.segment_created,
        e.SegmentDeleted: segments.segment_deleted,
        e.SegmentEntered: segments.segment_entered,
        e.SegmentLeft: segments.segment_left,
        e.LocationCreated: locations.location_stored,
        e.LocationUpdated: locations.location_stored,
        e.LocationDeleted: locations.location_deleted,
        e.RewardCreated: rewards.reward_stored,
        e.RewardUpdated: rewards.reward_stored,
        e.RewardDeleted: rewards.reward_deleted,
        e.KeyAdded: projects.key_added,
        e.KeyRevoked: projects.key_revoked,
        e.TrustedOriginsChanged: projects.trusted_origins_changed,
        e.TokenRevoked: oauth.token_revoked,
        e.TokensForgotten: oauth.tokens_forgotten,
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
