"""The totals of a period: `GET /v1/analytics/totals`."""

from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.calendar import Zone, iso
from engine.kernel.encode import to_json
from engine.kernel.zones import zone_named
from fronts.query_string import (
    Given,
    invalid_parameter,
    read_parameters,
    require_known,
    single_parameter,
    text_of,
    time_of,
)
from runtime.clickhouse.reads import Reads
from runtime.http.errors import JSON, ApiError
from runtime.http.internal import time_zone_of
from runtime.http.routing import caller_of
from schemas.base import Millis
from schemas.errors import not_found
from services.analytics.measures import queries
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
        given = read_parameters(request.query_params.multi_items())
        require_known(given, _PARAMETERS)
        zone = zone_named(time_zone_of(request))
        since = _time(given, "from", zone) or 0
        until = _time(given, "to", zone)
        shown_until = clock_ms() if until is None else until
        if since > shown_until:
            raise invalid_parameter("from", "must not be after `to`")
        campaign = text_of(given, "campaign")
        project = caller_of(request).project
        current = reads.up_to(request)
        campaign_id = None
        if campaign is not None:
            found = await current.rows(queries.find_campaign(project, campaign))
            if not found:
                raise ApiError(not_found("campaign", campaign))
            campaign_id = found[0][0]
        asked = FactSelection(project, since, TIME_MAX if until is None else until, campaign_id)
        (redemptions,) = await current.rows(queries.redemption_totals(asked))
        (validations,) = await current.rows(queries.validation_totals(asked))
        named = dict(zip(REDEMPTION_TOTALS, redemptions, strict=True))
        named |= zip(VALIDATION_TOTALS, validations, strict=True)
        body = {
            "from": iso(since),
            "to": iso(shown_until),
            # Raw, since the encoder takes integers of 64 bits only.
            "totals": {name: msgspec.Raw(b"%d" % named[name]) for name in TOTALS},
        }
        return Response(to_json(body), media_type=JSON)

    return Route("/v1/analytics/totals", totals, methods=["GET"])


def _time(given: list[Given], word: str, zone: Zone) -> Millis | None:
    found = single_parameter(given, word)
    return None if found is None else time_of(found, zone)
