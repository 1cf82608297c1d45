"""The endpoints of who holds a referral code: list, add, remove, by the code alone or below its program.

The list goes on from a cursor. With filters it may be shorter than asked for, or empty, and still
go on: only so many holders are looked at for one page.
"""

from collections.abc import Callable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.calendar import parse_iso
from engine.kernel.encode import Body as Shown
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.referrals.body import referee_body, referrer_body
from engine.referrals.find import find_code, find_referral, holders_count, holders_of
from fronts.fields import Body
from fronts.query_string import (
    Given,
    conditions_of,
    invalid_parameter,
    limit_of,
    read_parameters,
    require_known,
    single_parameter,
    text_of,
)
from fronts.selection import test_of
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import Millis
from schemas.errors import Refusal
from schemas.referrals import HOLDERS_AT_ONCE_MAX, AddHolders, NamedHolder, RemoveHolder
from schemas.vouchers import Voucher
from services.catalog.people.customer_bodies import CustomerBody, customer_input
from services.catalog.reads import Reads

#: How many holders a page looks at, at most.
LOOKED_AT_MAX: Final = 500
_OF_CODE: Final = "/v1/referrals/members/{member:ident}/holders"
_OF_PROGRAM: Final = "/v1/referrals/{campaign:ident}/members/{member:ident}/holders"
_PARAMETERS: Final = frozenset({"limit", "order", "starting_after_id", "filters"})
_FIELDS: Final[Mapping[str, Callable[[Shown], str]]] = MappingProxyType(
    {
        "id": lambda holder: str(holder["id"]),
        "customer_id": lambda holder: str(holder["customer_id"]),
        "holder_role": lambda holder: str(holder["holder_role"]),
    }
)
_TIMES: Final[Mapping[str, Callable[[Shown], Millis]]] = MappingProxyType(
    {"created_at": lambda holder: parse_iso(holder["created_at"])}
)


class AddHoldersBody(Body):
    """Customers who are to be holders."""

    holders: Annotated[list[CustomerBody], Field(min_length=1, max_length=HOLDERS_AT_ONCE_MAX)]
    metadata: dict[str, Any] | None = None


def holder_router(
    writes: Writes, view_of: Reads, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """Holders of referral codes."""
    router = management_router("referrals")

    async def show(request: Request, member: str, campaign: str | None) -> Response:
        view = await view_of(caller_of(request).project)
        voucher = find_code(view, member, campaign)
        if isinstance(voucher, Refusal):
            raise ApiError(voucher)
        given = read_parameters(request.query_params.multi_items(), zone_of(view))
        return writes.respond(request, 200, holders_list(view, voucher, given, clock()))

    async def add(
        request: Request, body: AddHoldersBody, member: str, campaign: str | None
    ) -> Response:
        project = caller_of(request).project
        named = [customer_input(each) for each in body.holders]
        holders = tuple(NamedHolder(each, writes.guest_key(project, each)) for each in named)
        command = AddHolders(member, holders, campaign, body.metadata or {})
        return await writes.write(request, "referral.holders.add", command)

    async def remove(request: Request, command: RemoveHolder) -> Response:
        return await writes.write(request, "referral.holder.remove", command)

    @router.get(_OF_CODE)
    async def list_holders(request: Request, member: Captured) -> Response:
        return await show(request, member, None)

    @router.post(_OF_CODE)
    async def add_holders(request: Request, member: Captured, body: AddHoldersBody) -> Response:
        return await add(request, body, member, None)

    @router.delete(_OF_CODE + "/{holder:ident}")
    async def remove_holder(request: Request, member: Captured, holder: Captured) -> Response:
        return await remove(request, RemoveHolder(member, holder))

    @router.get(_OF_PROGRAM)
    async def list_of(request: Request, campaign: Captured, member: Captured) -> Response:
        return await show(request, member, campaign)

    @router.post(_OF_PROGRAM)
    async def add_of(
        request: Request, campaign: Captured, member: Captured, body: AddHoldersBody
    ) -> Response:
        return await add(request, body, member, campaign)

    @router.delete(_OF_PROGRAM + "/{holder:ident}")
    async def remove_of(
        request: Request, campaign: Captured, member: Captured, holder: Captured
    ) -> Response:
        return await remove(request, RemoveHolder(member, holder, campaign))

    return router


def holders_list(view: View, voucher: Voucher, given: list[Given], now: Millis) -> Shown:
    """The page that the query asks for, in the order of the holders' ids. Raises ApiError."""
    require_known(given, _PARAMETERS)
    limit = limit_of(given)
    conditions, _ = conditions_of(given)
    test = test_of(_FIELDS, _TIMES, given, now)
    order = single_parameter(given, "order")
    if order is not None and order.value not in ("id", "-id"):
        raise invalid_parameter(order.name, "must be `id` or `-id`")
    backwards = order is not None and order.value == "-id"
    after = text_of(given, "starting_after_id")
    holders = holders_of(view, voucher, after=after, backwards=backwards)
    found: list[Shown] = []
    last, more = after, False
    for holder_id, customer_id in islice(holders, LOOKED_AT_MAX):
        shown = _shown_holder(view, voucher, holder_id, customer_id)
        if test(shown):
            if len(found) == limit:
                more, last = True, found[-1]["id"]
                break
            found.append(shown)
        last = holder_id
    else:
        more = next(holders, None) is not None
    body: Shown = {
        "object": "list",
        "data_ref": "data",
        "data": found,
        "total": len(found) if conditions else holders_count(view, voucher),
        "has_more": more,
    }
    if more:
        body["more_starting_after"] = last
    return body


def _shown_holder(view: View, voucher: Voucher, holder_id: str, customer_id: str) -> Shown:
    if customer_id == voucher.holder_id:
        return referrer_body(voucher, holder_id)
    referral = find_referral(view, customer_id, voucher.campaign_id or "")
    assert referral is not None, "who is found from a code has a referral"
    return referee_body(referral)
