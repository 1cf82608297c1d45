"""The totals of a period: `GET /v1/analytics/totals`."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.calendar import iso
from fronts.answers import json_answer
from fronts.query_string import invalid_parameter, text_of
from runtime.clickhouse.reads import Reads
from schemas.base import Millis
from services.analytics.measures import queries
from services.analytics.measures.measuring import shown_number
from services.analytics.measures.parameters import campaign_id, instant_of, said_by
from services.analytics.measures.queries import (
    REDEMPTION_TOTALS,
    TIME_MAX,
    TOTALS,
    VALIDATION_TOTALS,
    FactSelection,
)

_PARAMETERS = frozenset({"campaign", "from", "to"})


def totals_route(reads: Reads, clock_ms: Callable[[], Millis]) -> Route:
    """The route, over the tables of analytics."""

    async def totals(request: Request) -> Response:
        """GET /v1/analytics/totals."""
        said = said_by(request, _PARAMETERS)
        since, until = instant_of(said, "from") or 0, instant_of(said, "to")
        shown_until = clock_ms() if until is None else until
        if since > shown_until:
            raise invalid_parameter("from", "must not be after `to`")
        named = text_of(said.given, "campaign")
        current = reads.up_to(request)
        only = None if named is None else await campaign_id(current, said.project, named)
        asked = FactSelection(said.project, since, TIME_MAX if until is None else until, only)
        (redemptions,) = await current.rows(queries.redemption_totals(asked))
        (validations,) = await current.rows(queries.validation_totals(asked))
        found = dict(zip(REDEMPTION_TOTALS, redemptions, strict=True))
        found |= zip(VALIDATION_TOTALS, validations, strict=True)
        shown = {name: shown_number(found[name]) for name in TOTALS}
        return json_answer({"from": iso(since), "to": iso(shown_until), "totals": shown})

    return Route("/v1/analytics/totals", totals, methods=["GET"])
