"""What has most, or least, of a metric: `GET /v1/analytics/top`."""

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from fronts.answers import json_answer
from fronts.query_string import invalid_parameter, limit_of
from runtime.clickhouse.reads import Reads
from schemas.base import Millis
from services.analytics.measures.catalogue import METRICS, dimensions_of
from services.analytics.measures.measuring import campaign_names, rank, shown_number
from services.analytics.measures.parameters import (
    COMMON,
    asked_by,
    metrics_of,
    one_of,
    period_of,
    require_filters,
    said_by,
)
from services.analytics.measures.timeseries import require_dimension
from services.analytics.measures.written import csv_answer

_PARAMETERS: Final = COMMON | {"metrics", "by", "limit", "order"}


def top_route(reads: Reads, clock_ms: Callable[[], Millis]) -> Route:
    """GET /v1/analytics/top."""

    async def top(request: Request) -> Response:
        said = said_by(request, _PARAMETERS)
        metrics = metrics_of(said.given, METRICS, ())
        if not metrics:
            raise invalid_parameter("metrics", "must name one at least")
        dimensions = dimensions_of(metrics[0])
        by = one_of(said.given, "by", dimensions)
        if by is None:
            raise invalid_parameter("by", f"must be one of {', '.join(dimensions)}")
        require_dimension("by", by, metrics)
        require_filters(said.given, metrics)
        rising = one_of(said.given, "order", ("most", "least")) == "least"
        limit = limit_of(said.given)
        since, until = period_of(said, clock_ms())
        current = reads.up_to(request)
        asked = await asked_by(current, said, since, until)
        found = await rank(current, asked, metrics, by, limit + 1, rising=rising)
        groups, seconds = found.groups[:limit], (until - since) / 1000
        names = await campaign_names(current, said.project, groups) if by == "campaign" else {}
        rows: list[Body] = []
        for group in groups:
            row: Body = {"group": group or None}
            if by == "campaign":
                row["name"] = names.get(group)
            for each in metrics:
                row[each.name] = shown_number(found.value(each, seconds, (group, 0)))
            rows.append(row)
        shown = [each.name for each in metrics]
        if said.is_csv:
            head = ["group", *(["name"] if by == "campaign" else []), *shown]
            return csv_answer(head, [list(row.values()) for row in rows])
        body: Body = {"from": iso(since), "to": iso(until), "timezone": said.timezone}
        body |= {"metrics": shown, "by": by, "rows": rows, "has_more": len(found.groups) > limit}
        return json_answer(body)

    return Route("/v1/analytics/top", top, methods=["GET"])
