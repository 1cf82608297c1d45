"""What a redemption brought about, then and since: itself, its rollbacks, transactions, orders.

It is read from the records of the redemption, so that one without a customer, who would have a feed,
has its activity, too. Each entry names the event of the ledger and the record that it comes from.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from engine.answers.hook_events import NAMES_MAX, hook_events
from engine.kernel.calendar import iso
from engine.kernel.encode import CHANNELS, Body
from fronts.query_string import (
    Given,
    invalid_parameter,
    limit_of,
    require_known,
    single_parameter,
    text_of,
)
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, decode_ident
from schemas.errors import not_found
from schemas.records import Decided
from services.audit.history.events import calls_by_offset
from services.audit.history.records import Records
from services.audit.lists import queries
from services.audit.lists.cursors import cursor_response
from services.audit.lists.parameters import parameters_of
from services.audit.sink.redemption_table import REDEMPTIONS

#: How many records are looked at, the newest of them: a rollback can be tried again and again.
RECORDS_MAX: Final = 100
_PARAMETERS: Final = frozenset({"limit", "order", "starting_after_id", "type"})
_SHOWN_AS: Final = ("redemption", "redemption_rollback")


class RedemptionActivity:
    """The endpoint of what happened to a redemption."""

    def __init__(self, reads: Reads, records: Records) -> None:
        self._reads = reads
        self._records = records

    async def list_all(self, request: Request) -> Response:
        """GET /v1/redemptions/{id}/activity: newest first, from a cursor."""
        given = parameters_of(request)
        require_known(given, _PARAMETERS)
        limit = limit_of(given)
        descending = _is_newest_first(single_parameter(given, "order"))
        kind = text_of(given, "type")
        after = single_parameter(given, "starting_after_id")
        redemption_id = decode_ident(request.path_params["id"])
        project = caller_of(request).project
        reads = self._reads.up_to(request)
        if not await reads.rows(queries.get_redemption(project, redemption_id)):
            raise ApiError(not_found("redemption", redemption_id))
        places = [(row[0], row[1]) for row in await reads.rows(_records_of(project, redemption_id))]
        records = await self._records.decided(places)
        entries = [
            entry
            for place in reversed(places)
            for entry in _entries(place, records[place][0], redemption_id)
            if kind is None or entry["type"] == kind
        ]
        if descending:
            entries.reverse()
        page, more = _page(entries, after, limit)
        times = {offset: record.at for (_, offset), (record, _) in records.items()}
        calls = await calls_by_offset(reads, project, times) if page else {}
        for entry in page:
            entry["api_calls"] = calls.get(int(entry["log_id"].partition("/")[2]), [])
        return cursor_response(page, more=more)


def _is_newest_first(order: Given | None) -> bool:
    if order is not None and order.value not in ("created_at", "-created_at"):
        raise invalid_parameter(order.name, "must be `created_at` or `-created_at`")
    return order is None or order.value.startswith("-")


def _page(entries: Sequence[Body], after: Given | None, limit: int) -> tuple[list[Body], bool]:
    """The entries of a page, and whether there are more."""
    start = 0
    if after is not None:
        ids = [entry["id"] for entry in entries]
        if after.value not in ids:
            raise invalid_parameter(after.name, "names nothing in this list")
        start = ids.index(after.value) + 1
    return list(entries[start : start + limit]), len(entries) > start + limit


def _records_of(project: str, redemption_id: str) -> Query:
    """(partition, offset) of the records of a redemption and of its rollbacks, newest first."""
    return Query(
        f"SELECT DISTINCT log_partition, log_offset FROM {REDEMPTIONS.full_name} "  # noqa: S608
        "WHERE project = {project:String} AND (id = {id:String} OR redemption_id = {id:String}) "
        "ORDER BY log_offset DESC LIMIT {records:UInt32}",
        {"project": project, "id": redemption_id, "records": RECORDS_MAX},
    )


def _entries(place: tuple[int, int], record: Decided, redemption_id: str) -> Iterator[Body]:
    """What the record told of the redemption; of a stack's others each has its own."""
    partition, offset = place
    log_id = f"{partition}/{offset}"
    for told in hook_events(record):
        if _is_of_other(told.data, redemption_id):
            continue
        yield {
            "id": f"act_{partition}_{offset}_{told.number}",
            "object": "activity",
            "type": told.name,
            "created_at": iso(record.at),
            "channel": CHANNELS[record.key_kind],
            "log_id": log_id,
            "event_id": f"ev_{partition}_{offset}_{told.number // NAMES_MAX}",
            "data": told.data,
        }


def _is_of_other(data: Body, redemption_id: str) -> bool:
    """Whether it shows another redemption, which is neither above nor below the one asked for."""
    shown: Any = next((data[name] for name in _SHOWN_AS if name in data), None)
    if shown is None:
        return False
    related = shown.get("related_redemptions") or {}
    others = (each for name in related for each in related[name])
    named = {shown["id"], shown.get("redemption"), *(each["id"] for each in others)}
    return redemption_id not in named
