"""The table of what customers did: one row for each entry of a feed, without personal data."""

from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec
from msgspec import field

from engine.answers.activity import ActivityEntry, activity_entries
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.orders.body import stored_order_body
from runtime.clickhouse.database import Column
from runtime.clickhouse.table import sink_table
from schemas.base import Millis, Shape
from schemas.orders import Order
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
        Column("voucher_id", "String"),
        Column("redemption_id", "String"),
        Column("body", "String", "ZSTD(1)"),
    ),
    order_by=("project", "customer_id", "log_offset", "log_index"),
    revision=4,
    erasable=True,
)


class ActivityRow(NamedTuple):
    """An entry of a feed."""

    project: str
    customer_id: str
    at: Millis
    id: str
    type: str
    campaign_id: str
    campaign_type: str
    voucher_id: str
    redemption_id: str
    #: As `shown_entry` takes it.
    body: str


class _Stored(Shape, frozen=True):
    """What a feed shows of an entry, but for the customer and the redemption."""

    type: str
    at: Millis
    group_id: str
    channel: str
    redemption_id: str = ""
    data: Body = field(default_factory=dict)
    #: It is part of the data, rendered when they are read.
    order: Order | None = None


_encode: Final = msgspec.json.Encoder(decimal_format="number").encode
_stored: Final = msgspec.json.Decoder(_Stored)


def activity_table_rows(record: Record) -> Iterable[ActivityRow]:
    """One row for each entry of a feed."""
    if not isinstance(record, Decided):
        return ()
    return [_row(record.project, entry, record.at) for entry in activity_entries(record)]


def _row(project: str, entry: ActivityEntry, at: Millis) -> ActivityRow:
    stored = _Stored(
        entry.type, at, entry.group_id, entry.channel, entry.redemption_id, entry.data, entry.order
    )
    return ActivityRow(
        project,
        entry.customer_id,
        at,
        entry.id,
        entry.type,
        entry.campaign_id,
        entry.campaign_type,
        entry.voucher_id,
        entry.redemption_id,
        _encode(stored).decode(),
    )


def shown_entry(entry_id: str, body: str) -> Body:
    """An entry from its id and its body, without the customer and the redemption."""
    stored = _stored.decode(body)
    data = stored.data
    if stored.order is not None:
        data["order"] = stored_order_body(stored.order)
    return {
        "id": entry_id,
        "type": stored.type,
        "data": data,
        "created_at": iso(stored.at),
        "group_id": stored.group_id,
        "redemption_id": stored.redemption_id,
        "channel": stored.channel,
    }
