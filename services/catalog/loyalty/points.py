"""The endpoints of points that a member has: what of them expires when, and how they go to others."""

from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.programs import find_member
from engine.kernel.zones import zone_of
from engine.points.body import buckets_body
from engine.points.stored import buckets_of
from fronts.fields import Body, Long, Short, read_whole
from fronts.query_string import page_of, read_parameters, require_known
from fronts.writes import Writes
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import AMOUNT_MAX, ID_LENGTH_MAX
from schemas.errors import Refusal
from schemas.points import MOVES_MAX, PointsMove, TransferPoints
from services.catalog.reads import Reads
from services.catalog.vouchers.balances import CHANNEL_HEADER

_MEMBER: Final = "/v1/loyalties/{campaign:ident}/members/{member:ident}"
_PAGING: Final = frozenset({"limit", "page"})


class MoveBody(Body):
    """So many points of the card with that code or id."""

    code: Short
    points: Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=AMOUNT_MAX)]
    source_id: Short
    reason: Long | None = None


def member_points_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Points of members."""
    router = management_router("loyalties")

    @router.get(_MEMBER + "/points-expiration")
    async def list_expiring(request: Request, campaign: Captured, member: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        given = read_parameters(request.query_params.multi_items(), zone_of(view))
        require_known(given, _PAGING)
        page = page_of(given, frozenset({"created_at"}))
        card = find_member(view, member, campaign)
        if isinstance(card, Refusal):
            raise ApiError(card)
        found = list(buckets_of(view, card.id))
        data = buckets_body(found[page.offset : page.offset + page.limit])
        body = {"object": "list", "data_ref": "data", "data": data, "total": len(found)}
        return writes.respond(request, 200, body)

    @router.post(_MEMBER + "/transfers")
    async def transfer(
        request: Request,
        campaign: Captured,
        member: Captured,
        body: Annotated[list[MoveBody], Field(min_length=1, max_length=MOVES_MAX)],
    ) -> Response:
        """The cards that are named give, the member gets. Source: the contract's documentation."""
        command = TransferPoints(
            campaign=campaign,
            member=member,
            moves=tuple(PointsMove(e.code, e.points, e.source_id, e.reason) for e in body),
            source=request.headers.get(CHANNEL_HEADER, "")[:ID_LENGTH_MAX] or None,
        )
        return await writes.write(request, "member.transfer", command)

    return router
