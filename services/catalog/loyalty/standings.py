"""How members of a loyalty program stand: their tiers, until when, and what is missing to the next. Our own."""

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.encode import Body
from engine.kernel.programs import find_program
from engine.loyalty_tiers.body import expiration_body, simple_tier_body
from engine.loyalty_tiers.find import Progress, progress_of
from fronts.query_string import invalid_parameter, read_parameters, require_known, text_of
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import Millis
from schemas.errors import Refusal
from services.catalog.reads import Reads

#: How many cards are asked for at a time.
IDS_MAX: Final = 100


def standing_router(
    writes: Writes, view_of: Reads, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """The standings of members, by the ids of their cards."""
    router = management_router("loyalties")

    @router.get("/v1/loyalties/{campaign:ident}/standings")
    async def list_standings(request: Request, campaign: Captured) -> Response:
        """Of cards that are no members' of the program nothing is said."""
        view = await view_of(caller_of(request).project)
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"ids"}))
        ids = list(dict.fromkeys((text_of(given, "ids") or "").split(",")))
        if not all(ids) or len(ids) > IDS_MAX:
            raise invalid_parameter("ids", f"must be up to {IDS_MAX} ids with commas between them")
        program = find_program(view, campaign)
        if isinstance(program, Refusal):
            raise ApiError(program)
        cards = [view.get(tables.VOUCHERS, each) for each in ids]
        now = clock()
        found = [
            progress_of(view, each, now)
            for each in cards
            if each is not None and each.campaign_id == program.id
        ]
        data = [_progress_body(each) for each in found if each is not None]
        body = {"object": "list", "data_ref": "data", "data": data, "total": len(data)}
        return writes.respond(request, 200, body)

    return router


def _progress_body(progress: Progress) -> Body:
    """A standing; dates are those of the tier, of which the member may have none."""
    standing, tier, following = progress.standing, progress.tier, progress.next_tier
    dates = {} if tier is None else expiration_body(standing)
    next_body = None
    if following is not None:
        lowest = following.points.from_ or 0
        next_body = {
            **simple_tier_body(following),
            "points": {"from": lowest},
            "missing": progress.missing,
        }
    return {
        "voucher_id": standing.voucher_id,
        "customer_id": standing.customer_id,
        "campaign_id": standing.campaign_id,
        "points": progress.points,
        "tier": None if tier is None else simple_tier_body(tier),
        "start_date": dates.get("start_date"),
        "expiration_date": dates.get("expiration_date"),
        "next_tier": next_body,
        "object": "loyalty_standing",
    }
