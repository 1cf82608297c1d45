"""The endpoints of giveaways: entries, the draw, winners, and what a draw is checked with.

The contract knows none of them. The seed of a draw is made here, once the giveaway can be drawn,
and told to the ledger with the command that draws.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.giveaways.body import drawn_body, entry_body, proof_body
from engine.giveaways.decide import undrawable
from engine.giveaways.find import (
    entries_count,
    entries_of,
    find_draw,
    find_giveaway,
)
from engine.kernel.state import View
from fronts.fields import Body, Long, Short
from fronts.query_string import count_of, read_parameters, require_known, text_of
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import Millis
from schemas.blank import name_in
from schemas.campaigns import Campaign
from schemas.errors import Refusal, refuse
from schemas.giveaways import DrawGiveaway, EnterGiveaway, HandOutPrizes, RefuseWinner
from services.catalog.campaigns.seeds import Seeds
from services.catalog.people.customer_bodies import CustomerBody, customer_input
from services.catalog.reads import Reads

#: How many entries a page has, and has at most: whoever checks a draw reads all of them.
PAGE: Final = 100
PAGE_MAX: Final = 1000
_PATH: Final = "/v1/giveaways/{campaign:ident}"


class EnterBody(Body):
    """Who takes part; where each event counts, which one it is."""

    customer: CustomerBody
    source_id: Short | None = None
    metadata: dict[str, Any] | None = None


class RefuseBody(Body):
    """Why a winner is refused."""

    reason: Long | None = None


class _Giveaways:
    """Finds the giveaways of whoever asks."""

    def __init__(self, view_of: Reads) -> None:
        self._view_of = view_of

    async def find(self, request: Request, campaign: str) -> tuple[View, Campaign]:
        """The state and the giveaway in it. Raises ApiError."""
        view = await self._view_of(caller_of(request).project)
        found = find_giveaway(view, campaign)
        if isinstance(found, Refusal):
            raise ApiError(found)
        return view, found


def entry_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Entries of giveaways."""
    router = management_router("giveaways")
    known = _Giveaways(view_of).find

    @router.post(_PATH + "/entries")
    async def enter(request: Request, campaign: Captured, body: EnterBody) -> Response:
        command = EnterGiveaway(
            campaign,
            customer_input(body.customer),
            name_in(body.source_id),
            body.metadata or {},
        )
        return await writes.write(request, "giveaway.enter", command)

    @router.get(_PATH + "/entries")
    async def list_entries(request: Request, campaign: Captured) -> Response:
        view, found = await known(request, campaign)
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"limit", "starting_after_id"}))
        limit = count_of(given, "limit", PAGE, PAGE_MAX)
        entries: Iterator[Any] = entries_of(
            view, found.id, after=text_of(given, "starting_after_id")
        )
        page = list(islice(entries, limit))
        more = next(entries, None) is not None
        body = {
            "object": "list",
            "data_ref": "data",
            "data": list(map(entry_body, page)),
            "total": entries_count(view, found.id),
            "has_more": more,
        }
        if more:
            body["more_starting_after"] = page[-1].id
        return writes.respond(request, 200, body)

    return router


def draw_router(
    writes: Writes, view_of: Reads, seeds: Seeds, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """Draws of giveaways, their winners, and what they are checked with."""
    router = management_router("giveaways")
    known = _Giveaways(view_of).find

    @router.post(_PATH + "/draw")
    async def draw(request: Request, campaign: Captured) -> Response:
        view, found = await known(request, campaign)
        terms = found.giveaway
        assert terms is not None
        refusal = undrawable(view, found, clock())
        # who asks again with the same key is answered as the first time
        if refusal is not None and refusal.key != "giveaway_drawn":
            raise ApiError(refusal)
        seed = seeds.seed_of(caller_of(request).project, terms)
        return await writes.write(request, "giveaway.draw", DrawGiveaway(found.id, seed))

    @router.get(_PATH + "/winners")
    async def winners(request: Request, campaign: Captured) -> Response:
        view, found = await known(request, campaign)
        require_known(read_parameters(request.query_params.multi_items()), frozenset())
        made = find_draw(view, found.id)
        if made is None:
            reason = f"Giveaway {found.name} was not drawn yet"
            raise ApiError(refuse("giveaway_not_drawn", reason))
        body = {
            "object": "list",
            "data_ref": "data",
            "data": list(map(drawn_body, made.drawn)),
            "total": len(made.drawn),
        }
        return writes.respond(request, 200, body)

    @router.post(_PATH + "/winners/{entry:ident}/refuse")
    async def refuse_winner(
        request: Request, campaign: Captured, entry: Captured, body: RefuseBody | None = None
    ) -> Response:
        command = RefuseWinner(campaign, entry, None if body is None else body.reason)
        return await writes.write(request, "giveaway.winner.refuse", command)

    @router.post(_PATH + "/prizes")
    async def hand_out(request: Request, campaign: Captured) -> Response:
        return await writes.write(request, "giveaway.prizes", HandOutPrizes(campaign))

    @router.get(_PATH + "/proof")
    async def proof(request: Request, campaign: Captured) -> Response:
        view, found = await known(request, campaign)
        require_known(read_parameters(request.query_params.multi_items()), frozenset())
        made = find_draw(view, found.id)
        body = proof_body(found, made, entries_count(view, found.id), clock())
        return writes.respond(request, 200, body)

    return router
