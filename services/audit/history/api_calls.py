"""The log of API calls: the newest calls of a project, and what they are filtered by."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from engine.answers.answer import render_answer
from fronts.answers import json_answer
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
from runtime.http.api_calls import NO_RECORD
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, decode_ident
from schemas.base import Millis
from schemas.errors import not_found
from services.audit.history.api_call_queries import (
    FIELDS,
    ORDERS,
    TEXT,
    TYPE,
    add_kept,
    call_body,
    calls_page,
)
from services.audit.history.records import Records
from services.audit.history.requests import Sent, find_request
from services.audit.lists.filters import Where
from services.audit.lists.lists import PAGING, list_response
from services.audit.lists.parameters import parameters_of
from services.audit.lists.queries import count_rows, customer_ids
from services.audit.sink.api_call_table import API_CALLS
from services.audit.sink.event_table import EVENTS
from services.audit.sink.redemption_table import REDEMPTIONS

#: Plain parameters; a path may be given as its route, too.
_PLAIN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "method": "method = upper({method:String})",
        "path": "(path = {path:String} OR route = {path:String})",
        "origin": "origin = {origin:String}",
        "channel": "channel = {channel:String}",
        "key_id": "key_id = {key_id:String}",
        "type": f"{TYPE} = {{type:String}}",
        "text": f"positionCaseInsensitiveUTF8({TEXT}, {{text:String}}) > 0",
    }
)
_PARAMETERS: Final = PAGING | {"status", "created_at", "filters", "customer", *_PLAIN}
#: `4xx` stands for all of 400 to 499.
_CLASSES: Final[Mapping[str, int]] = {f"{number}xx": number for number in range(1, 6)}


class ApiCallLog:
    """The endpoints of the log of calls.

    `days` is how long those are kept that changed nothing, `validation_days` what validations were
    asked and answered.
    """

    def __init__(
        self,
        reads: Reads,
        records: Records,
        clock_ms: Callable[[], Millis],
        days: int,
        validation_days: int,
    ) -> None:
        self._reads = reads
        self._records = records
        self._clock_ms = clock_ms
        self._days = days
        self._validation_days = validation_days

    async def list_all(self, request: Request) -> Response:
        """GET /v1/audit/api-calls."""
        given = parameters_of(request)
        require_known(given, _PARAMETERS)
        page = page_of(given, frozenset(ORDERS))
        where = self._kept(request)
        _add_wanted(where, given)
        reads = self._reads.up_to(request)
        await _add_customer(where, reads, text_of(given, "customer"))
        ((total, _),) = await reads.rows(count_rows(API_CALLS, where))
        rows = await reads.rows(calls_page(where, page)) if total else []
        return list_response("data", [call_body(*row) for row in rows], total=total)

    async def get(self, request: Request) -> Response:
        """GET /v1/audit/api-calls/{id}: with the events and the answer of its record."""
        call_id = decode_ident(request.path_params["id"])
        where = self._kept(request)
        where.add("id = {id:String}", id=call_id)
        reads = self._reads.up_to(request)
        rows = await reads.rows(calls_page(where, Page(1, 0, "created_at", descending=True)))
        if not rows:
            raise ApiError(not_found("api_call", call_id))
        body = call_body(*rows[0])
        *_, partition, offset, _ = rows[0]
        found = None
        if offset != NO_RECORD:
            # only the partition of the project itself holds its records
            found = await self._records.find(where.values["project"], partition, offset)
        events: list[str] = []
        answer = None
        if found is not None:
            events = [f"ev_{partition}_{offset}_{index}" for index in range(len(found.events))]
            answer = render_answer(found, body["key"]["kind"]).body
        project = where.values["project"]
        ((other, *sent),) = await reads.rows(_sent_body(where))
        if other:
            # named only: what they say is read, and answered, with a key of that project
            events = await _events_of(reads, other)
        said = await find_request(
            reads,
            project,
            Sent(*sent),
            found,
            now=self._clock_ms(),
            validation_days=self._validation_days,
        )
        told = {"request": said.request, "response": said.answer if found is None else answer}
        return json_answer(body | {"events": events} | told)

    def _kept(self, request: Request) -> Where:
        now = self._clock_ms()
        where = Where(caller_of(request).project, now)
        add_kept(where, now, self._days)
        return where


def _sent_body(where: Where) -> Query:
    """The record of another project, and what the call says of its body, as `Sent` takes it."""
    return Query(
        "SELECT other_record, method, path, body, unkept, validation_id "  # noqa: S608  constants
        f"FROM {API_CALLS.full_name} WHERE {where.text} LIMIT 1",
        dict(where.values),
    )


async def _events_of(reads: Reads, record: str) -> list[str]:
    """The ids of the events of a record, which is named by its project and offset."""
    project, _, offset = record.rpartition("/")
    query = Query(
        f"SELECT log_partition, log_offset, event_index FROM {EVENTS.full_name} "  # noqa: S608
        "WHERE project = {project:String} AND log_offset = {offset_at:Int64} "
        "AND log_index >= 0 ORDER BY event_index",
        {"project": project, "offset_at": int(offset)},
    )
    return [f"ev_{partition}_{at}_{index}" for partition, at, index in await reads.rows(query)]


def _add_wanted(where: Where, given: list[Given]) -> None:
    where.within("at", range_of(given, "created_at"))
    for name, test in _PLAIN.items():
        value = text_of(given, name)
        if value is not None:
            where.add(test, **{name: value})
    _add_status(where, single_parameter(given, "status"))
    where.satisfies(FIELDS, *conditions_of(given))


async def _add_customer(where: Where, reads: Reads, customer: str | None) -> None:
    """Whose path names the customer by id, or what was decided of which concerns the customer."""
    if customer is None:
        return
    found = await reads.rows(customer_ids(where.values["project"], customer))
    ids = [row[0] for row in found] or [customer]
    decided = " UNION ALL ".join(
        f"SELECT log_offset FROM {table.full_name} "  # noqa: S608  constants
        f"WHERE project = {{project:String}} AND {test}"
        for table, test in (
            (EVENTS, "hasAny(ids, {customer_ids:Array(String)})"),
            (REDEMPTIONS, "customer_id IN {customer_ids:Array(String)}"),
        )
    )
    where.add(
        "(hasAny(splitByChar('/', path), {customer_ids:Array(String)}) "
        f"OR record_offset IN ({decided}))",
        customer_ids=ids,
    )


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
