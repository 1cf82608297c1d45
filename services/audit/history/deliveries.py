"""The attempts to send events to webhooks, as rows and as a list; an addition to the contract.

They come from the topic `deliveries`. After a crash an attempt may be listed twice, with one id.
"""

from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from fronts.query_string import page_of, range_of, require_known, text_of
from runtime.clickhouse.reads import Reads
from runtime.http.routing import caller_of
from services.audit.lists import queries
from services.audit.lists.filters import Where
from services.audit.lists.lists import PAGING, list_response
from services.audit.lists.parameters import parameters_of
from services.audit.sink.delivery_table import DELIVERIES

_FILTERS: Final = ("webhook_id", "event_id", "event", "result")


async def list_deliveries(reads: Reads, request: Request) -> Response:
    """GET /v1/webhook-deliveries: the newest first."""
    given = parameters_of(request)
    require_known(given, PAGING | {"created_at", *_FILTERS})
    page = page_of(given, frozenset({"created_at"}))
    where = Where(caller_of(request).project)
    where.within("at", range_of(given, "created_at"))
    for name in _FILTERS:
        value = text_of(given, name)
        if value is not None:
            where.add(f"{name} = {{{name}:String}}", **{name: value})
    reads = reads.up_to(request)
    ((total, newest),) = await reads.rows(queries.count_rows(DELIVERIES, where))
    where.add("log_offset <= {newest:Int64}", newest=newest)
    query = queries.list_rows(DELIVERIES, where, page, ("log_offset", "log_index"))
    rows = await reads.rows(query) if total else []
    return list_response("data", [msgspec.json.decode(body) for _, body in rows], total=total)
