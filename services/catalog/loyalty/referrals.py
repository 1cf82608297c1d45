"""The endpoints of referral programs beside the contract: their tiers, and whom somebody referred."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter
from pydantic import BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.lookup import find_customer, unknown_customer
from engine.referrals.body import tier_body
from engine.referrals.find import find_program
from engine.referrals.tiers import find_tier
from engine.referrals.tree import DEPTH_MAX, Tree
from fronts.fields import Body, Short, Shown, read_whole
from fronts.query_string import (
    count_of,
    invalid_parameter,
    read_parameters,
    require_known,
    text_of,
)
from fronts.writes import Writes
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import QUANTITY_MAX
from schemas.errors import Refusal
from schemas.referrals import (
    CreateReferralTier,
    DeleteReferralTier,
    ReferralTier,
    UpdateReferralTier,
)
from services.catalog.campaigns.referral_bodies import PrizeBody, prize_of
from services.catalog.reads import Reads

_TIERS: Final = "/v1/referrals/{campaign:ident}/tiers"
_TIER: Final = _TIERS + "/{tier:ident}"
Conversions = Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=QUANTITY_MAX)]


class CreateTierBody(Body):
    """A new tier of a referral program."""

    conversions: Conversions
    reward: PrizeBody
    banner: Short | None = None


class TierParametersBody(Body):
    """What a tier asks for and gives, as it is shown."""

    conversions: Conversions | None = None
    reward: PrizeBody | None = None


class UpdateTierBody(TierParametersBody):
    """Changes of a tier; only what is named changes. It may be sent back as it is shown."""

    banner: Short | None = None
    parameters: TierParametersBody | None = None
    id: Shown = None
    campaign_id: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    object: Shown = None


def referral_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Tiers and trees of referral programs."""
    router = management_router("referrals")

    @router.get(_TIERS)
    async def list_tiers(request: Request, campaign: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        require_known(read_parameters(request.query_params.multi_items()), frozenset())
        program = find_program(view, campaign)
        if isinstance(program, Refusal):
            raise ApiError(program)
        tiers = list(view.scan(tables.REFERRAL_TIERS, program.id))
        tiers.sort(key=lambda tier: tier.conversions)
        shown = {
            "object": "list",
            "data_ref": "data",
            "data": list(map(tier_body, tiers)),
            "total": len(tiers),
        }
        return writes.respond(request, 200, shown)

    @router.post(_TIERS)
    async def create(request: Request, campaign: Captured, body: CreateTierBody) -> Response:
        tier = ReferralTier("", "", body.conversions, prize_of(body.reward), 0, body.banner)
        command = CreateReferralTier(campaign, tier)
        return await writes.write(request, "referral.tier.create", command)

    @router.get(_TIER)
    async def get(request: Request, campaign: Captured, tier: Captured) -> Response:
        found = find_tier(await view_of(caller_of(request).project), campaign, tier)
        if isinstance(found, Refusal):
            raise ApiError(found)
        return writes.respond(request, 200, tier_body(found))

    @router.put(_TIER)
    async def update(
        request: Request, campaign: Captured, tier: Captured, body: UpdateTierBody
    ) -> Response:
        command = UpdateReferralTier(campaign, tier, _changes(body))
        return await writes.write(request, "referral.tier.update", command)

    @router.delete(_TIER)
    async def delete(request: Request, campaign: Captured, tier: Captured) -> Response:
        command = DeleteReferralTier(campaign, tier)
        return await writes.write(request, "referral.tier.delete", command)

    @router.get("/v1/referrals/{campaign:ident}/tree")
    async def tree(request: Request, campaign: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"customer", "depth"}))
        program = find_program(view, campaign)
        if isinstance(program, Refusal):
            raise ApiError(program)
        named = text_of(given, "customer")
        if named is None:
            raise invalid_parameter("customer", "is required")
        customer = find_customer(view, named)
        if customer is None:
            raise ApiError(unknown_customer(named))
        depth = count_of(given, "depth", DEPTH_MAX, DEPTH_MAX)
        return writes.respond(request, 200, Tree(view, program.id, depth).body(customer.id))

    return router


def _changes(body: UpdateTierBody) -> msgspec.Raw:
    said: dict[str, Any] = {}
    for shown in (body.parameters, body):
        if shown is not None and shown.conversions is not None:
            said["conversions"] = shown.conversions
        if shown is not None and shown.reward is not None:
            said["reward"] = prize_of(shown.reward)
    if "banner" in body.model_fields_set:
        said["banner"] = body.banner
    return msgspec.Raw(msgspec.json.encode(said))
