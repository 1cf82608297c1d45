"""The front of redemptions: requests into commands, records into answers.

It decides nothing. An attempt whose redeemables can be read becomes a command even when the rest
of it is wrong, so that the ledger records the failure.
"""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from runtime.http.attempt import read_attempt, tracking_id
from runtime.http.payload import decode, read_body
from runtime.http.routing import ident
from runtime.http.writes import Writes
from schemas.api import CustomerInput, OrderInput, Text
from schemas.base import Metadata, Shape
from schemas.commands import RedeemStack, RollBackRedemption, RollBackStack


class RollbackBody(Shape, frozen=True):
    """The optional body of a rollback."""

    reason: Text | None = None
    tracking_id: Text | None = None
    customer: CustomerInput | None = None
    order: OrderInput | None = None
    metadata: Metadata | None = None


_rollback_body = msgspec.json.Decoder(RollbackBody)


class Redemptions:
    """The endpoints that redeem and roll back."""

    def __init__(self, writes: Writes, hash_key: bytes) -> None:
        self._writes = writes
        self._hash_key = hash_key

    async def redeem(self, request: Request) -> Response:
        """`POST /v1/redemptions` and its client-side twin."""
        content = await read_body(request)
        body, fault = read_attempt(content)
        command = RedeemStack(
            redeemables=body.redeemables,
            order=body.order,
            customer=body.customer,
            session=body.session,
            tracking_id=tracking_id(self._hash_key, body),
            metadata=body.metadata,
            fault=fault,
        )
        return await self._writes.answer(request, "redeem", content, command)

    async def roll_back(self, request: Request) -> Response:
        """`POST /v1/redemptions/{id}/rollback`."""
        return await self._roll_back(request, "rollback", RollBackRedemption)

    async def roll_back_stack(self, request: Request) -> Response:
        """`POST /v1/redemptions/{id}/rollbacks`, for stacks and single redemptions."""
        return await self._roll_back(request, "rollbacks", RollBackStack)

    async def _roll_back(
        self, request: Request, route: str, command: type[RollBackRedemption | RollBackStack]
    ) -> Response:
        redemption_id = ident(request, "redemption_id")
        content = await read_body(request)
        body = decode(content, _rollback_body) if content.strip() else RollbackBody()
        asked = _query(request)
        return await self._writes.answer(
            request,
            route,
            content,
            command(
                redemption_id=redemption_id,
                reason=asked.reason or body.reason,
                tracking_id=asked.tracking_id or body.tracking_id,
                customer=body.customer,
                order=body.order,
                metadata=body.metadata,
            ),
        )


def _query(request: Request) -> RollbackBody:
    """What the query says; it is held to the same limits as the body."""
    named = {
        name: value
        for name in ("reason", "tracking_id")
        if (value := request.query_params.get(name))
    }
    return decode(msgspec.json.encode(named), _rollback_body) if named else RollbackBody()
