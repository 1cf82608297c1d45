"""Who changed what of the things that a shop sets up, when, and from what to what.

It is derived from the log of events: an event holds the entity after it, and the event before it on
the same entity says what was before.
"""

from collections.abc import Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from engine.answers.changes import (
    CREATED,
    DELETED,
    OBJECTS,
    SUBJECTS,
    action_of,
    differences,
    entity_after,
    entity_id_of,
)
from engine.kernel.calendar import iso
from engine.kernel.encode import CHANNELS, Body
from fronts.query_string import (
    Given,
    Page,
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
from services.audit.history.events import calls_by_offset
from services.audit.history.records import Records
from services.audit.lists import queries
from services.audit.lists.filters import Where
from services.audit.lists.lists import PAGING, list_response
from services.audit.lists.parameters import parameters_of
from services.audit.sink.event_table import EVENTS

PARAMETERS: Final = (PAGING - {"filters"}) | {"object", "entity", "created_at"}
_NEWEST: Final = ("log_offset", "log_index")
#: The id that an event names first is that of the entity which it changes.
_ENTITY: Final = "ids[1]"
_KIND: Final = "transform(toString(type), {types:Array(String)}, {objects:Array(String)}, '')"
_KINDS: Final = {"types": list(OBJECTS), "objects": list(OBJECTS.values())}

#: (partition, offset, place in the record).
Place = tuple[int, int, int]


class Changes:
    """The endpoint of changes."""

    def __init__(self, reads: Reads, records: Records) -> None:
        self._reads = reads
        self._records = records

    async def list_all(self, request: Request) -> Response:
        """GET /v1/audit/changes."""
        given = parameters_of(request)
        require_known(given, PARAMETERS)
        page = page_of(given, frozenset({"created_at"}))
        project = caller_of(request).project
        reads = self._reads.up_to(request)
        where = await _wanted(reads, project, given)
        ((total, _),) = await reads.rows(queries.count_rows(EVENTS, where))
        rows = await reads.rows(_changes_page(where, page)) if total else []
        before = {
            (offset, index): (partition, before_offset, before_index)
            for offset, index, _, partition, before_offset, before_index in (
                await reads.rows(_events_before(project, rows)) if rows else []
            )
        }
        bodies = await self._bodies(reads, project, [row[:3] for row in rows], before)
        return list_response("data", bodies, total=total)

    async def _bodies(
        self,
        reads: Reads,
        project: str,
        places: Sequence[Place],
        before: dict[tuple[int, int], Place],
    ) -> list[Body]:
        read = [(place[0], place[1]) for place in (*places, *before.values())]
        records = await self._records.decided(read)
        times = {offset: records[partition, offset][0].at for partition, offset, _ in places}
        calls = await calls_by_offset(reads, project, times)
        bodies = []
        for partition, offset, index in places:
            record, _ = records[partition, offset]
            old = before.get((offset, index))
            earlier = None if old is None else records[old[0], old[1]][0].events[old[2]]
            event = record.events[index]
            bodies.append(
                {
                    "id": f"ev_{partition}_{offset}_{index}",
                    "object": "change",
                    "created_at": iso(record.at),
                    "entity": {"object": SUBJECTS[type(event)].object, "id": entity_id_of(event)},
                    "action": action_of(event),
                    "channel": CHANNELS[record.key_kind],
                    "command": record.command_type,
                    "changes": _changes(event, earlier),
                    "api_calls": calls.get(offset, []),
                }
            )
        return bodies


def _changes(event: Any, earlier: Any) -> list[Body] | None:
    """What became different; null where nothing is known of the entity before."""
    after = entity_after(event)
    if after is None or action_of(event) == DELETED:
        return []
    known = None if earlier is None else entity_after(earlier)
    if known is None and action_of(event) != CREATED:
        return None
    return list(differences(known or {}, after))


async def _wanted(reads: Reads, project: str, given: list[Given]) -> Where:
    where = Where(project)
    where.add("type IN {types:Array(String)}", **_KINDS)
    where.within("at", range_of(given, "created_at"))
    kind = single_parameter(given, "object")
    if kind is not None:
        if kind.value not in OBJECTS.values():
            known = ", ".join(sorted(set(OBJECTS.values())))
            raise invalid_parameter(kind.name, f"must be one of {known}")
        where.add(f"{_KIND} = {{object:String}}", object=kind.value)
    entity = text_of(given, "entity")
    if entity is not None:
        campaigns = await reads.rows(queries.find_campaign(project, entity))
        vouchers = await reads.rows(queries.voucher_names(project, entity))
        ids = sorted({entity, *(row[0] for row in (*campaigns, *vouchers))})
        where.add(
            f"hasAny(ids, {{entities:Array(String)}}) AND {_ENTITY} IN {{entities:Array(String)}}",
            entities=ids,
        )
    return where


def _changes_page(where: Where, page: Page) -> Query:
    """(partition, offset, place in the record, entity, kind) of a page."""
    return Query(
        f"SELECT log_partition, log_offset, event_index, {_ENTITY}, {_KIND} "  # noqa: S608
        f"FROM {EVENTS.full_name} WHERE {where.text} {queries.page_clause(_NEWEST, page)}",
        {**where.values, "limit": page.limit, "offset": page.offset},
    )


def _events_before(project: str, rows: Sequence[Sequence[Any]]) -> Query:
    """(offset, place, -, partition, offset before, place before) of those that have one before.

    Of each of the rows of a page the newest event before it on the same entity.
    """
    return Query(
        "SELECT wanted.1, wanted.2, max((log_offset, event_index, log_partition)) AS newest, "  # noqa: S608
        "newest.3, newest.1, newest.2 "
        f"FROM (SELECT log_partition, log_offset, event_index, {_ENTITY} AS entity, {_KIND} AS kind "
        f"FROM {EVENTS.full_name} WHERE project = {{project:String}} "
        "AND type IN {types:Array(String)} AND hasAny(ids, {entities:Array(String)})) "
        "ARRAY JOIN arrayZip({offsets:Array(Int64)}, {places:Array(UInt32)}, "
        "{entities:Array(String)}, {kinds:Array(String)}) AS wanted "
        "WHERE entity = wanted.3 AND kind = wanted.4 "
        "AND (log_offset, event_index) < (wanted.1, wanted.2) GROUP BY wanted.1, wanted.2",
        {
            "project": project,
            **_KINDS,
            "offsets": [row[1] for row in rows],
            "places": [row[2] for row in rows],
            "entities": [row[3] for row in rows],
            "kinds": [row[4] for row in rows],
        },
    )
