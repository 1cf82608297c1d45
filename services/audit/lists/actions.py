"""The list of async actions, the newest first: what goes on in the background, and what did."""

from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from engine.background.body import action_body
from engine.kernel import tables
from fronts.query_string import page_of, read_parameters, require_known, single_parameter, time_of
from runtime.clickhouse.sinks import Reads
from runtime.http.routing import caller_of
from services.audit.lists.lists import (
    Listing,
    each_by,
    list_response,
    page_of_entities,
    wanted_entities,
)

ACTIONS: Final = Listing(
    "async_action",
    "async_actions",
    each_by(lambda body: action_body(tables.ACTIONS.decode(body))),
    MappingProxyType({}),
    ranges=(),
)


async def list_actions(reads: Reads, request: Request) -> Response:
    """GET /v1/async-actions: those that were started before `end_date`, at most `limit`."""
    given = read_parameters(request.query_params.multi_items())
    require_known(given, frozenset({"limit", "end_date"}))
    page = page_of(given, frozenset({"created_at"}))
    end = single_parameter(given, "end_date")
    where = wanted_entities(ACTIONS, caller_of(request).project, given, 0)
    if end is not None:
        where.add("created_at < {end_date:Int64}", end_date=time_of(end))
    await reads.ready(request)
    # one more than asked for tells whether there is more
    found = await page_of_entities(ACTIONS, reads, where, page._replace(limit=page.limit + 1))
    return list_response("async_actions", found[: page.limit], has_more=len(found) > page.limit)
