"""The endpoints of pending points: of a program or a member, and made active, changed, canceled."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import AfterValidator
from starlette.requests import Request
from starlette.responses import Response

from engine.earning.body import pending_points_body
from engine.kernel import tables
from engine.kernel.programs import find_member, find_program
from engine.kernel.state import View
from engine.points.pending import pending_named
from fronts.fields import Body, Change
from fronts.query_string import (
    Given,
    invalid_parameter,
    limit_of,
    read_parameters,
    require_known,
    text_of,
)
from fronts.writes import Writes
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, caller_of, management_router
from schemas.errors import Refusal
from schemas.pending import (
    ActivatePendingPoints,
    AdjustPendingPoints,
    CancelPendingPoints,
    PendingPoints,
)
from services.catalog.reads import Reads

_OF_MEMBER: Final = "/v1/loyalties/members/{member:ident}/pending-points"
_OF_MEMBER_IN: Final = "/v1/loyalties/{campaign:ident}/members/{member:ident}/pending-points"
_OF_PROGRAM: Final = "/v1/loyalties/{campaign:ident}/pending-points"
_ONE: Final = _OF_MEMBER + "/{pending:ident}"
_PARAMETERS: Final = frozenset({"limit", "order", "starting_after_id"})
#: Whether the last id comes first.
_ORDERS: Final = {"id": False, "-id": True}


def _check_change(points: int) -> int:
    if points == 0:
        raise ValueError("a number above or below 0 is wanted")
    return points


class AdjustPendingBody(Body):
    """How many points more, or, below 0, fewer."""

    points: Annotated[Change, AfterValidator(_check_change)]


def pending_points_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Pending points."""
    router = management_router("loyalties")

    async def list_member(
        request: Request, member: Captured, campaign: Captured | None = None
    ) -> Response:
        view = await view_of(caller_of(request).project)
        card = find_member(view, member, campaign)
        if isinstance(card, Refusal):
            raise ApiError(card)
        return _page(writes, request, view, card.id, None)

    @router.get(_OF_PROGRAM)
    async def of_program(request: Request, campaign: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        program = find_program(view, campaign)
        if isinstance(program, Refusal):
            raise ApiError(program)
        return _page(writes, request, view, None, program.id)

    @router.get(_OF_MEMBER)
    async def of_member(request: Request, member: Captured) -> Response:
        return await list_member(request, member)

    @router.get(_OF_MEMBER_IN)
    async def of_member_in(request: Request, campaign: Captured, member: Captured) -> Response:
        return await list_member(request, member, campaign)

    @router.post(_ONE + "/activate")
    async def activate(request: Request, member: Captured, pending: Captured) -> Response:
        command = ActivatePendingPoints(member, pending)
        return await writes.write(request, "pending_points.activate", command)

    @router.post(_ONE + "/balance")
    async def adjust(
        request: Request, member: Captured, pending: Captured, body: AdjustPendingBody
    ) -> Response:
        command = AdjustPendingPoints(member, pending, body.points)
        return await writes.write(request, "pending_points.adjust", command)

    @router.post(_ONE + "/cancel")
    async def cancel(request: Request, member: Captured, pending: Captured) -> Response:
        command = CancelPendingPoints(member, pending)
        return await writes.write(request, "pending_points.cancel", command)

    return router


def _page(
    writes: Writes, request: Request, view: View, card_id: str | None, program_id: str | None
) -> Response:
    """A page of the pending points of a card or a program, by their ids."""
    given = read_parameters(request.query_params.multi_items())
    require_known(given, _PARAMETERS)
    limit = limit_of(given)
    found = list(islice(_scan(view, given, card_id, program_id), limit + 1))
    shown = found[:limit]
    body = {
        "object": "list",
        "data_ref": "data",
        "data": list(map(pending_points_body, shown)),
        "has_more": len(found) > limit,
    }
    if len(found) > limit:
        body["more_starting_after"] = shown[-1].id
    return writes.respond(request, 200, body)


def _scan(
    view: View, given: list[Given], card_id: str | None, program_id: str | None
) -> Iterator[PendingPoints]:
    order = text_of(given, "order") or "-id"
    if order not in _ORDERS:
        raise invalid_parameter("order", f"must be one of {', '.join(_ORDERS)}")
    after, backwards = text_of(given, "starting_after_id"), _ORDERS[order]
    if card_id is not None:
        yield from view.scan(tables.PENDING_POINTS, card_id, after=after, backwards=backwards)
        return
    below = (program_id or "",)
    names = view.scan(tables.CAMPAIGN_PENDING, *below, after=after, backwards=backwards)
    for named in names:
        pending = pending_named(view, named)
        if pending is not None:
            yield pending
