"""The list of notifications, the newest first, with what who asks read of it and links to files."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from fronts.query_string import flag_of, page_of, require_known, single_parameter, text_of
from runtime.base.clock import clock_ms
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.internal import base_url_of
from runtime.http.links import LinkSigner, link_to
from runtime.http.routing import caller_of
from runtime.http.service import Service
from schemas.base import DAY_MS, Millis
from services.audit.lists.filters import Where
from services.audit.lists.lists import BY_TIME, PAGING, list_response
from services.audit.lists.parameters import parameters_of
from services.audit.lists.queries import count_entities, page_clause
from services.audit.sink.entities import ENTITIES
from services.audit.sink.export_rows import EXPORT
from services.audit.sink.notification_rows import ALL, NOTIFICATION, READ, mark_id

#: How long one is shown.
SHOWN_DAYS: Final = 30
_ORDERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"created_at": BY_TIME["created_at"]}
)
_MARKS: Final = (
    f"FROM {ENTITIES.full_name} FINAL WHERE project = {{project:String}} AND kind = '{READ}'"
)
#: Whether who asks read it, by itself or with all that there were; what has no reader, everybody did.
_IS_READ: Final = (
    f"(id IN (SELECT id {_MARKS}) OR concat({{own:String}}, id) IN "
    f"(SELECT id {_MARKS} AND startsWith(id, {{own:String}})) OR created_at <= "
    f"(SELECT max(created_at) {_MARKS} AND id IN ('{ALL}', concat({{own:String}}, '{ALL}'))))"
)


def notification_list_service(
    reads: Reads, links: LinkSigner, clock_ms: Callable[[], Millis] = clock_ms
) -> Service:
    """The list, to be mounted in the host of the lists."""
    handle = partial(_list_notifications, links, reads, clock_ms)
    return Service(
        "notification-list", routes=(Route("/v1/notifications", handle, methods=["GET"]),)
    )


async def _list_notifications(
    links: LinkSigner, reads: Reads, clock_ms: Callable[[], Millis], request: Request
) -> Response:
    """GET /v1/notifications."""
    given = parameters_of(request)
    require_known(given, PAGING | {"read", "type"})
    page = page_of(given, frozenset(_ORDERS))
    now = clock_ms()
    caller = caller_of(request)
    where = Where(caller.project)
    where.values["own"] = mark_id(caller.key_id, "")
    where.add(f"kind = '{NOTIFICATION}' AND deleted = 0")
    where.add("created_at > {since:Int64}", since=now - SHOWN_DAYS * DAY_MS)
    kind = text_of(given, "type")
    if kind is not None:
        where.add("type = {type:String}", type=kind)
    reads = reads.up_to(request)
    ((unread,),) = await reads.rows(count_entities(_with(where, f"NOT {_IS_READ}")))
    if single_parameter(given, "read") is not None:
        where.add(_IS_READ if flag_of(given, "read") else f"NOT {_IS_READ}")
    ((total,),) = await reads.rows(count_entities(where))
    rows = await reads.rows(
        Query(
            f"SELECT id, type, created_at, body, {_IS_READ} FROM {ENTITIES.full_name} FINAL "  # noqa: S608
            f"WHERE {where.text} {page_clause(_ORDERS[page.order], page)}",
            {**where.values, "limit": page.limit, "offset": page.offset},
        )
    )
    bodies = [_body(*row) for row in rows]
    await _link(bodies, links, reads, request, now)
    return list_response("notifications", bodies, total=total, unread=unread)


def _with(where: Where, test: str) -> Where:
    other = Where(where.values["project"])
    other.add(where.text, **where.values)
    other.add(test)
    return other


def _body(notification_id: str, kind: str, at: Millis, stored: str, read: int) -> Body:
    return {
        "id": notification_id,
        "object": "notification",
        "type": kind,
        "created_at": iso(at),
        "read": bool(read),
        **msgspec.json.decode(stored),
    }


async def _link(
    bodies: Sequence[dict[str, Any]],
    links: LinkSigner,
    reads: Reads,
    request: Request,
    now: Millis,
) -> None:
    """Gives those that tell of a file the link to it, as long as there is one."""
    told = {each["related_object"]["id"]: each for each in bodies if each["type"] == "export.done"}
    if not told:
        return
    project = caller_of(request).project
    there = Query(
        f"SELECT id FROM {ENTITIES.full_name} FINAL "  # noqa: S608  declared names
        "WHERE project = {project:String} AND kind = {kind:String} AND deleted = 0 "
        "AND status = 'DONE' AND id IN {ids:Array(String)}",
        {"project": project, "kind": EXPORT, "ids": sorted(told)},
    )
    for (export_id,) in await reads.rows(there):
        url = link_to(links, base_url_of(request), project, export_id, now)
        told[export_id]["result"] = {"url": url}
