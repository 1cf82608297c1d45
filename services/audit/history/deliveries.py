"""The attempts to send events to webhooks, as rows and as a list; an addition to the contract.

They come from the topic `deliveries`. After a crash an attempt may be listed twice, with one id.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body, to_json
from fronts.query_string import page_of, range_of, read_parameters, require_known, text_of
from runtime.clickhouse.database import Column
from runtime.clickhouse.sinks import Reads
from runtime.clickhouse.table import SinkTable, sink_table
from runtime.http.routing import caller_of
from runtime.log.log import StoredEntry
from schemas.webhooks import DeliveryAttempted
from services.audit.lists import queries
from services.audit.lists.filters import Where
from services.audit.lists.lists import PAGING, list_response

_NAME: Final = "LowCardinality(String)"
_FILTERS: Final = ("webhook_id", "event_id", "event", "result")

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


async def list_deliveries(reads: Reads, request: Request) -> Response:
    """GET /v1/webhook-deliveries: the newest first."""
    given = read_parameters(request.query_params.multi_items())
    require_known(given, PAGING | {"created_at", *_FILTERS})
    page = page_of(given, frozenset({"created_at"}))
    where = Where(caller_of(request).project)
    where.within("at", range_of(given, "created_at"))
    for name in _FILTERS:
        value = text_of(given, name)
        if value is not None:
            where.add(f"{name} = {{{name}:String}}", **{name: value})
    await reads.ready(request)
    ((total, newest),) = await reads.rows(queries.count_rows(DELIVERIES, where))
    where.add("log_offset <= {newest:Int64}", newest=newest)
    query = queries.list_rows(DELIVERIES, where, page, ("log_offset", "log_index"))
    rows = await reads.rows(query) if total else []
    return list_response("data", [msgspec.json.decode(body) for _, body in rows], total=total)
