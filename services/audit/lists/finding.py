"""Loyalty programs and their members, as paths name them."""

from starlette.requests import Request

from engine.kernel import tables
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, decode_ident
from schemas.errors import not_found
from schemas.vouchers import Voucher
from services.audit.lists import queries
from services.audit.sink.entities import ENTITIES


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
