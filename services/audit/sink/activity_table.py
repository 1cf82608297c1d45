"""The table of what customers did: one row for each entry of a feed, without personal data."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from engine.answers.activity import ActivityEntry, activity_entries
from engine.kernel.calendar import iso
from engine.kernel.encode import to_json
from runtime.clickhouse.database import Column
from runtime.clickhouse.table import sink_table
from schemas.base import Millis
from schemas.records import Decided, Record

_NAME: Final = "LowCardinality(String)"

ACTIVITY = sink_table(
    "customer_activity",
    (
        Column("project", _NAME),
        Column("customer_id", "String"),
        Column("at", "Int64", "Delta, ZSTD(1)"),
        Column("id", "String"),
        Column("type", _NAME),
        Column("campaign_id", _NAME),
        Column("campaign_type", _NAME),
        Column("redemption_id", "String"),
        Column("body", "String", "ZSTD(1)"),
    ),
    order_by=("project", "customer_id", "log_offset", "log_index"),
    erasable=True,
    revision=2,
)


class ActivityRow(NamedTuple):
    """An entry of a feed; `body` is what the feed shows but for the customer and the redemption."""

    project: str
    customer_id: str
    at: Millis
    id: str
    type: str
    campaign_id: str
    campaign_type: str
    redemption_id: str
    body: str


def activity_table_rows(record: Record) -> Iterator[ActivityRow]:
    """One row for each entry of a feed."""
    if isinstance(record, Decided):
        for entry in activity_entries(record):
            yield _row(record.project, entry, record.at)


def _row(project: str, entry: ActivityEntry, at: Millis) -> ActivityRow:
    body = {
        "type": entry.type,
        "data": entry.data,
        "created_at": iso(at),
        "group_id": entry.group_id,
        "redemption_id": entry.redemption_id,
    }
    return ActivityRow(
        project,
        entry.customer_id,
        at,
        entry.id,
        entry.type,
        entry.campaign_id,
        entry.campaign_type,
        entry.redemption_id,
        to_json(body).decode(),
    )
