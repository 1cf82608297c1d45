"""The log of API calls: the newest calls of a project, and what they are filtered by."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from fronts.query_string import (
    Given,
    Page,
    conditions_of,
    invalid_parameter,
    page_of,
    range_of,
    require_known,
    single_parameter,
    text_of,
)
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.routing import caller_of
from services.audit.lists.filters import Field, Where, number, text, time
from services.audit.lists.lists import PAGING, list_response
from services.audit.lists.parameters import parameters_of
from services.audit.lists.queries import count_rows, page_clause
from services.audit.sink.api_call_table import API_CALLS, JOINT

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
        "ignored_members": text("ignored_members"),
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
    "id, at, method, path, route, status, duration_us, key_id, key_kind, origin, channel, "
    "ignored_members"
)


async def list_api_calls(reads: Reads, request: Request) -> Response:
    """GET /v1/audit/api-calls."""
    given = parameters_of(request)
    require_known(given, _PARAMETERS)
    page = page_of(given, frozenset(ORDERS))
    where = _wanted_calls(caller_of(request).project, given)
    reads = reads.up_to(request)
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


def _wanted_calls(project: str, given: list[Given]) -> Where:
    where = Where(project)
    where.within("at", range_of(given, "created_at"))
    for name, test in _PLAIN.items():
        value = text_of(given, name)
        if value is not None:
            where.add(test, **{name: value})
    _add_status(where, single_parameter(given, "status"))
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
        raise invalid_parameter(given.name, "must be a status such as `404`, or `4xx`")


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
        "duration_ms": call["duration_us"] / 1000,
        "key": {"id": call["key_id"], "kind": call["key_kind"]},
        "origin": call["origin"],
        "channel": call["channel"],
        "ignored_members": call["ignored_members"].split(JOINT) if call["ignored_members"] else [],
    }
