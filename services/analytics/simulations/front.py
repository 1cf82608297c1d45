"""The endpoints of simulations; who asks for one is read where the catalogue is.

Source of what may be asked: services/catalog/campaigns/simulations.py.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.calendar import iso, iso_or_none
from fronts.answers import json_answer
from fronts.query_string import read_parameters, require_known
from runtime.http.errors import ApiError, unavailable
from runtime.http.internal import positions_of
from runtime.http.payload import read_body
from runtime.http.routing import caller_of, read_ident
from runtime.http.service import Service
from schemas.errors import not_found, refuse
from schemas.simulations import DisplacedOffer, Figures, SimulationAsked, SimulationResult
from schemas.topics import LEDGER
from services.analytics.simulations.runs import (
    OPEN_MAX,
    Simulation,
    Simulations,
    TooManySimulations,
)

PATH: Final = "/v1/analytics/simulations"
_asked: Final = msgspec.json.Decoder(SimulationAsked)


def simulation_service(
    simulations: Simulations, shortage: Callable[[], str | None] = lambda: None
) -> Service:
    """The endpoints, to be mounted in the host that has the past, and the task that simulates."""
    front = _Front(simulations, shortage)
    return Service(
        "simulations",
        routes=(
            Route(PATH, front.create, methods=["POST"]),
            Route(PATH, front.list, methods=["GET"]),
            Route(PATH + "/{simulation:ident}", front.get, methods=["GET"]),
            Route(PATH + "/{simulation:ident}", front.remove, methods=["DELETE"]),
        ),
        tasks={"simulations": simulations.work},
    )


class _Front:
    def __init__(self, simulations: Simulations, shortage: Callable[[], str | None]) -> None:
        self._simulations = simulations
        self._shortage = shortage

    async def create(self, request: Request) -> Response:
        """Keeps what another host read, to be simulated. Raises ApiError."""
        asked = _asked.decode(await read_body(request))
        (partition,) = {each for topic, each in positions_of(request) if topic == LEDGER}
        if self._shortage() is not None:
            raise unavailable("Nothing is simulated while there is too little space on the disk")
        try:
            made = self._simulations.add(caller_of(request).project, partition, asked)
        except TooManySimulations:
            details = f"{OPEN_MAX} simulations of the project wait or run already"
            raise ApiError(refuse("too_many_requests", details)) from None
        return json_answer(simulation_body(made))

    async def list(self, request: Request) -> Response:
        """All of the project, the newest first, without their days."""
        require_known(read_parameters(request.query_params.multi_items()), frozenset())
        found = self._simulations.of(caller_of(request).project)
        data = [simulation_body(each) | {"result": None} for each in found]
        return json_answer({"object": "list", "data_ref": "data", "data": data, "total": len(data)})

    async def get(self, request: Request) -> Response:
        """One with all of its numbers."""
        return json_answer(simulation_body(self._found(request)))

    async def remove(self, request: Request) -> Response:
        """Ends it, if it is not done, and drops it."""
        await self._simulations.remove(self._found(request))
        return Response(status_code=204)

    def _found(self, request: Request) -> Simulation:
        named = read_ident(request, "simulation")
        found = self._simulations.find(caller_of(request).project, named)
        if found is None:
            raise ApiError(not_found("simulation", named))
        return found


def simulation_body(simulation: Simulation) -> dict[str, Any]:
    """A simulation as the API shows it."""
    asked, result = simulation.asked, simulation.result
    return {
        "id": simulation.id,
        "object": "simulation",
        "status": simulation.status,
        "progress": simulation.progress,
        "campaign": asked.draft.campaign.name,
        "tiers": [each.name for each in asked.draft.tiers],
        "from": iso(asked.begins_at),
        "to": iso(asked.ends_at),
        "placing": asked.placing,
        "time_zone": asked.zone,
        "created_at": iso(simulation.created_at),
        "finished_at": iso_or_none(simulation.finished_at),
        "failure": simulation.failure,
        "result": None if result is None else result_body(result),
    }


def result_body(result: SimulationResult) -> dict[str, Any]:
    """What a simulation came to, as the API shows it."""
    return {
        "totals": figures_body(result.totals) | {"unique_customers": result.unique_customers},
        "days": [{"from": iso(day.begins_at)} | figures_body(day.figures) for day in result.days],
        "tiers": [
            {
                "name": each.name,
                "redemptions": each.redemptions,
                "discount_amount": each.discount_amount,
            }
            for each in result.tiers
        ],
        "displaced": [_offer_body(each) for each in result.offers],
        "displaced_total": result.offers_count,
        "not_matched": dict(sorted(result.refused.items())),
        "unread": result.unread,
    }


def figures_body(figures: Figures) -> dict[str, Any]:
    """The numbers, by their names."""
    return structs.asdict(figures)


def _offer_body(offer: DisplacedOffer) -> dict[str, Any]:
    return structs.asdict(offer)
