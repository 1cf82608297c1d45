"""What audit keeps of the ledger: every redemption and rollback, and the newest state of entities.

Both are pure functions of one record. Bodies of redemptions hold no personal data: readers join
the customer, so one who is forgotten leaves every list.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from runtime.clickhouse.database import TableDef
from runtime.clickhouse.native_block import Alike
from runtime.clickhouse.table import Late, Selection, SinkTable
from schemas.actions import ActionProgressed, ActionStarted, RowsStaged, StagedRowsDropped
from schemas.alerts import AlertContinued, AlertRaised, AlertThresholdsUpdated
from schemas.assignments import AssignmentsDropped, RuleAssigned, RuleUnassigned
from schemas.balances import BalanceAdjusted
from schemas.base import tag_of
from schemas.bin import BinEntryAdded, BinEntryRemoved, CampaignVouchersDeleted
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
from schemas.customers import (
    CustomerCreated,
    CustomerDeleted,
    CustomersSummed,
    CustomerUnchanged,
    CustomerUpdated,
)
from schemas.earning import (
    EARNING_RULE_EVENTS,
    EarningRefused,
    OrderEarningsEnded,
    PointsEarned,
    PointsPending,
    PointsTakenBack,
)
from schemas.erasures import CustomerForgotten, ErasuresEnded, ForgetCustomer
from schemas.events import PLAIN_SETUP_EVENTS, PROGRAM_SETUP_EVENTS, QUIET_EVENTS, events_of
from schemas.exports import ExportCreated, ExportDeleted, ExportReported, ExportsDropped
from schemas.keys import KEY_EVENTS
from schemas.locations import LocationCreated, LocationDeleted, LocationUpdated
from schemas.loyalty_tiers import (
    LOYALTY_TIER_EVENTS,
    TIER_KEPT_EVENTS,
    TierDowngraded,
    TierJoined,
    TierLeft,
    TierUpgraded,
)
from schemas.notifications import NotificationsRead
from schemas.orders import OrderCreated, OrderUpdated
from schemas.pending import PendingPointsActivated, PendingPointsAdjusted, PendingPointsCanceled
from schemas.points import PointsExpired, PointsExpiring, PointsTransferred
from schemas.prizes import CustomerRewarded, RewardTakenBack, RewardWithheld
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
from schemas.records import Decided, Record
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.referrals import REFERRAL_EVENTS
from schemas.rules import ValidationRuleCreated, ValidationRuleDeleted, ValidationRuleUpdated
from schemas.segments import (
    SegmentCreated,
    SegmentDeleted,
    SegmentEntered,
    SegmentLeft,
    SegmentUpdated,
)
from schemas.sessions import SESSION_EVENTS
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
from services.audit.sink import (
    action_rows,
    alert_rows,
    bin_rows,
    campaign_rows,
    category_rows,
    customer_rows,
    export_rows,
    location_rows,
    notification_rows,
    order_rows,
    product_rows,
    promotion_rows,
    publication_rows,
    redemption_rows,
    rule_rows,
    segment_rows,
    standing_rows,
    voucher_rows,
)
from services.audit.sink.activity_table import ACTIVITY, activity_table_rows
from services.audit.sink.entities import ENTITIES, EntityRow
from services.audit.sink.event_table import EVENTS, event_table_rows
from services.audit.sink.points_rows import bucket_rows
from services.audit.sink.redemption_table import REDEMPTIONS, redemption_table_rows
from services.audit.sink.segment_rows import MEMBERS, member_table_rows
from services.audit.sink.transaction_table import TRANSACTIONS, transaction_table_rows
from services.audit.sink.validation_table import VALIDATIONS, session_rows

#: The stored type of the command that forgets; everything else erases nothing.
FORGET = tag_of(ForgetCustomer)
_RowsOf = Callable[[str, Any], Iterable[EntityRow | Alike | Late]]
#: The rows that each event changes.
ROWS: Mapping[type[Any], _RowsOf] = MappingProxyType(
    {
        RedemptionSucceeded: redemption_rows.redemption_succeeded,
        RedemptionRolledBack: redemption_rows.redemption_rolled_back,
        VoucherCreated: voucher_rows.voucher_changed,
        VoucherUpdated: voucher_rows.voucher_changed,
        VoucherEnabled: voucher_rows.voucher_changed,
        VoucherDisabled: voucher_rows.voucher_changed,
        VoucherDeleted: voucher_rows.voucher_deleted,
        VouchersGenerated: voucher_rows.vouchers_generated,
        CampaignCreated: campaign_rows.campaign_created,
        CampaignUpdated: campaign_rows.campaign_changed,
        CampaignEnabled: campaign_rows.campaign_changed,
        CampaignDisabled: campaign_rows.campaign_changed,
        CampaignDeleted: campaign_rows.campaign_deleted,
        CampaignVouchersDeleted: voucher_rows.campaign_vouchers_deleted,
        BalanceAdjusted: voucher_rows.voucher_changed,
        PointsExpired: voucher_rows.voucher_changed,
        PointsExpiring: voucher_rows.voucher_changed,
        PointsTransferred: voucher_rows.points_transferred,
        CustomerRewarded: voucher_rows.voucher_changed,
        RewardTakenBack: voucher_rows.reward_taken_back,
        PointsEarned: voucher_rows.voucher_changed,
        PointsPending: voucher_rows.voucher_changed,
        PointsTakenBack: voucher_rows.voucher_changed,
        PendingPointsActivated: voucher_rows.voucher_changed,
        PendingPointsAdjusted: voucher_rows.voucher_changed,
        PendingPointsCanceled: voucher_rows.voucher_changed,
        TierJoined: standing_rows.tier_moved,
        TierLeft: standing_rows.tier_moved,
        TierUpgraded: standing_rows.tier_moved,
        TierDowngraded: standing_rows.tier_moved,
        TierCreated: campaign_rows.tier_created,
        TierUpdated: promotion_rows.tier_changed,
        TierEnabled: promotion_rows.tier_changed,
        TierDisabled: promotion_rows.tier_changed,
        TiersMoved: promotion_rows.tiers_moved,
        TiersOrdered: promotion_rows.tiers_moved,
        TierDeleted: campaign_rows.tier_deleted,
        CampaignPromotionsDeleted: promotion_rows.promotions_deleted,
        StackCreated: promotion_rows.stack_changed,
        StackUpdated: promotion_rows.stack_changed,
        StackDeleted: promotion_rows.stack_deleted,
        CategoryCreated: category_rows.category_changed,
        CategoryUpdated: category_rows.category_changed,
        CategoryDeleted: category_rows.category_deleted,
        LocationCreated: location_rows.location_changed,
        LocationUpdated: location_rows.location_changed,
        LocationDeleted: location_rows.location_deleted,
        ProductCreated: product_rows.product_changed,
        ProductUpdated: product_rows.product_changed,
        ProductDeleted: product_rows.product_deleted,
        SkuCreated: product_rows.sku_changed,
        SkuUpdated: product_rows.sku_changed,
        SkuDeleted: product_rows.sku_deleted,
        CollectionCreated: product_rows.collection_changed,
        CollectionUpdated: product_rows.collection_changed,
        CollectionDeleted: product_rows.collection_deleted,
        SegmentCreated: segment_rows.segment_changed,
        SegmentUpdated: segment_rows.segment_changed,
        SegmentDeleted: segment_rows.segment_deleted,
        BinEntryAdded: bin_rows.bin_entry_added,
        BinEntryRemoved: bin_rows.bin_entry_removed,
        AlertThresholdsUpdated: alert_rows.thresholds_updated,
        AlertRaised: alert_rows.alert_raised,
        AlertContinued: alert_rows.alert_continued,
        ExportCreated: export_rows.export_created,
        ExportReported: export_rows.export_reported,
        ExportDeleted: export_rows.export_deleted,
        ExportsDropped: export_rows.exports_dropped,
        ActionStarted: action_rows.action_started,
        ActionProgressed: action_rows.action_progressed,
        WebhookDisabled: notification_rows.webhook_disabled,
        NotificationsRead: notification_rows.notifications_read,
        CustomerCreated: customer_rows.customer_changed,
        CustomerUpdated: customer_rows.customer_changed,
        CustomerDeleted: customer_rows.customer_deleted,
        CustomerForgotten: customer_rows.customer_forgotten,
        CustomersSummed: customer_rows.customers_summed,
        OrderCreated: order_rows.order_changed,
        OrderUpdated: order_rows.order_changed,
        PublicationSucceeded: publication_rows.publication_ended,
        PublicationFailed: publication_rows.publication_ended,
        ValidationRuleCreated: rule_rows.rule_changed,
        ValidationRuleUpdated: rule_rows.rule_changed,
        ValidationRuleDeleted: rule_rows.rule_deleted,
        RuleAssigned: rule_rows.rule_assigned,
        RuleUnassigned: rule_rows.rule_unassigned,
        AssignmentsDropped: rule_rows.assignments_dropped,
    }
)

#: What changes no row of an entity.
UNLISTED = events_of(
    # Lists of it are read from the state.
    PLAIN_SETUP_EVENTS,
    EARNING_RULE_EVENTS,
    KEY_EVENTS,
    LOYALTY_TIER_EVENTS,
    PROJECT_EVENTS,
    PROGRAM_SETUP_EVENTS,
    WebhookCreated,
    WebhookUpdated,
    WebhookDeleted,
    RedeliveryRequested,
    WebhookTestRequested,
    # It has a table of its own, and changes no entity: redemptions, or activities.
    RedemptionFailed,
    RollbackFailed,
    CUSTOM_EVENTS,
    REFERRAL_EVENTS,
    QUIET_EVENTS,
    RewardWithheld,
    SegmentEntered,
    SegmentLeft,
    EarningRefused,
    TIER_KEPT_EVENTS,
    # Nobody lists it, or what it is about stays as it is.
    CategoriesOrdered,
    SESSION_EVENTS,
    CustomerUnchanged,
    PublicationRepeated,
    RedemptionsRetired,
    RowsStaged,
    StagedRowsDropped,
    ErasuresEnded,
    OrderEarningsEnded,
)


def entity_table_rows(record: Record) -> list[EntityRow | Alike | Late]:
    """The entities that a record changed, each as it is after it."""
    rows: list[EntityRow | Alike | Late] = []
    if isinstance(record, Decided):
        for event in record.events:
            rows_of = ROWS.get(type(event))
            if rows_of is not None:
                rows += rows_of(record.project, event)
            rows += bucket_rows(record.project, event)
    return rows


def forgotten_entities(record: Record) -> Sequence[Selection]:
    """Whatever was listed of a customer who is forgotten."""
    return [
        {"project": project, "kind": "customer", "id": customer_id}
        for project, customer_id in _forgotten_in(record)
    ]


def forgotten_activity(record: Record) -> Sequence[Selection]:
    """The feed of a customer who is forgotten."""
    return [
        {"project": project, "customer_id": customer_id}
        for project, customer_id in _forgotten_in(record)
    ]


def _forgotten_in(record: Record) -> Sequence[tuple[str, str]]:
    """Project and id of the customers who are forgotten with a record: nearly always nobody."""
    if not isinstance(record, Decided) or record.command_type != FORGET:
        return ()
    return [
        (record.project, event.deletion.customer_id)
        for event in record.events
        if isinstance(event, CustomerForgotten)
    ]


#: What audit takes from the topic `ledger`.
LEDGER_TABLES: tuple[SinkTable[Record], ...] = (
    SinkTable(REDEMPTIONS, redemption_table_rows),
    SinkTable(ENTITIES, entity_table_rows, forgotten_entities),
    SinkTable(ACTIVITY, activity_table_rows, forgotten_activity),
    SinkTable(TRANSACTIONS, transaction_table_rows),
    SinkTable(MEMBERS, member_table_rows),
    SinkTable(VALIDATIONS, session_rows),
    SinkTable(EVENTS, event_table_rows),
)
DEFINITIONS: tuple[TableDef, ...] = (
    REDEMPTIONS,
    ENTITIES,
    ACTIVITY,
    TRANSACTIONS,
    MEMBERS,
    VALIDATIONS,
    EVENTS,
)
