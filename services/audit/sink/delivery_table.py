"""The attempts to send webhooks, as audit keeps them."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body, to_json
from runtime.clickhouse.database import Column
from runtime.clickhouse.table import SinkTable, sink_table
from runtime.log.log import StoredEntry
from schemas.webhooks import DeliveryAttempted

_NAME: Final = "LowCardinality(String)"
DELIVERIES = sink_table(
    "deliveries",
    (
        Column("project", _NAME),
        Column("at", "Int64", "Delta, ZSTD(1)"),
        Column("id", "String"),
        Column("webhook_id", _NAME),
        Column("event_id", "String"),
        Column("event", _NAME),
        Column("result", _NAME),
        Column("body", "String", "ZSTD(1)"),
    ),
    order_by=("project", "log_offset", "log_index"),
    found_by=("webhook_id", "event_id"),
)
_attempts = msgspec.json.Decoder(DeliveryAttempted)


async def attempt_of(entry: StoredEntry) -> DeliveryAttempted | None:
    """The attempt that an entry holds; None when it holds none."""
    try:
        return _attempts.decode(entry.value)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def delivery_rows(attempt: DeliveryAttempted | None) -> Iterator[tuple[Any, ...]]:
    """One row."""
    if attempt is not None:
        yield (
            attempt.project,
            attempt.at,
            attempt.id,
            attempt.webhook_id,
            attempt.event_id,
            attempt.event,
            attempt.result,
            to_json(delivery_body(attempt)).decode(),
        )


def delivery_body(attempt: DeliveryAttempted) -> Body:
    """An attempt as the list shows it."""
    return {
        "id": attempt.id,
        "object": "webhook_delivery",
        "webhook_id": attempt.webhook_id,
        "event_id": attempt.event_id,
        "event": attempt.event,
        "attempt": attempt.attempt,
        "result": attempt.result,
        "http_status": attempt.http_status,
        "error": attempt.error,
        "duration_ms": attempt.duration_ms,
        "redelivery": attempt.redelivery,
        "created_at": iso(attempt.at),
        "next_attempt_at": iso_or_none(attempt.next_attempt_at),
    }


#: What audit takes from the topic `deliveries`.
DELIVERY_TABLES: tuple[SinkTable[DeliveryAttempted | None], ...] = (
    SinkTable(DELIVERIES, delivery_rows),
)
