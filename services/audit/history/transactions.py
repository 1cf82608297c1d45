"""What changed the balances of cards, for a card or for a campaign; newest first."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from fronts.query_string import conditions_of, require_known
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, decode_ident
from schemas.base import Millis
from schemas.errors import not_found
from services.audit.lists import queries
from services.audit.lists.cursors import PARAMETERS, cursor_of, cursor_response, read_page
from services.audit.lists.filters import Field, Where, text, time
from services.audit.lists.finding import find_member, find_program
from services.audit.lists.parameters import parameters_of
from services.audit.sink.transaction_table import MADE_AT, TRANSACTIONS

#: Clients go on by page as well as from the last one.
_PARAMETERS: Final = PARAMETERS | {"page"}
FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {"id": text("id"), "voucher_id": text("voucher_id"), "created_at": time(MADE_AT)}
)


async def list_voucher_transactions(
    reads: Reads, clock_ms: Callable[[], Millis], request: Request
) -> Response:
    """GET /v1/vouchers/{code}/transactions."""
    code = decode_ident(request.path_params["code"])
    reads = reads.up_to(request)
    rows = await reads.rows(queries.find_voucher(caller_of(request).project, code))
    if not rows:
        raise ApiError(not_found("voucher", code))
    voucher = tables.VOUCHERS.decode(rows[0][0].encode())
    return await _list_transactions(reads, clock_ms(), request, "voucher_id", voucher.id)


async def list_member_transactions(
    reads: Reads, clock_ms: Callable[[], Millis], request: Request
) -> Response:
    """GET /v1/loyalties/members/{member}/transactions, and the same below a program."""
    reads = reads.up_to(request)
    card = await find_member(reads, request)
    return await _list_transactions(reads, clock_ms(), request, "voucher_id", card.id)


async def list_program_transactions(
    reads: Reads, clock_ms: Callable[[], Millis], request: Request
) -> Response:
    """GET /v1/loyalties/{campaign}/transactions."""
    reads = reads.up_to(request)
    program_id = await find_program(reads, request)
    return await _list_transactions(reads, clock_ms(), request, "campaign_id", program_id)


async def list_campaign_transactions(
    reads: Reads, clock_ms: Callable[[], Millis], request: Request
) -> Response:
    """GET /v1/campaigns/{id}/transactions."""
    named = decode_ident(request.path_params["id"])
    reads = reads.up_to(request)
    rows = await reads.rows(queries.find_campaign(caller_of(request).project, named))
    if not rows:
        raise ApiError(not_found("campaign", named))
    return await _list_transactions(reads, clock_ms(), request, "campaign_id", rows[0][0])


async def _list_transactions(
    reads: Reads, now: Millis, request: Request, column: str, wanted: str
) -> Response:
    given = parameters_of(request)
    require_known(given, _PARAMETERS)
    cursor = cursor_of(given, ("log_offset", "log_index"))
    where = Where(caller_of(request).project, now)
    where.add(f"{column} = {{wanted:String}}", wanted=wanted)
    place = f"{where.text} AND id = {{after_id:String}}"
    where.satisfies(FIELDS, *conditions_of(given))
    rows, more = await read_page(reads, TRANSACTIONS.full_name, where, place, cursor)
    items = [msgspec.json.decode(body) for _, body in rows]
    return cursor_response(items, more=more)
