"""The lists of loyalty programs and of their members; and how both are found where lists are read."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.encode import Body
from engine.publications.body import member_body
from fronts.query_string import page_of, require_known
from runtime.clickhouse.reads import Reads
from runtime.http.routing import caller_of
from schemas.base import Millis
from services.audit.lists import queries
from services.audit.lists.categories import categories_in
from services.audit.lists.finding import find_program
from services.audit.lists.lists import (
    Listing,
    add_customer,
    list_response,
    wanted_entities,
)
from services.audit.lists.parameters import parameters_of
from services.audit.lists.vouchers import VOUCHERS
from services.audit.sink.standing_rows import IN_TIER

#: The cards of a program that customers hold, by what vouchers are listed by.
_MEMBERS: Final[Listing] = replace(
    VOUCHERS,
    only="deleted = 0 AND campaign_id = {program:String} AND customer_id != ''",
    plain=MappingProxyType({"code": VOUCHERS.plain["code"], "loyalty_tier_id": IN_TIER}),
    orders=MappingProxyType({**VOUCHERS.orders, "balance": ("balance", "id")}),
)


async def list_members(reads: Reads, clock_ms: Callable[[], Millis], request: Request) -> Response:
    """GET /v1/loyalties/{campaign}/members."""
    given = parameters_of(request)
    require_known(given, _MEMBERS.parameters)
    page = page_of(given, frozenset(_MEMBERS.orders))
    reads = reads.up_to(request)
    project = caller_of(request).project
    program = await find_program(reads, request)
    where = wanted_entities(_MEMBERS, project, given, clock_ms())
    where.values["program"] = program
    await add_customer(where, reads, given, _MEMBERS.customer)
    rows = await reads.rows(queries.list_entities(where, page, _MEMBERS.orders[page.order]))
    cards = [tables.VOUCHERS.decode(body.encode()) for _, body in rows]
    categories = await categories_in(reads, project, [each.category_id for each in cards])
    shown: list[Body] = [member_body(each, categories) for each in cards]
    ((total,),) = await reads.rows(queries.count_entities(where))
    return list_response("vouchers", shown, total=total)
