"""The log of API calls: the newest calls of a project, and what they are filtered by."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from fronts.query_string import (
    Given,
    Page,
    conditions_of,
    invalid,
    page_of,
    range_of,
    read_parameters,
    require_known,
    single,
    text_of,
)
from runtime.clickhouse.database import Column, Query
from runtime.clickhouse.sinks import Reads
from runtime.clickhouse.table import SinkTable, sink_table
from runtime.http.routing import caller_of
from runtime.log.log import StoredEntry
from schemas.base import Millis
from schemas.observations import ApiCallsObserved
from services.audit.lists.filters import Field, Where, number, text, time
from services.audit.lists.lists import PAGING, list_response
from services.audit.lists.queries import count_rows, page_clause

_observed: Final = msgspec.json.Decoder(ApiCallsObserved)
#: For what has few values, whatever clients send: the others are plain strings.
_NAME: Final = "LowCardinality(String)"

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
    ),
    # so that the newest are read without the rest
    order_by=("project", "at", "id"),
)


class ApiCallRow(NamedTuple):
    """One call."""

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
        )


async def api_calls_of(entry: StoredEntry) -> ApiCallsObserved | None:
    """The calls that an entry of the topic holds; None when it holds none."""
    try:
        return _observed.decode(entry.value)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


#: What audit takes from the topic `api-calls`.
API_CALL_TABLES: tuple[SinkTable[ApiCallsObserved], ...] = (SinkTable(API_CALLS, api_call_rows),)

ORDERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "created_at": ("at", "id"),
        "duration": ("duration_us", "at", "id"),
        "status": ("status", "at", "id"),
    }
)
FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "id": text("id"),
        "created_at": time("at"),
        "method": text("method", capitals=True),
        "path": text("path"),
        "route": text("route"),
        "status": number("status"),
        "duration_ms": number("intDiv(duration_us, 1000)"),
        "key_id": text("key_id"),
        "key_kind": text("key_kind"),
        "origin": text("origin"),
        "channel": text("channel"),
    }
)
#: Plain parameters; a path may be given as its route, too.
_PLAIN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "method": "method = upper({method:String})",
        "path": "(path = {path:String} OR route = {path:String})",
        "origin": "origin = {origin:String}",
        "channel": "channel = {channel:String}",
        "key_id": "key_id = {key_id:String}",
    }
)
_PARAMETERS: Final = PAGING | {"status", "created_at", "filters", *_PLAIN}
#: `4xx` stands for all of 400 to 499.
_CLASSES: Final[Mapping[str, int]] = {f"{number}xx": number for number in range(1, 6)}
_SHOWN: Final = (
    "id, at, method, path, route, status, duration_us, key_id, key_kind, origin, channel"
)


async def list_api_calls(reads: Reads, request: Request) -> Response:
    """GET /v1/audit/api-calls."""
    given = read_parameters(request.query_params.multi_items())
    require_known(given, _PARAMETERS)
    page = page_of(given, frozenset(ORDERS))
    where = _wanted(caller_of(request).project, given)
    await reads.ready(request)
    ((total, _),) = await reads.rows(count_rows(API_CALLS, where))
    rows = await reads.rows(calls_page(where, page)) if total else []
    return list_response("data", [_body(*row) for row in rows], total=total)


def calls_page(where: Where, page: Page) -> Query:
    """The calls of a page."""
    return Query(
        f"SELECT {_SHOWN} FROM {API_CALLS.full_name} WHERE {where.text} "  # noqa: S608  constants
        f"{page_clause(ORDERS[page.order], page)}",
        {**where.values, "limit": page.limit, "offset": page.offset},
    )


def _wanted(project: str, given: list[Given]) -> Where:
    where = Where(project)
    where.within("at", range_of(given, "created_at"))
    for name, test in _PLAIN.items():
        value = text_of(given, name)
        if value is not None:
            where.add(test, **{name: value})
    _add_status(where, single(given, "status"))
    where.satisfies(FIELDS, *conditions_of(given))
    return where


def _add_status(where: Where, given: Given | None) -> None:
    if given is None:
        return
    of_class = _CLASSES.get(given.value.lower())
    if of_class is not None:
        where.add("intDiv(status, 100) = {status:UInt16}", status=of_class)
    elif given.value.isascii() and given.value.isdecimal() and len(given.value) == 3:
        where.add("status = {status:UInt16}", status=int(given.value))
    else:
        raise invalid(given.name, "must be a status such as `404`, or `4xx`")


def _body(*row: Any) -> Body:
    call = dict(zip(_SHOWN.split(", "), row, strict=True))
    return {
        "id": call["id"],
        "object": "api_call",
        "created_at": iso(call["at"]),
        "method": call["method"],
        "path": call["path"],
        "route": call["route"],
        "status": call["status"],
        "duration_ms": msgspec.Raw(b"%.3f" % (call["duration_us"] / 1000)),
        "key": {"id": call["key_id"], "kind": call["key_kind"]},
        "origin": call["origin"],
        "channel": call["channel"],
    }
