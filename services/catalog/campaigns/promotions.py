"""The endpoints of promotion tiers and stacks; the lists of all of them are read elsewhere."""

from itertools import islice
from typing import Any, TypeVar

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.assignments.decide import assignments_of, shown_assignments
from engine.campaigns.body import promotion_campaign_body
from engine.campaigns.stacks.body import stack_body
from engine.campaigns.stacks.decide import find_stack
from engine.campaigns.tiers.body import tier_body
from engine.campaigns.tiers.decide import find_promotion, find_tier, shown_categories, shown_tiers
from engine.kernel import tables
from engine.kernel.encode import Body
from engine.kernel.lookup import categories_of
from engine.kernel.state import View
from fronts.query_string import (
    LIMIT_MAX,
    Given,
    Page,
    page_of,
    read_parameters,
    require_known,
    single_parameter,
)
from fronts.writes import Writes
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, caller_of, management_router
from schemas.campaigns import Campaign
from schemas.errors import Refusal
from schemas.promotions import (
    CreateStack,
    CreateTier,
    DeleteStack,
    DeleteTier,
    DisableTier,
    EnableTier,
    NewTier,
    OrderTiers,
    PromotionTier,
    UpdateStack,
    UpdateTier,
)
from services.catalog.campaigns.promotion_bodies import (
    CreateStackBody,
    CreateTierBody,
    OrderTiersBody,
    UpdateStackBody,
    UpdateTierBody,
)
from services.catalog.dates import place_own_days
from services.catalog.reads import Reads
from services.catalog.terms.values import (
    days_of,
    discount_of,
    hours_of,
    make_if_given,
    timeframe_of,
)

T = TypeVar("T")

_TIER = "/v1/promotions/tiers/{tier:ident}"
_TIERS = "/v1/promotions/{campaign:ident}/tiers"
_STACKS = "/v1/promotions/{campaign:ident}/stacks"
_STACK = _STACKS + "/{stack:ident}"
#: Members that an update copies as they are.
_PLAIN = (
    "banner",
    "start_date",
    "expiration_date",
    "validity_day_of_week",
    "metadata",
)
_PARAMETERS = frozenset({"limit", "page"})


def promotion_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Tiers, and the stacks of them."""
    router = management_router("promotions")
    _add_tiers(router, writes, view_of)
    _add_stacks(router, writes, view_of)
    return router


def _add_tiers(router: APIRouter, writes: Writes, view_of: Reads) -> None:
    @router.get(_TIER)
    async def get(request: Request, tier: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        found, campaign = _require_found(find_tier(view, tier))
        return writes.respond(request, 200, _tier_body(view, found, campaign))

    @router.put(_TIER)
    async def update(request: Request, tier: Captured, body: UpdateTierBody) -> Response:
        command = update_tier_command(await place_own_days(view_of, request, body), tier)
        return await writes.write(request, "tier.update", command)

    @router.delete(_TIER)
    async def delete(request: Request, tier: Captured) -> Response:
        return await writes.write(request, "tier.delete", DeleteTier(tier))

    @router.post(_TIER + "/enable")
    async def enable(request: Request, tier: Captured) -> Response:
        return await writes.write(request, "tier.enable", EnableTier(tier))

    @router.post(_TIER + "/disable")
    async def disable(request: Request, tier: Captured) -> Response:
        return await writes.write(request, "tier.disable", DisableTier(tier))

    @router.get(_TIERS)
    async def of_campaign(request: Request, campaign: Captured) -> Response:
        """A campaign's tiers, by hierarchy; a hundred of them unless it is said otherwise."""
        page = _page(request)
        view = await view_of(caller_of(request).project)
        found = _require_found(find_promotion(view, campaign))
        ids = islice(
            view.scan(tables.CAMPAIGN_TIERS, found.id), page.offset, page.offset + page.limit
        )
        tiers = [tier for each in ids if (tier := view.get(tables.TIERS, each)) is not None]
        shown = [_tier_body(view, each, found) for each in tiers]
        body = {
            "object": "list",
            "data_ref": "tiers",
            "tiers": shown,
            "total": found.tiers_count,
            "has_more": found.tiers_count > page.offset + len(shown),
        }
        return writes.respond(request, 200, body)

    @router.post(_TIERS)
    async def create(request: Request, campaign: Captured, body: CreateTierBody) -> Response:
        new = new_tier(await place_own_days(view_of, request, body))
        command = CreateTier(campaign, new.tier, new.validation_rules, new.hierarchy)
        return await writes.write(request, "tier.create", command)

    @router.put(_TIERS + "/order")
    async def order(request: Request, campaign: Captured, body: OrderTiersBody) -> Response:
        command = OrderTiers(campaign, tuple(body.ids))
        return await writes.write(request, "tier.order", command)


def _add_stacks(router: APIRouter, writes: Writes, view_of: Reads) -> None:
    @router.get(_STACKS)
    async def of_campaign(request: Request, campaign: Captured) -> Response:
        """A campaign's stacks, newest first; a hundred of them unless it is said otherwise."""
        page = _page(request)
        view = await view_of(caller_of(request).project)
        found = _require_found(find_promotion(view, campaign))
        ids = view.scan(tables.CAMPAIGN_STACKS, found.id)
        stacks = [stack for each in ids if (stack := view.get(tables.STACKS, each)) is not None]
        stacks.sort(key=lambda stack: (stack.created_at, stack.id), reverse=True)
        shown = stacks[page.offset : page.offset + page.limit]
        body = {
            "object": "list",
            "data_ref": "data",
            "data": [stack_body(each, categories_of(view, each.category_id)) for each in shown],
            "total": len(stacks),
        }
        return writes.respond(request, 200, body)

    @router.post(_STACKS)
    async def create(request: Request, campaign: Captured, body: CreateStackBody) -> Response:
        command = CreateStack(
            campaign,
            body.name,
            tuple(body.tiers.ids),
            body.category_id,
            body.tiers.hierarchy_mode,
        )
        return await writes.write(request, "stack.create", command)

    @router.get(_STACK)
    async def get(request: Request, campaign: Captured, stack: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        found = _require_found(find_stack(view, campaign, stack))
        body = stack_body(found, categories_of(view, found.category_id))
        return writes.respond(request, 200, body)

    @router.put(_STACK)
    async def update(
        request: Request, campaign: Captured, stack: Captured, body: UpdateStackBody
    ) -> Response:
        changes: dict[str, Any] = {}
        if body.name is not None:
            changes["name"] = body.name
        if body.tiers is not None:
            changes["tier_ids"] = body.tiers.ids
            if body.tiers.hierarchy_mode is not None:
                changes["hierarchy_mode"] = body.tiers.hierarchy_mode
        if "category_id" in body.model_fields_set:
            changes["category_id"] = body.category_id
        command = UpdateStack(campaign, stack, msgspec.Raw(msgspec.json.encode(changes)))
        return await writes.write(request, "stack.update", command)

    @router.delete(_STACK)
    async def delete(request: Request, campaign: Captured, stack: Captured) -> Response:
        return await writes.write(request, "stack.delete", DeleteStack(campaign, stack))


def new_tier(body: CreateTierBody) -> NewTier:
    """The tier that a body describes."""
    discount = None if body.action is None else body.action.discount
    tier = PromotionTier(
        id="",
        campaign_id="",
        name=body.name,
        created_at=0,
        discount=make_if_given(discount_of, discount),
        banner=body.banner,
        active=body.active is not False,
        start_date=body.start_date,
        expiration_date=body.expiration_date,
        validity_timeframe=make_if_given(timeframe_of, body.validity_timeframe),
        validity_day_of_week=days_of(body.validity_day_of_week),
        validity_hours=make_if_given(hours_of, body.validity_hours),
        category_id=body.category_id or body.category,
        metadata=body.metadata or {},
    )
    return NewTier(tier, body.rule_ids or (), body.hierarchy)


def update_tier_command(body: UpdateTierBody, tier: str) -> UpdateTier:
    """The command that sets what the body names; a name and a place cannot be none."""
    named = body.model_fields_set
    changes: dict[str, Any] = {name: getattr(body, name) for name in _PLAIN if name in named}
    for name in ("name", "hierarchy", "id", "active", "campaign_id"):
        if getattr(body, name) is not None:
            changes[name] = getattr(body, name)
    if body.action is not None and "discount" in body.action.model_fields_set:
        changes["discount"] = make_if_given(discount_of, body.action.discount)
    if "validity_timeframe" in named:
        changes["validity_timeframe"] = make_if_given(timeframe_of, body.validity_timeframe)
    if "validity_hours" in named:
        changes["validity_hours"] = make_if_given(hours_of, body.validity_hours)
    if named & {"category", "category_id"}:
        changes["category_id"] = body.category_id or body.category
    return UpdateTier(tier, msgspec.Raw(msgspec.json.encode(changes)), body.rule_ids)


def shown_campaign(view: View, campaign: Campaign) -> Body:
    """A campaign as it is now, with what binds it, and the first tiers of a promotion."""
    tiers = shown_tiers(view, campaign)
    assignments = [*shown_assignments(view, campaign)]
    for tier in tiers:
        assignments += assignments_of(view, tier)
    categories = shown_categories(view, campaign, tiers)
    return promotion_campaign_body(campaign, tiers, categories, assignments)


def _tier_body(view: View, tier: PromotionTier, campaign: Campaign) -> Body:
    categories = categories_of(view, tier.category_id)
    return tier_body(tier, campaign, categories, assignments_of(view, tier))


def _page(request: Request) -> Page:
    given = read_parameters(request.query_params.multi_items())
    require_known(given, _PARAMETERS)
    if single_parameter(given, "limit") is None:
        given.append(Given(("limit",), "limit", str(LIMIT_MAX)))
    return page_of(given, frozenset({"created_at"}))


def _require_found(found: T | Refusal) -> T:
    if isinstance(found, Refusal):
        raise ApiError(found)
    return found
