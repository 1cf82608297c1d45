"""Every redemption and rollback, as audit keeps it: with its body as JSON, which holds nothing personal."""

from collections.abc import Iterator
from typing import Any

from engine.kernel.encode import to_json
from engine.redemptions.history_rows import RedemptionRow, redemption_rows
from runtime.clickhouse.database import Column
from runtime.clickhouse.table import sink_table
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
        #: Of failed redemptions the sentence of the dashboard; what is said of a rollback is its own.
        Column("reason", _NAME),
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
    revision=2,
)


def redemption_table_rows(record: Record) -> Iterator[tuple[Any, ...]]:
    """One row for each redemption, failure, rollback, and for the parent of a stack."""
    if isinstance(record, Decided):
        for row in redemption_rows(record):
            yield _redemption(record.project, row)


def _redemption(project: str, row: RedemptionRow) -> tuple[Any, ...]:
    voucher = row.body.get("voucher") or {}
    tier = row.body.get("promotion_tier") or {}
    campaign_name = voucher.get("campaign") or tier.get("campaign", {}).get("name")
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
        voucher.get("campaign_id") or tier.get("campaign_id") or "",
        campaign_name or "",
        row.failure_code,
        row.body.get("reason", "") if row.object == "redemption" else "",
        row.customer_id,
        row.body.get("tracking_id") or "",
        row.parent_id,
        row.redemption_id,
        row.order_id,
        to_json(row.body).decode(),
    )
