"""What a tier of a loyalty program is worth: the program's earning rules and rewards, as its members have them."""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from fastapi import APIRouter
from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response

from engine.earning.body import earning_rule_body
from engine.earning.members import rules_of
from engine.kernel import tables
from engine.kernel.encode import Body
from engine.kernel.state import View
from engine.loyalty_tiers.mapping_body import mapped_rule_body
from engine.rewards.body import assignment_body, reward_body
from engine.rewards.find import assignments_of_program
from engine.rewards.payment import cost_of
from fronts.query_string import page_of, read_parameters, require_known
from fronts.writes import Writes
from runtime.http.routing import Captured, caller_of, management_router
from schemas.loyalty_tiers import LoyaltyTier
from schemas.rewards import RewardAssignment
from services.catalog.loyalty.tiers import require_tier
from services.catalog.reads import Reads

T = TypeVar("T")

_TIER: Final = "/v1/loyalties/{campaign:ident}/tiers/{tier:ident}"
_PARAMETERS: Final = frozenset({"limit", "page"})


def tier_contents_router(writes: Writes, view_of: Reads) -> APIRouter:
    """The lists below a tier, the newest first."""
    router = management_router("loyalties")

    @router.get(_TIER + "/earning-rules")
    async def earning_rules(request: Request, campaign: Captured, tier: Captured) -> Response:
        """Those that are switched on."""
        view = await view_of(caller_of(request).project)
        program, found = require_tier(view, campaign, tier)
        rules = [each for each in rules_of(view, program.id) if each.active]
        body = _page_body(
            request, rules, lambda each: mapped_rule_body(found, earning_rule_body(each))
        )
        return writes.respond(request, 200, body)

    @router.get(_TIER + "/rewards")
    async def rewards(request: Request, campaign: Captured, tier: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        program, found = require_tier(view, campaign, tier)
        offers = assignments_of_program(view, program.id)
        body = _page_body(request, offers, lambda each: _reward_body(view, found, each))
        return writes.respond(request, 200, body)

    return router


def _reward_body(view: View, tier: LoyaltyTier, offer: RewardAssignment) -> Body:
    """The offer with what it costs members of the tier."""
    cost, _ = cost_of(offer, tier)
    priced = offer if offer.points is None else structs.replace(offer, points=cost)
    reward = view.get(tables.REWARDS, offer.reward_id)
    return {
        "reward": None if reward is None else reward_body(reward),
        "assignment": assignment_body(priced),
        "object": "loyalty_tier_reward",
    }


def _page_body(request: Request, entities: Iterable[T], render: Callable[[T], Body]) -> Body:
    """A page of what was found, the newest first. Raises ApiError."""
    given = read_parameters(request.query_params.multi_items())
    require_known(given, _PARAMETERS)
    page = page_of(given, frozenset({"created_at"}))

    def created(each: Any) -> tuple[int, str]:
        return each.created_at, each.id

    found = sorted(entities, key=created, reverse=True)
    shown = found[page.offset : page.offset + page.limit]
    return {
        "object": "list",
        "data_ref": "data",
        "data": list(map(render, shown)),
        "total": len(found),
    }
