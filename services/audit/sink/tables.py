"""What audit keeps of the ledger: every redemption and rollback, and the newest state of entities.

Both are pure functions of one record. Bodies of redemptions hold no personal data: readers join
the customer, so one who is forgotten leaves every list.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from runtime.clickhouse.database import TableDef
from runtime.clickhouse.native_block import Alike
from runtime.clickhouse.table import Selection, SinkTable
from schemas.actions import ActionProgressed, ActionStarted
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
from schemas.categories import CategoryCreated, CategoryDeleted, CategoryUpdated
from schemas.collections import CollectionCreated, CollectionDeleted, CollectionUpdated
from schemas.customers import CustomerCreated, CustomerDeleted, CustomersSummed, CustomerUpdated
from schemas.erasures import CustomerForgotten, ForgetCustomer, PermanentDeletion
from schemas.locations import LocationCreated, LocationDeleted, LocationUpdated
from schemas.orders import OrderCreated, OrderUpdated
from schemas.products import (
    ProductCreated,
    ProductDeleted,
    ProductUpdated,
    SkuCreated,
    SkuDeleted,
    SkuUpdated,
)
from schemas.projects import ProjectCreated
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
from schemas.publications import PublicationFailed, Published
from schemas.records import Decided, Record
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded
from schemas.rules import ValidationRuleCreated, ValidationRuleDeleted, ValidationRuleUpdated
from schemas.segments import SegmentCreated, SegmentDeleted, SegmentUpdated
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from services.audit.sink import (
    category_rows,
    location_rows,
    product_rows,
    promotion_rows,
    segment_rows,
)
from services.audit.sink import entity_rows as rows
from services.audit.sink.activity_table import ACTIVITY, activity_table_rows
from services.audit.sink.entities import ENTITIES, EntityRow
from services.audit.sink.redemption_table import REDEMPTIONS, redemption_table_rows
from services.audit.sink.segment_rows import MEMBERS, member_table_rows
from services.audit.sink.transaction_table import TRANSACTIONS, transaction_table_rows

#: The stored type of the command that forgets; everything else erases nothing.
FORGET = tag_of(ForgetCustomer)


_RowsOf = Callable[[str, Any], Iterable[EntityRow | Alike]]


#: What each event changes; one without a line here changes nothing that is listed.
_ENTITY_ROWS: Mapping[type[Any], _RowsOf] = MappingProxyType(
    {
        RedemptionSucceeded: rows.redeemed,
        RedemptionRolledBack: rows.rolled_back,
        VoucherCreated: rows.voucher_changed,
        VoucherUpdated: rows.voucher_changed,
        VoucherEnabled: rows.voucher_changed,
        VoucherDisabled: rows.voucher_changed,
        VoucherDeleted: rows.voucher_deleted,
        VouchersGenerated: rows.vouchers_generated,
        CampaignCreated: rows.campaign_created,
        CampaignUpdated: rows.campaign_changed,
        CampaignEnabled: rows.campaign_changed,
        CampaignDisabled: rows.campaign_changed,
        CampaignDeleted: rows.campaign_deleted,
        CampaignVouchersDeleted: rows.campaign_vouchers_deleted,
        BalanceAdjusted: rows.voucher_changed,
        TierCreated: rows.tier_created,
        TierUpdated: promotion_rows.tier_changed,
        TierEnabled: promotion_rows.tier_changed,
        TierDisabled: promotion_rows.tier_changed,
        TiersMoved: promotion_rows.tiers_moved,
        TierDeleted: rows.tier_deleted,
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
        BinEntryAdded: rows.bin_entry_added,
        BinEntryRemoved: rows.bin_entry_removed,
        ActionStarted: rows.action_changed,
        ActionProgressed: rows.action_changed,
        CustomerCreated: rows.customer_changed,
        CustomerUpdated: rows.customer_changed,
        CustomerDeleted: rows.customer_deleted,
        CustomerForgotten: rows.customer_forgotten,
        CustomersSummed: rows.customers_summed,
        OrderCreated: rows.order_changed,
        OrderUpdated: rows.order_changed,
        Published: rows.published,
        PublicationFailed: rows.published,
        ProjectCreated: rows.project_created,
        ValidationRuleCreated: rows.rule_changed,
        ValidationRuleUpdated: rows.rule_changed,
        ValidationRuleDeleted: rows.rule_deleted,
        RuleAssigned: rows.rule_assigned,
        RuleUnassigned: rows.rule_unassigned,
        AssignmentsDropped: rows.assignments_dropped,
    }
)


def entity_table_rows(record: Record) -> Iterator[EntityRow | Alike]:
    """The entities that a record changed, each as it is after it."""
    if isinstance(record, Decided):
        for event in record.events:
            rows_of = _ENTITY_ROWS.get(type(event))
            if rows_of is not None:
                yield from rows_of(record.project, event)


def forgotten_entities(record: Record) -> Sequence[Selection]:
    """Whatever was listed of a customer who is forgotten."""
    return [
        {"project": record.project, "kind": "customer", "id": deletion.customer_id}
        for record, deletion in _forgotten(record)
    ]


def forgotten_activity(record: Record) -> Sequence[Selection]:
    """The feed of a customer who is forgotten."""
    return [
        {"project": record.project, "customer_id": deletion.customer_id}
        for record, deletion in _forgotten(record)
    ]


def _forgotten(record: Record) -> Iterator[tuple[Decided, PermanentDeletion]]:
    if isinstance(record, Decided) and record.command_type == FORGET:
        for event in record.events:
            if isinstance(event, CustomerForgotten):
                yield record, event.deletion


#: What audit takes from the topic `ledger`.
LEDGER_TABLES: tuple[SinkTable[Record], ...] = (
    SinkTable(REDEMPTIONS, redemption_table_rows),
    SinkTable(ENTITIES, entity_table_rows, forgotten_entities),
    SinkTable(ACTIVITY, activity_table_rows, forgotten_activity),
    SinkTable(TRANSACTIONS, transaction_table_rows),
    SinkTable(MEMBERS, member_table_rows),
)


DEFINITIONS: tuple[TableDef, ...] = (REDEMPTIONS, ENTITIES, ACTIVITY, TRANSACTIONS, MEMBERS)
