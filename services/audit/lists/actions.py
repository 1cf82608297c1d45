"""The list of async actions, the newest first: what goes on in the background, and what did."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from engine.background.body import action_body
from engine.kernel import tables
from fronts.query_string import page_of, require_known, single_parameter, time_of
from runtime.clickhouse.reads import Reads
from runtime.http.routing import caller_of
from schemas.base import Millis
from services.audit.lists.lists import (
    Listing,
    each_by,
    list_response,
    page_of_entities,
    wanted_entities,
)
from services.audit.lists.moments import CREATED, go_on_from
from services.audit.lists.parameters import parameters_of

ACTIONS: Final = Listing(
    "async_action",
    "async_actions",
    each_by(lambda body: action_body(tables.ACTIONS.decode(body))),
    MappingProxyType({}),
    ranges=(),
)


async def list_actions(reads: Reads, clock_ms: Callable[[], Millis], request: Request) -> Response:
    """GET /v1/async-actions: those that were started before `end_date`, the newest `limit` of them.

    Clients go on with the time of the last one as the next `end_date` (moments.py).
    """
    given = parameters_of(request)
    require_known(given, frozenset({"limit", "end_date"}))
    page = page_of(given, frozenset({"created_at"}))
    end = single_parameter(given, "end_date")
    now = clock_ms()
    where = wanted_entities(ACTIONS, caller_of(request).project, given, now)
    reads = reads.up_to(request)
    if end is not None:
        page, left = await go_on_from(reads, CREATED, where, time_of(end), page, now)
        found = await page_of_entities(ACTIONS, reads, where, page)
        return list_response("async_actions", found, has_more=left > len(found))
    # one more than asked for tells whether there is more
    found = await page_of_entities(ACTIONS, reads, where, page._replace(limit=page.limit + 1))
    return list_response("async_actions", found[: page.limit], has_more=len(found) > page.limit)
