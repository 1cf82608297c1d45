"""The front of redemptions: requests into commands, records into answers.

It decides nothing. An attempt whose redeemables can be read becomes a command even when the rest
of it is wrong, so that the ledger records the failure.
"""

from typing import Any, Final

import msgspec
from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response

from fronts.attempt import ReadAttempt, read_attempt, read_single, tracking_id
from fronts.attempt_query import read_code
from fronts.query_string import Given, read_parameters
from fronts.writes import Writes
from runtime.http.payload import decode_body, read_body
from runtime.http.reading import ShapeReader, read_shape
from runtime.http.routing import read_ident
from schemas.api import CustomerInput, OrderInput, RedeemableObject, Text
from schemas.base import Metadata, Shape
from schemas.records import Answer
from schemas.redemptions import RedeemStack, RollBackRedemption, RollBackStack


class RollbackBody(Shape, frozen=True):
    """The optional body of a rollback."""

    reason: Text | None = None
    tracking_id: Text | None = None
    customer: CustomerInput | None = None
    order: OrderInput | None = None
    metadata: Metadata | None = None


_rollback_body: Final = ShapeReader[RollbackBody](RollbackBody)
_rollback_query: Final = msgspec.json.Decoder(RollbackBody)


class Redemptions:
    """The endpoints that redeem and roll back."""

    def __init__(self, writes: Writes, hash_key: bytes) -> None:
        self._writes = writes
        self._hash_key = hash_key

    async def redeem(self, request: Request) -> Response:
        """`POST /v1/redemptions` and its client-side twin."""
        content = await read_body(request)
        command = self._command(read_attempt(request, content))
        return await self._writes.answer(request, "redeem", content, command)

    async def redeem_voucher(self, request: Request) -> Response:
        """`POST /v1/vouchers/{code}/redemption`."""
        return await self._redeem_one(request, read_ident(request, "code"))

    async def redeem_tier(self, request: Request) -> Response:
        """`POST /v1/promotions/tiers/{tier}/redemption`."""
        return await self._redeem_one(request, read_ident(request, "tier"), "promotion_tier")

    async def redeem_member(self, request: Request) -> Response:
        """`POST /v1/loyalties/members/{member}/redemption`, and the same below a program."""
        content = await read_body(request)
        named = read_ident(request, "member")
        program = read_ident(request, "campaign") if "campaign" in request.path_params else ""
        command = self._command(read_single(request, content, named))
        command = structs.replace(command, of_program=program)
        return await self._writes.answer(request, "redeem.member", content, command, _only)

    async def redeem_query(self, request: Request) -> Response:
        """`POST /client/v1/redeem`, which names the voucher in its query."""
        return await self._redeem_one(request, read_code(_parameters(request)))

    async def _redeem_one(
        self, request: Request, named: str, kind: RedeemableObject = "voucher"
    ) -> Response:
        content = await read_body(request)
        body, fault = read_single(request, content, named, kind)
        asked = _query(request)
        if asked.tracking_id:
            body = structs.replace(body, tracking_id=asked.tracking_id)
        command = self._command(ReadAttempt(body, fault))
        route = "redeem.voucher" if kind == "voucher" else "redeem.tier"
        return await self._writes.answer(request, route, content, command, _only)

    def _command(self, read: ReadAttempt) -> RedeemStack:
        body, fault = read
        return RedeemStack(
            redeemables=body.redeemables,
            order=body.order,
            customer=body.customer,
            session=body.session,
            tracking_id=tracking_id(self._hash_key, body),
            metadata=body.metadata,
            fault=fault,
        )

    async def roll_back(self, request: Request) -> Response:
        """`POST /v1/redemptions/{id}/rollback`."""
        return await self._roll_back(request, "rollback", RollBackRedemption)

    async def roll_back_stack(self, request: Request) -> Response:
        """`POST /v1/redemptions/{id}/rollbacks`, for stacks and single redemptions."""
        return await self._roll_back(request, "rollbacks", RollBackStack)

    async def _roll_back(
        self, request: Request, route: str, command: type[RollBackRedemption | RollBackStack]
    ) -> Response:
        redemption_id = read_ident(request, "redemption_id")
        content = await read_body(request)
        body = RollbackBody()
        if content.strip():
            body = read_shape(request, content, _rollback_body)
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


def _only(_: Answer, body: dict[str, Any]) -> dict[str, Any]:
    """The one redemption of an answer."""
    (redemption,) = body["redemptions"]
    return dict(redemption)


def _parameters(request: Request) -> list[Given]:
    return read_parameters(request.query_params.multi_items())


def _query(request: Request) -> RollbackBody:
    """What the query says; it is held to the same limits as the body."""
    named = {
        name: value
        for name in ("reason", "tracking_id")
        if (value := request.query_params.get(name))
    }
    return decode_body(msgspec.json.encode(named), _rollback_query) if named else RollbackBody()
