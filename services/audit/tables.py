"""What audit keeps of the ledger: every redemption and rollback, and the newest state of entities.

Both are pure functions of one record. Bodies of redemptions hold no personal data: readers join
the customer, so one who is forgotten leaves every list.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import structs

from engine.render.encode import to_json
from engine.render.rows import RedemptionRow, redemption_rows
from engine.state import encode
from runtime.clickhouse import Column, TableDef
from runtime.sink_table import SinkTable, sink_table
from schemas.base import Millis
from schemas.entities import Customer, Order, Project, Voucher
from schemas.events import (
    CustomerCreated,
    CustomerUpdated,
    Event,
    ProjectCreated,
    RedemptionRolledBack,
    RedemptionSucceeded,
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.records import Decided, Record

_NAME = "LowCardinality(String)"

REDEMPTIONS = sink_table(
    "redemptions",
    (
        Column("project", _NAME),
        Column("at", "Int64", "Delta, ZSTD(1)"),
        Column("id", "String"),
        Column("object", _NAME),
        Column("result", _NAME),
        Column("status", _NAME),
        Column("voucher_code", "String"),
        Column("related_object_type", _NAME),
        Column("related_object_id", "String"),
        Column("campaign_id", _NAME),
        Column("campaign_name", _NAME),
        Column("failure_code", _NAME),
        Column("customer_id", "String"),
        Column("tracking_id", "String"),
        Column("parent_id", "String"),
        Column("redemption_id", "String"),
        Column("order_id", "String"),
        Column("body", "String", "ZSTD(1)"),
    ),
    # A project lies in one partition, so the order of the log is the order of time.
    order_by=("project", "log_offset", "log_index"),
    found_by=("id", "voucher_code", "redemption_id", "customer_id"),
)

ENTITIES = sink_table(
    "entities",
    (
        Column("project", _NAME),
        Column("kind", _NAME),
        Column("id", "String"),
        #: A voucher's code, a customer's or an order's source id.
        Column("alias", "String"),
        Column("created_at", "Int64", "ZSTD(1)"),
        Column("updated_at", "Int64", "ZSTD(1)"),
        Column("deleted", "UInt8"),
        Column("body", "String", "ZSTD(1)"),
    ),
    order_by=("project", "kind", "id"),
    latest_only=True,
    found_by=("alias",),
)


class EntityRow(NamedTuple):
    """The newest state of an entity, or that it is gone."""

    project: str
    kind: str
    id: str
    alias: str
    created_at: Millis
    #: 0 when it never changed.
    updated_at: Millis
    deleted: int
    #: As `engine.state.encode` writes it; empty when it is gone.
    body: str


def redemption_table_rows(record: Record) -> Iterator[tuple[Any, ...]]:
    """One row for each redemption, failure, rollback, and for the parent of a stack."""
    if isinstance(record, Decided):
        for row in redemption_rows(record):
            yield _redemption(record.project, row)


def _redemption(project: str, row: RedemptionRow) -> tuple[Any, ...]:
    voucher = row.body.get("voucher") or {}
    return (
        project,
        row.date,
        row.id,
        row.object,
        row.result,
        row.status,
        row.voucher_code,
        row.related_object_type,
        row.related_object_id,
        voucher.get("campaign_id") or "",
        voucher.get("campaign") or "",
        row.failure_code,
        row.customer_id,
        row.body.get("tracking_id") or "",
        row.parent_id,
        row.redemption_id,
        row.order_id,
        to_json(row.body).decode(),
    )


def entity_table_rows(record: Record) -> Iterator[EntityRow]:
    """The entities that a record changed, each as it is after it."""
    if isinstance(record, Decided):
        for event in record.events:
            yield from _changed(record.project, event)


def _changed(project: str, event: Event) -> Iterator[EntityRow]:
    match event:
        case (
            VoucherCreated(voucher)
            | VoucherUpdated(voucher)
            | VoucherEnabled(voucher)
            | VoucherDisabled(voucher)
        ):
            yield _voucher(project, voucher)
        case VoucherDeleted(voucher_id, code):
            yield EntityRow(project, "voucher", voucher_id, code, 0, 0, 1, "")
        case CustomerCreated(customer) | CustomerUpdated(customer):
            yield _customer(project, customer)
        case RedemptionSucceeded() | RedemptionRolledBack():
            vouchers, order = _touched(event)
            for voucher in vouchers:
                yield _voucher(project, voucher)
            if order is not None:
                yield _order(project, order)
        case ProjectCreated(created):
            yield _project(project, created)


def _touched(
    event: RedemptionSucceeded | RedemptionRolledBack,
) -> tuple[list[Voucher], Order | None]:
    """The vouchers and the order as they are after the event."""
    if isinstance(event, RedemptionRolledBack):
        found = [each.voucher for each in event.rollbacks]
        return [each for each in found if each is not None], event.order
    applied = [each for each in event.evaluation.outcomes if each.status == "APPLICABLE"]
    return [each.voucher for each in applied if each.voucher is not None], event.evaluation.order


def _project(project: str, created: Project) -> EntityRow:
    # The origins change by events of their own, which do not hold the whole project.
    body = encode(structs.replace(created, trusted_origins=())).decode()
    return EntityRow(project, "project", created.id, "", created.created_at, 0, 0, body)


def _voucher(project: str, voucher: Voucher) -> EntityRow:
    return EntityRow(
        project,
        "voucher",
        voucher.id,
        voucher.code,
        voucher.created_at,
        voucher.updated_at or 0,
        0,
        encode(voucher).decode(),
    )


def _customer(project: str, customer: Customer) -> EntityRow:
    data = customer.personal.data
    return EntityRow(
        project,
        "customer",
        customer.id,
        (data and data.source_id) or "",
        customer.created_at,
        customer.updated_at or 0,
        0,
        encode(customer).decode(),
    )


def _order(project: str, order: Order) -> EntityRow:
    return EntityRow(
        project,
        "order",
        order.id,
        order.source_id or "",
        order.created_at or 0,
        order.updated_at or 0,
        0,
        encode(order).decode(),
    )


#: What audit takes from the topic `ledger`.
LEDGER_TABLES: tuple[SinkTable[Record], ...] = (
    SinkTable(REDEMPTIONS, redemption_table_rows),
    SinkTable(ENTITIES, entity_table_rows),
)
DEFINITIONS: tuple[TableDef, ...] = (REDEMPTIONS, ENTITIES)
