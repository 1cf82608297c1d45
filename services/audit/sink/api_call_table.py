"""The calls of the API, as audit keeps them."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from runtime.clickhouse.database import Column
from runtime.clickhouse.table import SinkTable, sink_table
from runtime.log.log import StoredEntry, decode_entry
from schemas.base import Millis
from schemas.observations import ApiCallsObserved

_observed: Final = msgspec.json.Decoder(ApiCallsObserved)
#: For what has few values, whatever clients send: the others are plain strings.
_NAME: Final = "LowCardinality(String)"
#: Stands between the paths of members, none of which holds it.
JOINT: Final = ", "

API_CALLS = sink_table(
    "api_calls",
    (
        Column("project", _NAME),
        Column("at", "Int64", "Delta, ZSTD(1)"),
        Column("id", "String"),
        Column("method", _NAME),
        Column("path", "String", "ZSTD(1)"),
        Column("route", "String", "ZSTD(1)"),
        Column("status", "UInt16"),
        Column("duration_us", "UInt32"),
        Column("key_id", _NAME),
        Column("key_kind", _NAME),
        Column("origin", "String", "ZSTD(1)"),
        Column("channel", "String", "ZSTD(1)"),
        Column("ignored_members", "String", "ZSTD(1)"),
        Column("query", "String", "ZSTD(1)"),
        #: The record of the ledger that answered; -1: none did.
        Column("record_offset", "Int64", "Delta, ZSTD(1)"),
        Column("body", "String", "ZSTD(1)"),
        Column("unkept", _NAME),
        Column("validation_id", "String", "ZSTD(1)"),
        Column("other_record", "String", "ZSTD(1)"),
    ),
    # so that the newest are read without the rest
    order_by=("project", "at", "id"),
    found_by=("id", "other_record"),
)
#: What was decided of it, for whichever project, is in the ledger, so it is kept for good.
CHANGED: Final = "(record_offset >= 0 OR other_record != '')"


class ApiCallRow(NamedTuple):
    """A call as its table holds it."""

    project: str
    at: Millis
    id: str
    method: str
    path: str
    route: str
    status: int
    duration_us: int
    key_id: str
    key_kind: str
    origin: str
    channel: str
    #: With commas between them.
    ignored_members: str
    query: str
    record_offset: int
    body: str
    unkept: str
    validation_id: str
    other_record: str


def api_call_rows(observed: ApiCallsObserved) -> Iterator[ApiCallRow]:
    """The calls that were observed."""
    for call in observed.calls:
        yield ApiCallRow(
            observed.project,
            call.at,
            call.request_id,
            call.method,
            call.path,
            call.route,
            call.status,
            call.duration_us,
            call.key_id,
            call.key_kind,
            call.origin,
            call.channel,
            JOINT.join(call.ignored),
            call.query,
            call.record,
            call.body,
            call.unkept,
            call.validation,
            call.other,
        )


async def api_calls_of(entry: StoredEntry) -> ApiCallsObserved | None:
    """The calls that an entry of the topic holds; None when it holds none."""
    return decode_entry(_observed, entry)


#: What audit takes from the topic `api-calls`.
API_CALL_TABLES: tuple[SinkTable[ApiCallsObserved], ...] = (SinkTable(API_CALLS, api_call_rows),)
