"""What the log of calls asks of its table, and how a call is shown."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from fronts.query_string import Page
from runtime.clickhouse.database import Query
from runtime.http.api_calls import NO_RECORD
from schemas.base import DAY_MS, Millis
from services.audit.lists.filters import Field, Where, number, text, texts, time
from services.audit.lists.queries import page_clause
from services.audit.sink.api_call_table import API_CALLS, CHANGED, JOINT

#: What kind of thing it is about: the word of its path after the version.
TYPE: Final = "splitByChar('/', route)[if(startsWith(route, '/v1/'), 3, 4)]"
ORDERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "created_at": ("at", "id"),
        "duration": ("duration_us", "at", "id"),
        "status": ("status", "at", "id"),
        "origin": ("origin", "at", "id"),
        "path": ("path", "at", "id"),
        "type": (TYPE, "at", "id"),
        "key_id": ("key_id", "at", "id"),
        "method": ("method", "at", "id"),
        "channel": ("channel", "at", "id"),
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
        "duration_ms": number("duration_us", scale=1000),
        "key_id": text("key_id"),
        "key_kind": text("key_kind"),
        "origin": text("origin"),
        "channel": text("channel"),
        "ignored_members": texts(
            f"if(ignored_members = '', [], splitByString('{JOINT}', ignored_members))"
        ),
        "query": text("query"),
        "type": text(TYPE),
    }
)
#: What free text is looked for in.
TEXT: Final = "concat(id, ' ', method, ' ', path, '?', query, ' ', origin, ' ', channel, ' ', key_id, ' ', body)"
_SHOWN: Final = (
    "id, at, method, path, route, status, duration_us, key_id, key_kind, origin, channel, "
    "ignored_members, query, log_partition, record_offset"
)


def add_kept(where: Where, now: Millis, days: int) -> None:
    """Only calls that changed something, or are of the last days."""
    where.add(f"(at > {{kept_after:Int64}} OR {CHANGED})", kept_after=now - days * DAY_MS)


def calls_page(where: Where, page: Page) -> Query:
    """The calls of a page."""
    return Query(
        f"SELECT {_SHOWN}, {TYPE} FROM {API_CALLS.full_name} WHERE {where.text} "  # noqa: S608  constants
        f"{page_clause(ORDERS[page.order], page)}",
        {**where.values, "limit": page.limit, "offset": page.offset},
    )


def call_body(*row: Any) -> Body:
    """A call as lists show it, from its row of `calls_page`."""
    call = dict(zip(_SHOWN.split(", "), row[:-1], strict=True))
    offset = call["record_offset"]
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
        "query": call["query"],
        "type": row[-1],
        "record": None if offset == NO_RECORD else f"{call['log_partition']}/{offset}",
    }
