"""The endpoints of members of loyalty programs: join, and read by the card's code or id."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.lookup import categories_of
from engine.kernel.programs import find_member
from engine.publications.body import member_body
from fronts.fields import Body, Short
from fronts.writes import Writes
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, caller_of, management_router
from schemas.blank import name_in
from schemas.errors import Refusal
from schemas.publications import AddMember
from services.catalog.people.customer_bodies import CustomerBody, customer_input
from services.catalog.reads import Reads

_MEMBERS = "/v1/loyalties/{campaign:ident}/members"


class AddMemberBody(Body):
    """Who becomes a member: with the card that is named, else with the next free one."""

    customer: CustomerBody
    voucher: Short | None = None
    source_id: Short | None = None
    channel: Short | None = None
    metadata: dict[str, Any] | None = None


def member_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Members; their lists are read elsewhere."""
    router = management_router("loyalties")

    @router.post(_MEMBERS)
    async def add(request: Request, campaign: Captured, body: AddMemberBody) -> Response:
        customer = customer_input(body.customer)
        command = AddMember(
            campaign,
            customer,
            voucher=body.voucher or None,
            source_id=name_in(body.source_id),
            channel=body.channel or "API",
            tracking_id=writes.tracking_id(customer),
            metadata=body.metadata or {},
        )
        return await writes.write(request, "member.add", command)

    async def get(request: Request, member: Captured, campaign: Captured | None = None) -> Response:
        view = await view_of(caller_of(request).project)
        card = find_member(view, member, campaign)
        if isinstance(card, Refusal):
            raise ApiError(card)
        shown = member_body(card, categories_of(view, card.category_id))
        return writes.respond(request, 200, shown)

    @router.get("/v1/loyalties/members/{member:ident}")
    async def get_member(request: Request, member: Captured) -> Response:
        return await get(request, member)

    @router.get(_MEMBERS + "/{member:ident}")
    async def get_member_of(request: Request, campaign: Captured, member: Captured) -> Response:
        return await get(request, member, campaign)

    return router
