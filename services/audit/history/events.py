"""The log of events: everything that was decided in a project, newest first.

A row says where an event lies; its data is read from the ledger, so whoever is forgotten is
forgotten here, too. Each event names the calls that its record answered.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from engine.answers.event_body import event_body, event_data
from engine.kernel.encode import Body
from engine.redemptions.history_rows import ROWS, redemption_rows
from fronts.answers import json_answer
from fronts.query_string import (
    Given,
    page_of,
    range_of,
    require_known,
    single_parameter,
    text_of,
)
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, decode_ident
from schemas.base import Millis, tag_of
from schemas.errors import not_found
from schemas.events import Event
from schemas.records import Decided
from services.audit.history.event_queries import (
    NAMED_BY,
    UNPLACED,
    WantedEvents,
    calls_of,
    managing_calls_of,
)
from services.audit.history.records import Records
from services.audit.lists import queries
from services.audit.lists.lists import PAGING, list_response
from services.audit.lists.parameters import parameters_of
from services.audit.sink.event_table import UNLOGGED, ids_of

ORDERS: Final = frozenset({"created_at"})
PARAMETERS: Final = (PAGING - {"filters"}) | {"type", "object", "created_at", *NAMED_BY}
#: The data of an event whose record is larger is shown only where it is asked for by its id.
LISTED_BYTES_MAX: Final = 65_536
_ID: Final = re.compile(r"ev_([0-9]{1,5})_([0-9]{1,18})_([0-9]{1,9})")

#: (partition, offset, place in the record or UNPLACED).
Place = tuple[int, int, int]


def read_event_id(text: str) -> Place | None:
    """Where the event with that id lies; None when it is no id."""
    found = _ID.fullmatch(text)
    return None if found is None else (int(found[1]), int(found[2]), int(found[3]))


class Events:
    """The endpoints of the log of events."""

    def __init__(self, reads: Reads, records: Records) -> None:
        self._reads = reads
        self._records = records

    async def list_all(self, request: Request) -> Response:
        """GET /v1/audit/events."""
        given = parameters_of(request)
        require_known(given, PARAMETERS)
        return await self._answer(request, given)

    async def list_of_redemption(self, request: Request) -> Response:
        """GET /v1/audit/redemptions/{id}/events."""
        given = parameters_of(request)
        require_known(given, PARAMETERS - {"redemption"})
        redemption_id = decode_ident(request.path_params["id"])
        reads = self._reads.up_to(request)
        project = caller_of(request).project
        if not await reads.rows(queries.get_redemption(project, redemption_id)):
            raise ApiError(not_found("redemption", redemption_id))
        named = Given(("redemption",), "redemption", redemption_id)
        return await self._answer(request, [*given, named])

    async def get(self, request: Request) -> Response:
        """GET /v1/audit/events/{id}."""
        event_id = decode_ident(request.path_params["id"])
        project = caller_of(request).project
        found = read_event_id(event_id)
        if found is None:
            raise ApiError(not_found("event", event_id))
        partition, offset, index = found
        reads = self._reads.up_to(request)
        wanted = WantedEvents(project)
        wanted.at(partition, offset)
        # a record that counts, of this project
        ((count,),) = await reads.rows(wanted.count())
        records = await self._records.decided([(partition, offset)] if count else [])
        record, _ = records.get((partition, offset), (None, 0))
        if record is None or index >= len(record.events):
            raise ApiError(not_found("event", event_id))
        (body,) = await self._bodies(reads, project, [(partition, offset, index)], None)
        return json_answer(body)

    async def _answer(self, request: Request, given: Sequence[Given]) -> Response:
        given = [*given]
        page = page_of(given, ORDERS)
        project = caller_of(request).project
        reads = self._reads.up_to(request)
        wanted = (await read_choice(reads, project, given)).wanted(project)
        wanted.within(range_of(given, "created_at"))
        ((total,),) = await reads.rows(wanted.count())
        rows = await reads.rows(wanted.page(page)) if total else []
        places = [(partition, offset, index) for partition, offset, index, _ in rows]
        bodies = await self._bodies(reads, project, places, LISTED_BYTES_MAX)
        return list_response("data", bodies, total=total)

    async def _bodies(
        self, reads: Reads, project: str, places: Sequence[Place], bytes_max: int | None
    ) -> list[Body]:
        records = await self._records.decided([place[:2] for place in places])
        times = {offset: record.at for (_, offset), (record, _) in records.items()}
        calls = await calls_by_offset(reads, project, times)
        managed = await find_managing_calls(
            reads, {(project, offset): record for (_, offset), (record, _) in records.items()}
        )
        bodies = []
        for partition, offset, index in places:
            record, size = records[partition, offset]
            at = _place_of_redemption(record) if index == UNPLACED else index
            fits = bytes_max is None or size <= bytes_max
            body = shown_event(partition, offset, record, at, has_data=fits)
            body["api_calls"] = calls.get(offset, []) + managed.get(f"{project}/{offset}", [])
            bodies.append(body)
        return bodies


def shown_event(
    partition: int, offset: int, record: Decided, index: int, *, has_data: bool = True
) -> Body:
    """An event without the calls that its record answered."""
    names = [f"ev_{partition}_{offset}_{n}" for n in range(len(record.events))]
    body = event_body(names.pop(index), f"{partition}/{offset}", record, index)
    body["same_record"] = names
    event: Any = record.events[index]
    is_redeemed = type(event) in ROWS
    body["redemption_ids"] = [row.id for row in redemption_rows(event)] if is_redeemed else []
    body["data"] = event_data(record.events[index]) if has_data else None
    return body


def _place_of_redemption(record: Decided) -> int:
    return next(index for index, event in enumerate(record.events) if type(event) in ROWS)


async def calls_by_offset(
    reads: Reads, project: str, times: Mapping[int, Millis]
) -> dict[int, list[Body]]:
    """The calls that records answered, by the offset of each; `times` says when those were."""
    calls: dict[int, list[Body]] = {}
    if times:
        query = calls_of(project, list(times), min(times.values()), max(times.values()))
        for offset, *call in await reads.rows(query):
            calls.setdefault(offset, []).append(call_reference(*call))
    return calls


async def find_managing_calls(
    reads: Reads, records: Mapping[tuple[str, int], Decided]
) -> dict[str, list[Body]]:
    """The calls of management keys of other projects, and of users, by what they had decided.

    `records` are by (project, offset); what is found is by both with a slash between them.
    """
    names = sorted(
        f"{project}/{offset}"
        for (project, offset), record in records.items()
        if record.key_kind in ("management", "user")
    )
    found: dict[str, list[Body]] = {}
    if names:
        for name, *call in await reads.rows(managing_calls_of(names)):
            found.setdefault(name, []).append(call_reference(*call))
    return found


def call_reference(call_id: str, method: str, path: str, status: int, key_id: str) -> Body:
    """A call as events name it."""
    return {"id": call_id, "method": method, "path": path, "status": status, "key_id": key_id}


class Choice(NamedTuple):
    """Which events are asked for, whenever they happened."""

    type: str | None
    #: What the type begins with.
    object: str | None
    #: By parameter, what something is known by of which each concerns one.
    concerning: Mapping[str, frozenset[str]]

    def wanted(self, project: str) -> WantedEvents:
        """The same, as tables are asked."""
        found = WantedEvents(project)
        if self.type is not None:
            found.of_types([self.type])
        if self.object is not None:
            found.of_object(self.object)
        for parameter, ids in self.concerning.items():
            found.concerning(parameter, sorted(ids))
        return found

    def admits(self, event: Event) -> bool:
        """Whether the event is one of them; what customers add up to is in no log."""
        kind = tag_of(type(event))
        if self.type not in (None, kind) or type(event) in UNLOGGED:
            return False
        if self.object is not None and kind.partition(".")[0] != self.object:
            return False
        if not self.concerning:
            return True
        named = ids_of(event)
        return not any(ids.isdisjoint(named) for ids in self.concerning.values())


async def read_choice(reads: Reads, project: str, given: list[Given]) -> Choice:
    """What the parameters ask for. Raises ApiError."""
    concerning = {}
    for parameter in NAMED_BY:
        if single_parameter(given, parameter) is None:
            continue
        value = text_of(given, parameter)
        assert value is not None  # it is given
        find = _NAMES.get(parameter)
        rows = await reads.rows(find(project, value)) if find is not None else []
        concerning[parameter] = frozenset((value, *(each for row in rows for each in row)))
    return Choice(text_of(given, "type"), text_of(given, "object"), concerning)


#: By what else something is known that a parameter names.
_NAMES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "customer": queries.customer_ids,
        "campaign": queries.find_campaign,
        "voucher": queries.voucher_names,
    }
)
