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
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, decode_ident
from schemas.base import Millis
from schemas.errors import not_found
from schemas.vouchers import Voucher
from services.audit.lists import queries
from services.audit.lists.campaigns import CAMPAIGNS
from services.audit.lists.categories import categories_in
from services.audit.lists.lists import (
    Listing,
    add_customer,
    list_response,
    wanted_entities,
)
from services.audit.lists.parameters import parameters_of
from services.audit.lists.vouchers import VOUCHERS
from services.audit.sink.entities import ENTITIES

#: Loyalty programs, by all that campaigns are listed by.
PROGRAMS: Final = replace(CAMPAIGNS, only="deleted = 0 AND type = 'LOYALTY_PROGRAM'")
#: The cards of a program that customers hold, by what vouchers are listed by.
_MEMBERS: Final[Listing] = replace(
    VOUCHERS,
    only="deleted = 0 AND campaign_id = {program:String} AND customer_id != ''",
    plain=MappingProxyType({"code": VOUCHERS.plain["code"]}),
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


async def find_program(reads: Reads, request: Request) -> str:
    """The id of the program that the path names by id or name. Raises ApiError."""
    named = decode_ident(request.path_params["campaign"])
    rows = await reads.rows(_program_named(caller_of(request).project, named))
    if not rows:
        raise ApiError(not_found("campaign", named))
    program_id: str = rows[0][0]
    return program_id


async def find_member(reads: Reads, request: Request) -> Voucher:
    """The card that the path names by code or id, in the program where it names one. Raises ApiError."""
    project = caller_of(request).project
    program = await find_program(reads, request) if "campaign" in request.path_params else None
    named = decode_ident(request.path_params["member"])
    rows = await reads.rows(queries.find_voucher(project, named))
    card = None if not rows else tables.VOUCHERS.decode(rows[0][0].encode())
    if card is None or card.campaign_id is None or program not in (None, card.campaign_id):
        raise ApiError(not_found("voucher", named))
    if program is None and not await reads.rows(_program_named(project, card.campaign_id)):
        raise ApiError(not_found("voucher", named))
    return card


def _program_named(project: str, named: str) -> Query:
    """(id,) of the loyalty program with that id or name, or no row; an id goes before a name."""
    return Query(
        f"SELECT id FROM {ENTITIES.full_name} FINAL "  # noqa: S608
        "WHERE project = {project:String} AND kind = 'campaign' AND type = 'LOYALTY_PROGRAM' "
        "AND (id = {campaign:String} OR alias = {campaign:String}) AND deleted = 0 "
        "ORDER BY id = {campaign:String} DESC LIMIT 1",
        {"project": project, "campaign": named},
    )
