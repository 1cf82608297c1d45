"""One log of what happened besides the events: calls, work in the background, exports, send-outs.

It is read from the tables of each; none has a row more for it. A page is the newest of the newest of
each kind, from a cursor on.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body
from fronts.query_string import (
    Given,
    Page,
    invalid_parameter,
    range_of,
    require_known,
    single_parameter,
    text_of,
)
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.routing import caller_of
from schemas.base import Millis
from services.audit.history.api_call_queries import TEXT, TYPE, add_kept, call_body, calls_page
from services.audit.lists.actions import ACTIONS
from services.audit.lists.cursors import Cursor, cursor_of, cursor_response
from services.audit.lists.filters import Where
from services.audit.lists.parameters import parameters_of
from services.audit.lists.queries import entities
from services.audit.sink.api_call_table import API_CALLS
from services.audit.sink.delivery_table import DELIVERIES
from services.audit.sink.entities import ENTITIES
from services.audit.sink.export_rows import EXPORT

CALL: Final = "api_call"
TASK: Final = "task"
IMPORT: Final = "import"
SENDOUT: Final = "webhook_sendout"
KINDS: Final = (CALL, TASK, IMPORT, EXPORT, SENDOUT)
#: What became of it, of whatever kind.
OUTCOMES: Final = ("ok", "failed", "open")
PARAMETERS: Final = frozenset(
    {
        "limit", "order", "starting_after_id",
        "kind", "type", "status", "outcome", "created_at", "text",
    }
)  # fmt: skip
_ORDER: Final = ("at", "id")
_IMPORTS: Final = "position(type, '.IMPORT') > 0"


class _Source(NamedTuple):
    """Where entries lie, and what they are found by; all texts are constants."""

    kinds: tuple[str, ...]
    rows: str
    at: str
    kind: str
    type: str
    status: str
    outcome: str
    text: str
    only: str = "1"


_TASK_OUTCOME: Final = (
    "multiIf(status = 'DONE', 'ok', status IN ('FAILED', 'ERROR'), 'failed', 'open')"
)
_SOURCES: Final = (
    _Source(
        (CALL,),
        API_CALLS.full_name,
        "at",
        f"'{CALL}'",
        TYPE,
        "toString(status)",
        "if(status < 400, 'ok', 'failed')",
        TEXT,
    ),
    _Source(
        (TASK, IMPORT),
        f"{ENTITIES.full_name} FINAL",
        "created_at",
        f"if({_IMPORTS}, '{IMPORT}', '{TASK}')",
        "toString(type)",
        "toString(status)",
        _TASK_OUTCOME,
        "concat(id, ' ', type)",
        f"kind = '{ACTIONS.kind}' AND deleted = 0",
    ),
    _Source(
        (EXPORT,),
        f"{ENTITIES.full_name} FINAL",
        "created_at",
        f"'{EXPORT}'",
        "toString(type)",
        "toString(status)",
        _TASK_OUTCOME,
        "concat(id, ' ', type)",
        f"kind = '{EXPORT}' AND deleted = 0",
    ),
    _Source(
        (SENDOUT,),
        DELIVERIES.full_name,
        "at",
        f"'{SENDOUT}'",
        "toString(event)",
        "toString(result)",
        "if(result = 'delivered', 'ok', 'failed')",
        "concat(id, ' ', webhook_id, ' ', event_id, ' ', event, ' ', body)",
    ),
)


class AuditLog:
    """The endpoint; `days` is how long calls are kept that changed nothing."""

    def __init__(self, reads: Reads, clock_ms: Callable[[], Millis], days: int) -> None:
        self._reads = reads
        self._clock_ms = clock_ms
        self._days = days

    async def list_all(self, request: Request) -> Response:
        """GET /v1/audit/log: newest first, from a cursor."""
        given = parameters_of(request)
        require_known(given, PARAMETERS)
        cursor = cursor_of(given, _ORDER, {"created_at": _ORDER})
        project = caller_of(request).project
        reads = self._reads.up_to(request)
        kinds = _kinds_of(single_parameter(given, "kind"))
        parts = []
        for source in _SOURCES:
            if not kinds.isdisjoint(source.kinds):
                where = _wanted(source, project, given, kinds)
                if CALL in source.kinds:
                    add_kept(where, self._clock_ms(), self._days)
                parts.append((source, where))
        after = await _place_of(reads, parts, cursor)
        found = await reads.rows(_page(parts, cursor, after))
        shown = await _entries(reads, project, found[: cursor.limit])
        return cursor_response(shown, more=len(found) > cursor.limit)


def _kinds_of(given: Given | None) -> frozenset[str]:
    if given is None:
        return frozenset(KINDS)
    kinds = frozenset(given.value.split(","))
    if not kinds <= set(KINDS):
        raise invalid_parameter(given.name, f"is one or some of {', '.join(KINDS)}, with commas")
    return kinds


def _wanted(source: _Source, project: str, given: list[Given], kinds: Collection[str]) -> Where:
    where = Where(project)
    where.add(source.only)
    where.within(source.at, range_of(given, "created_at"))
    where.add(f"{source.kind} IN {{kinds:Array(String)}}", kinds=sorted(kinds))
    for name, column in (("type", source.type), ("status", source.status)):
        value = text_of(given, name)
        if value is not None:
            where.add(f"{column} = {{{name}:String}}", **{name: value})
    outcome = single_parameter(given, "outcome")
    if outcome is not None:
        if outcome.value not in OUTCOMES:
            raise invalid_parameter(outcome.name, f"must be one of {', '.join(OUTCOMES)}")
        where.add(f"{source.outcome} = {{outcome:String}}", outcome=outcome.value)
    text = text_of(given, "text")
    if text is not None:
        where.add(f"positionCaseInsensitiveUTF8({source.text}, {{text:String}}) > 0", text=text)
    return where


#: What is read, each with what is wanted of it.
_Parts = Sequence[tuple[_Source, Where]]


async def _place_of(reads: Reads, parts: _Parts, cursor: Cursor) -> tuple[Millis, str] | None:
    """Time and id of the entry that the page comes after. Raises ApiError when there is none."""
    if cursor.after is None:
        return None
    rows = " UNION ALL ".join(
        f"SELECT {source.at} AS place, id FROM {source.rows} "  # noqa: S608  constants
        f"WHERE project = {{project:String}} AND {source.only} AND id = {{after_id:String}}"
        for source, _ in parts
    )
    values = {"project": parts[0][1].values["project"], "after_id": cursor.after.value}
    found = await reads.rows(Query(f"{rows} LIMIT 1", values))
    if not found:
        raise invalid_parameter(cursor.after.name, "names nothing in this list")
    return found[0][0], found[0][1]


def _page(parts: _Parts, cursor: Cursor, after: tuple[Millis, str] | None) -> Query:
    """(time, id, kind, type, status, outcome) of a page, and of one more."""
    beyond = "<" if cursor.descending else ">"
    direction = " DESC" if cursor.descending else ""
    order = f"place{direction}, id{direction}"
    # twice as many of each kind, as an attempt may be there twice: they are told apart only after
    # the limit, since before it that would hold every call of the project in memory
    values: dict[str, Any] = {"rows": cursor.limit + 1, "part": 2 * (cursor.limit + 1)}
    selects = []
    for source, where in parts:
        values |= where.values
        test = where.text
        if after is not None:
            test += f" AND ({source.at}, id) {beyond} ({{after_at:Int64}}, {{after_id:String}})"
        selects.append(
            f"SELECT DISTINCT * FROM (SELECT {source.at} AS place, id, {source.kind} AS entry_kind, "  # noqa: S608
            f"{source.type} AS entry_type, {source.status} AS entry_status, "
            f"{source.outcome} AS outcome FROM {source.rows} WHERE {test} "
            f"ORDER BY {order} LIMIT {{part:UInt32}})"
        )
    if after is not None:
        values |= {"after_at": after[0], "after_id": after[1]}
    return Query(
        f"SELECT * FROM ({' UNION ALL '.join(selects)}) ORDER BY {order} LIMIT {{rows:UInt32}}",  # noqa: S608
        values,
    )


async def _entries(reads: Reads, project: str, rows: Sequence[Sequence[Any]]) -> list[Body]:
    """The entries, each with what its own list shows of it."""
    of_kind: dict[str, list[str]] = {}
    for _, entry_id, kind, *_ in rows:
        of_kind.setdefault(kind, []).append(entry_id)
    shown: dict[tuple[str, str], Body] = {}
    for kind, ids in of_kind.items():
        for entry_id, body in (await _SHOWN[kind](reads, project, ids)).items():
            shown[kind, entry_id] = body
    return [
        {
            "id": entry_id,
            "object": "log_entry",
            "kind": kind,
            "created_at": iso(at),
            "type": type_,
            "status": status,
            "outcome": outcome,
            "entry": shown.get((kind, entry_id)),
        }
        for at, entry_id, kind, type_, status, outcome in rows
    ]


async def _calls(reads: Reads, project: str, ids: Sequence[str]) -> dict[str, Body]:
    where = Where(project)
    where.add("id IN {ids:Array(String)}", ids=list(ids))
    page = Page(len(ids), 0, "created_at", descending=True)
    return {row[0]: call_body(*row) for row in await reads.rows(calls_page(where, page))}


async def _tasks(reads: Reads, project: str, ids: Sequence[str]) -> dict[str, Body]:
    rows = await reads.rows(entities(project, ACTIONS.kind, ids))
    return {body["id"]: body for body in await ACTIONS.render(reads, project, rows)}


async def _exports(reads: Reads, project: str, ids: Sequence[str]) -> dict[str, Body]:
    """What their rows say; what they ask for may name a person, and is not in the table."""
    rows = await reads.rows(
        Query(
            "SELECT id, created_at, updated_at, status, type "  # noqa: S608  constants
            f"FROM {ENTITIES.full_name} FINAL WHERE project = {{project:String}} "
            f"AND kind = '{EXPORT}' AND id IN {{ids:Array(String)}}",
            {"project": project, "ids": list(ids)},
        )
    )
    return {
        export_id: {
            "id": export_id,
            "object": "export",
            "created_at": iso(created_at),
            "updated_at": iso_or_none(updated_at or None),
            "status": status,
            "exported_object": exported,
        }
        for export_id, created_at, updated_at, status, exported in rows
    }


async def _sendouts(reads: Reads, project: str, ids: Sequence[str]) -> dict[str, Body]:
    rows = await reads.rows(
        Query(
            f"SELECT id, body FROM {DELIVERIES.full_name} "  # noqa: S608  constants
            "WHERE project = {project:String} AND id IN {ids:Array(String)}",
            {"project": project, "ids": list(ids)},
        )
    )
    return {delivery_id: msgspec.json.decode(body) for delivery_id, body in rows}


#: What is shown of the entries of a kind, by id.
_SHOWN: Final[Mapping[str, Callable[[Reads, str, Sequence[str]], Awaitable[dict[str, Body]]]]] = (
    MappingProxyType(
        {CALL: _calls, TASK: _tasks, IMPORT: _tasks, EXPORT: _exports, SENDOUT: _sendouts}
    )
)
