"""The endpoints of tiers of loyalty programs; changing and deleting one is our own."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.programs import find_member, find_program
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.loyalty_tiers.body import loyalty_tier_body
from engine.loyalty_tiers.find import find_loyalty_tier, standing_of
from engine.loyalty_tiers.ladder import tiers_of
from fronts.query_string import read_parameters
from fronts.selection import Selection, select_page
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError, request_id_of
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.errors import Refusal, not_found
from schemas.loyalty_tiers import (
    TIERS_MAX,
    CreateLoyaltyTiers,
    DeleteLoyaltyTier,
    LoyaltyTier,
    UpdateLoyaltyTier,
)
from services.catalog.loyalty.tier_bodies import NewTierBody, TierBody, new_tier, tier_changes
from services.catalog.reads import Reads

_TIERS: Final = "/v1/loyalties/{campaign:ident}/tiers"
_TIER: Final = _TIERS + "/{tier:ident}"

_SELECTION: Final[Selection[LoyaltyTier]] = Selection(
    texts=MappingProxyType({"id": lambda each: each.id, "name": lambda each: each.name}),
    times=MappingProxyType({"created_at": lambda each: each.created_at}),
    orders=MappingProxyType(
        {
            "created_at": lambda each: (each.created_at, each.number),
            "updated_at": lambda each: (each.updated_at or 0, each.created_at, each.number),
        }
    ),
    id_of=lambda each: each.id,
)


def loyalty_tier_router(
    writes: Writes, view_of: Reads, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """Tiers: create together, list, read, change, delete; and those of a member."""
    router = management_router("loyalties")
    _add_reads(router, writes, view_of, clock)

    @router.post(_TIERS)
    async def create(
        request: Request,
        campaign: Captured,
        body: Annotated[list[NewTierBody], Field(max_length=TIERS_MAX)],
    ) -> Response:
        if not body:
            view = await view_of(caller_of(request).project)
            _require_found(find_program(view, campaign))
            return writes.respond(request, 200, [])
        tiers = tuple(map(new_tier, body))
        command = CreateLoyaltyTiers(campaign, tiers, request_id_of(request))
        content = await request.body()
        return await writes.answer(request, "loyalty_tiers.create", content, command, _alone)

    @router.put(_TIER)
    async def update(
        request: Request, campaign: Captured, tier: Captured, body: TierBody
    ) -> Response:
        changes = msgspec.Raw(msgspec.json.encode(tier_changes(body)))
        command = UpdateLoyaltyTier(campaign, tier, changes, request_id_of(request))
        return await writes.write(request, "loyalty_tier.update", command)

    @router.delete(_TIER)
    async def delete(request: Request, campaign: Captured, tier: Captured) -> Response:
        command = DeleteLoyaltyTier(campaign, tier, request_id_of(request))
        return await writes.write(request, "loyalty_tier.delete", command)

    return router


def _add_reads(
    router: APIRouter, writes: Writes, view_of: Reads, clock: Callable[[], Millis]
) -> None:
    @router.get(_TIERS)
    async def list_tiers(request: Request, campaign: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        given = read_parameters(request.query_params.multi_items(), zone_of(view))
        program = _require_found(find_program(view, campaign))
        found = select_page(_SELECTION, tiers_of(view, program.id), given, clock())
        return writes.respond(request, 200, found.body(loyalty_tier_body))

    @router.get(_TIER)
    async def get(request: Request, campaign: Captured, tier: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        _, found = require_tier(view, campaign, tier)
        return writes.respond(request, 200, loyalty_tier_body(found))

    @router.get("/v1/loyalties/members/{member:ident}/tiers")
    async def of_member(request: Request, member: Captured) -> Response:
        """The tier that the member is in now, be it told or not; none at most one."""
        view = await view_of(caller_of(request).project)
        card = find_member(view, member)
        if isinstance(card, Refusal):
            raise ApiError(card)
        standing = standing_of(view, card, clock())
        tier = None
        if standing is not None and standing.tier_id is not None:
            tier = find_loyalty_tier(view, standing.campaign_id, standing.tier_id)
        data = [] if tier is None else [loyalty_tier_body(tier, standing)]
        body = {"object": "list", "data_ref": "data", "data": data, "total": len(data)}
        return writes.respond(request, 200, body)


def require_tier(view: View, campaign: str, tier: str) -> tuple[Campaign, LoyaltyTier]:
    """The program, and its tier with that id. Raises ApiError."""
    program = _require_found(find_program(view, campaign))
    found = find_loyalty_tier(view, program.id, tier)
    if found is None:
        raise ApiError(not_found("loyalty_tier", tier))
    return program, found


def _require_found(found: Campaign | Refusal) -> Campaign:
    if isinstance(found, Refusal):
        raise ApiError(found)
    return found


def _alone(_: Any, body: dict[str, Any]) -> list[Any]:
    """Those that were created, without the list around them."""
    data: list[Any] = body["data"]
    return data
