"""The balance of a member, changed by hand: points added, which may expire, or taken off."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AfterValidator
from starlette.requests import Request
from starlette.responses import Response

from fronts.fields import Body, Change, Long, Short
from fronts.writes import Writes
from runtime.http.routing import Captured, management_router
from schemas.balances import AdjustBalance, ExpirationType
from schemas.base import ID_LENGTH_MAX
from services.catalog.dates import End, place_own_days
from services.catalog.reads import Reads
from services.catalog.vouchers.balances import CHANNEL_HEADER


def _check_change(points: int) -> int:
    if points == 0:
        raise ValueError("a number above or below 0 is wanted")
    return points


class MemberBalanceBody(Body):
    """How many points to add; what to take off is below 0."""

    points: Annotated[Change, AfterValidator(_check_change)]
    expiration_type: ExpirationType | None = None
    expiration_date: End | None = None
    source_id: Short | None = None
    reason: Long | None = None


def member_balance_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Adds points to the card of a member, or takes them off."""
    router = management_router("loyalties")

    async def change(
        request: Request,
        member: Captured,
        body: MemberBalanceBody,
        campaign: Captured | None = None,
    ) -> Response:
        said = await place_own_days(view_of, request, body)
        command = AdjustBalance(
            voucher=member,
            amount=said.points,
            source=request.headers.get(CHANNEL_HEADER, "")[:ID_LENGTH_MAX] or None,
            source_id=said.source_id,
            reason=said.reason,
            expiration_type=said.expiration_type,
            expires_at=said.expiration_date,
            of_member=True,
            campaign=campaign,
        )
        return await writes.write(request, "member.balance", command)

    @router.post("/v1/loyalties/members/{member:ident}/balance")
    async def of_member(request: Request, member: Captured, body: MemberBalanceBody) -> Response:
        return await change(request, member, body)

    @router.post("/v1/loyalties/{campaign:ident}/members/{member:ident}/balance")
    async def of_member_in(
        request: Request, campaign: Captured, member: Captured, body: MemberBalanceBody
    ) -> Response:
        return await change(request, member, body, campaign)

    return router
