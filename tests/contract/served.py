"""The routes that the services serve."""

import re
from pathlib import Path
from typing import Any, Final

from starlette.routing import Route

from runtime.http.service import Service
from services.analytics.live.stream import live_route
from services.analytics.service import analytics_service
from services.analytics.simulations.front import simulation_service
from services.analytics.simulations.runs import Simulations
from services.analytics.sql.asking import sql_service
from services.audit.notifications.listing import notification_list_service
from services.audit.service import audit_service
from tessera.hosts.diagnostics import Diagnostics, installation_service
from tests.unit.services.world import World

#: What the hosts answer themselves, before any service is asked.
OF_A_HOST: Final = frozenset(
    (
        "GET /health",
        "GET /health/live",
        "GET /internal/tables",
        "GET /internal/tables/rebuild",
        "POST /internal/tables/rebuild",
        "GET /openapi.json",
    )
)
#: Where no service keeps anything.
NOWHERE: Final = Path("nowhere")


async def served_routes() -> dict[str, str]:
    """By each route, as `unnamed` gives it, the name of the service that has it."""
    nothing: Any = None
    nothing_told = Diagnostics(nothing, nothing, nothing)
    async with World() as world:
        services = (
            *world.host._services,
            audit_service(nothing, nothing, nothing),
            notification_list_service(nothing, nothing),
            analytics_service(nothing, lambda: 0),
            sql_service(nothing, nothing),
            Service("live", routes=(live_route(nothing, nothing),)),
            installation_service(nothing_told),
            simulation_service(Simulations(NOWHERE, NOWHERE, nothing, nothing, nothing, nothing)),
        )
    return {
        unnamed(f"{method} {route.path}"): service.name
        for service in services
        for route in (*service.routes, *(each for one in service.routers for each in one.routes))
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }


def unnamed(route: str) -> str:
    """A route without the names that it gives to parts of its path."""
    return re.sub(r"\{[^}]*\}", "{}", route)
