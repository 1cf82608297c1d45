"""The balance of gift cards, changed by hand."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AfterValidator
from starlette.requests import Request
from starlette.responses import Response

from fronts.fields import Body, Change, Long, Short
from fronts.writes import Writes
from runtime.http.routing import Captured, management_router
from schemas.balances import AdjustBalance
from schemas.base import ID_LENGTH_MAX

#: How a client names itself; a card's transactions show it.
CHANNEL_HEADER = "x-voucherify-channel"


def _check_change(amount: int) -> int:
    if amount == 0:
        raise ValueError("an amount above or below 0 is wanted")
    return amount


class BalanceBody(Body):
    """What to add in minor units; what to take off is below 0."""

    amount: Annotated[Change, AfterValidator(_check_change)]
    source_id: Short | None = None
    reason: Long | None = None


def balance_router(writes: Writes) -> APIRouter:
    """Adds to and takes off the balance of a gift card."""
    router = management_router("vouchers")

    @router.post("/v1/vouchers/{code:ident}/balance")
    async def adjust(request: Request, code: Captured, body: BalanceBody) -> Response:
        command = AdjustBalance(
            voucher=code,
            amount=body.amount,
            source=request.headers.get(CHANNEL_HEADER, "")[:ID_LENGTH_MAX] or "API",
            source_id=body.source_id,
            reason=body.reason,
        )
        return await writes.write(request, "voucher.balance", command)

    return router
