"""Who changed what of the things that a shop sets up, when, and from what to what.

It is derived from the log of events: an event holds the entity after it, and the event before it on
the same entity says what was before.
"""

from collections.abc import Mapping, Sequence
from itertools import starmap
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from engine.answers.changes import (
    ADDED,
    CREATED,
    DELETED,
    OBJECTS,
    PARTIAL,
    REVOKED,
    TERMS,
    action_of,
    differences,
    entity_after,
    shown_entity,
)
from engine.codes.generated import generated_vouchers
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
from schemas.base import tag_of
from schemas.campaigns import VouchersGenerated
from schemas.projects import CONTROL_PROJECT, KeyAdded
from schemas.vouchers import Voucher
from services.audit.history.events import calls_by_offset, find_managing_calls
from services.audit.history.records import Records
from services.audit.lists import queries
from services.audit.lists.filters import Where
from services.audit.lists.lists import PAGING, list_response
from services.audit.lists.parameters import parameters_of
from services.audit.sink.event_table import EVENTS

PARAMETERS: Final = (PAGING - {"filters"}) | {"object", "entity", "created_at"}
_NEWEST: Final = ("at", "log_offset", "log_index")
#: The id that an event names first is that of the entity which it changes.
_ENTITY: Final = "ids[1]"
_KIND: Final = "transform(toString(type), {types:Array(String)}, {objects:Array(String)}, '')"
_KINDS: Final = {"types": list(OBJECTS), "objects": list(OBJECTS.values())}
#: Types of events of the control project about the project whose changes are asked for.
_TERMS: Final = [tag_of(kind) for kind in TERMS]
_KEY_ADDED: Final = tag_of(KeyAdded)
_GENERATED: Final = tag_of(VouchersGenerated)

#: Events of the project, and those of the control project that are about it or a key of it.
_OWN_OR_TERMS: Final = (
    f"(project = {{project:String}} OR (project = '{CONTROL_PROJECT}' "  # noqa: S608  constants
    f"AND (has(ids, {{project:String}}) OR {_ENTITY} IN ("
    f"SELECT {_ENTITY} FROM {EVENTS.full_name} WHERE project = '{CONTROL_PROJECT}' "
    f"AND type = '{_KEY_ADDED}' AND has(ids, {{project:String}})))))"
)

#: (partition, offset, place in the record).
Place = tuple[int, int, int]


class _Row(NamedTuple):
    """A change as its table knows it; `project` is whose log it lies in."""

    partition: int
    offset: int
    number: int
    entity: str
    kind: str
    project: str

    @property
    def place(self) -> Place:
        return self.partition, self.offset, self.number


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
        rows = list(starmap(_Row, await reads.rows(_changes_page(where, page)))) if total else []
        before: dict[Place, Place] = {}
        for whose in dict.fromkeys(row.project for row in rows):
            own = [row for row in rows if row.project == whose]
            for offset, index, _, *place in await reads.rows(_events_before(whose, own)):
                before[own[0].partition, offset, index] = (place[0], place[1], place[2])
        return list_response("data", await self._bodies(reads, project, rows, before), total=total)

    async def _bodies(
        self, reads: Reads, project: str, rows: Sequence[_Row], before: Mapping[Place, Place]
    ) -> list[Body]:
        read = [place[:2] for place in (*(row.place for row in rows), *before.values())]
        records = await self._records.decided(read)

        def event_at(place: Place) -> Any:
            return records[place[:2]][0].events[place[2]]

        times = {row.offset: records[row.place[:2]][0].at for row in rows if row.project == project}
        calls = await calls_by_offset(reads, project, times)
        managed = await find_managing_calls(
            reads, {(row.project, row.offset): records[row.place[:2]][0] for row in rows}
        )
        bodies = []
        for row in rows:
            record, event = records[row.place[:2]][0], event_at(row.place)
            earlier = entity_after(event_at(before[row.place])) if row.place in before else None
            if earlier is None:
                earlier = await self._made_in_numbers(reads, row, event)
            own_calls = calls.get(row.offset, []) if row.project == project else []
            bodies.append(
                {
                    "id": f"ev_{row.partition}_{row.offset}_{row.number}",
                    "object": "change",
                    "created_at": iso(record.at),
                    "entity": {"object": row.kind, "id": row.entity},
                    "action": action_of(event),
                    "channel": CHANNELS[record.key_kind],
                    "command": record.command_type,
                    "changes": _changes(event, earlier),
                    "api_calls": own_calls + managed.get(f"{row.project}/{row.offset}", []),
                }
            )
        return bodies

    async def _made_in_numbers(self, reads: Reads, row: _Row, event: Any) -> Body | None:
        """The voucher as it was made with others, if it was; the event is its first change."""
        voucher = getattr(event, "voucher", None)
        if not isinstance(voucher, Voucher) or action_of(event) == CREATED:
            return None
        if voucher.campaign_id is None:
            return None
        # what is made in one record is made at its time
        query = Query(
            f"SELECT log_partition, log_offset, event_index FROM {EVENTS.full_name} "  # noqa: S608
            "WHERE project = {project:String} AND type = {type:String} AND at = {at:Int64} "
            "AND has(ids, {campaign:String}) LIMIT 8",
            {
                "project": row.project,
                "type": _GENERATED,
                "at": voucher.created_at,
                "campaign": voucher.campaign_id,
            },
        )
        places = [tuple(found) for found in await reads.rows(query)]
        records = await self._records.decided([place[:2] for place in places])
        for partition, offset, index in places:
            made: Any = records[partition, offset][0].events[index]
            if voucher.id in made.ids:
                vouchers = {each.id: each for each in generated_vouchers(made)}
                return shown_entity(vouchers[voucher.id])
        return None


def _changes(event: Any, known: Body | None) -> list[Body] | None:
    """What became different; null where nothing is known of the entity before."""
    after = entity_after(event)
    if after is None or action_of(event) == DELETED:
        return []
    if known is None and action_of(event) not in (CREATED, ADDED, REVOKED):
        return None
    if type(event) in PARTIAL:
        known = {name: value for name, value in (known or {}).items() if name in after}
    return list(differences(known or {}, after))


async def _wanted(reads: Reads, project: str, given: list[Given]) -> Where:
    where = Where(project, rows=_OWN_OR_TERMS)
    where.add(f"(project != '{CONTROL_PROJECT}' OR type IN {{terms:Array(String)}})", terms=_TERMS)
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
    """A page of changes, as `_Row` has them."""
    return Query(
        f"SELECT log_partition, log_offset, event_index, {_ENTITY}, {_KIND}, project "  # noqa: S608
        f"FROM {EVENTS.full_name} WHERE {where.text} {queries.page_clause(_NEWEST, page)}",
        {**where.values, "limit": page.limit, "offset": page.offset},
    )


def _events_before(project: str, rows: Sequence[_Row]) -> Query:
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
            "offsets": [row.offset for row in rows],
            "places": [row.number for row in rows],
            "entities": [row.entity for row in rows],
            "kinds": [row.kind for row in rows],
        },
    )
