"""How metrics came to be over time: a point for each interval, also where nothing happened.

The starts of the intervals are reckoned here and given to the queries, so every interval is cut the same way.
A rollback counts at its own date, as in the totals; the points of a period sum to its totals
(numbers of customers and codes, and quotients, aside).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from fronts.answers import json_answer
from fronts.query_string import Given, invalid_parameter
from runtime.clickhouse.reads import Reads
from schemas.base import Millis
from services.analytics.measures.catalogue import (
    METRICS,
    Metric,
    bases_of,
    dimensions_of,
    filters_of,
)
from services.analytics.measures.intervals import INTERVALS, end_of, start_of, starts_of
from services.analytics.measures.measuring import (
    Cut,
    campaign_names,
    groups_with_most,
    measure,
    shown_number,
)
from services.analytics.measures.narrowing import Asked
from services.analytics.measures.parameters import (
    COMMON,
    Said,
    asked_by,
    filtered_by,
    instant_of,
    metrics_of,
    one_of,
    require_filters,
    require_period,
    said_by,
)
from services.analytics.measures.queries import TOTALS
from services.analytics.measures.sources import SOURCES
from services.analytics.measures.written import csv_answer

POINTS_OF_ALL_MAX: Final = 10_000
GROUPS_MAX: Final = 100
#: How many intervals are shown where the caller names no beginning.
INTERVALS_DEFAULT: Final = 30

_PARAMETERS: Final = COMMON | {"metrics", "interval", "group_by"}
_DIMENSIONS: Final = tuple(
    dict.fromkeys(name for each in SOURCES.values() for name in each.dimensions)
)


def timeseries_route(reads: Reads, clock_ms: Callable[[], Millis]) -> Route:
    """GET /v1/analytics/timeseries."""

    async def timeseries(request: Request) -> Response:
        said = said_by(request, _PARAMETERS)
        interval = one_of(said.given, "interval", INTERVALS) or "day"
        by = one_of(said.given, "group_by", _DIMENSIONS)
        metrics = usual_metrics(said.given, by)
        since, until = period_shown(said, interval, clock_ms())
        starts = starts_of(interval, since, until, said.zone)
        current = reads.up_to(request)
        asked = await asked_by(current, said, since, until)
        cut, more = Cut(by, starts), False
        if by is not None:
            limit = max(1, min(GROUPS_MAX, POINTS_OF_ALL_MAX // len(starts)))
            sources = dict.fromkeys(base.source for each in metrics for base in bases_of(each))
            found = await groups_with_most(current, asked, tuple(sources), by, limit + 1)
            cut, more = cut._replace(groups=tuple(found[:limit])), len(found) > limit
        seconds = _seconds(asked, starts, end_of(interval, starts[-1], said.zone))
        series = await _read_series(current, asked, metrics, cut, seconds)
        names = [each.name for each in metrics]
        if said.is_csv:
            return _as_csv(series, names, by)
        body: Body = {"from": iso(since), "to": iso(until), "interval": interval}
        body |= {"timezone": said.timezone, "metrics": names, "series": series}
        if by is not None:
            body["has_more"] = more
        return json_answer(body)

    return Route("/v1/analytics/timeseries", timeseries, methods=["GET"])


def usual_metrics(given: list[Given], by: str | None = None) -> list[Metric]:
    """Those that are named; else the totals, as far as they know what is asked for. Raises ApiError."""
    named = filtered_by(given)
    known = [name for name, each in METRICS.items() if each.over_time]
    usual = [
        name
        for name in TOTALS
        if named <= set(filters_of(METRICS[name]))
        and (by is None or by in dimensions_of(METRICS[name]))
    ]
    metrics = metrics_of(given, known, usual)
    if not metrics:
        raise invalid_parameter("metrics", "must name some that know what else is asked for")
    require_filters(given, metrics)
    require_dimension("group_by", by, metrics)
    return metrics


def require_dimension(word: str, by: str | None, metrics: Sequence[Metric]) -> None:
    """Raises ApiError for a dimension that a metric knows nothing of."""
    for metric in metrics:
        if by is not None and by not in dimensions_of(metric):
            raise invalid_parameter(word, f"`{by}` is no dimension of `{metric.name}`")


def period_shown(said: Said, interval: str, now: Millis) -> tuple[Millis, Millis]:
    """The period that is named, up to the present, or the last intervals of it. Raises ApiError."""
    since, until = instant_of(said, "from"), instant_of(said, "to")
    # up to the present, and what happens in its millisecond
    until = now + 1 if until is None else until
    if since is None:
        since = start_of(interval, until - 1, said.zone)
        for _ in range(INTERVALS_DEFAULT - 1):
            since = max(0, start_of(interval, since - 1, said.zone))
    require_period(since, until)
    return since, until


def _seconds(asked: Asked, starts: Sequence[Millis], end: Millis) -> Mapping[Millis, float]:
    """How long each interval lasts, within the period."""
    ends = (*starts[1:], end)
    return {
        start: (min(following, asked.until) - max(start, asked.since)) / 1000
        for start, following in zip(starts, ends, strict=True)
    }


async def _read_series(
    reads: Reads,
    asked: Asked,
    metrics: Sequence[Metric],
    cut: Cut,
    seconds: Mapping[Millis, float],
) -> list[Body]:
    measured = await measure(reads, asked, metrics, cut)
    names = {}
    if cut.by == "campaign":
        names = await campaign_names(reads, asked.project, cut.groups or ())
    series: list[Body] = []
    for group in ("",) if cut.groups is None else cut.groups:
        told: dict[str, Any] = {}
        if cut.by == "campaign":
            told["campaign"] = {"id": group, "name": names.get(group)} if group else None
        elif cut.by is not None:
            told["group"] = group or None
        told["points"] = [
            {"at": iso(start)}
            | {
                each.name: shown_number(measured.value(each, seconds[start], (group, start)))
                for each in metrics
            }
            for start in cut.starts
        ]
        series.append(told)
    return series


def _as_csv(series: Sequence[Body], names: Sequence[str], by: str | None) -> Response:
    head = ["at", *([] if by is None else [by]), *names]
    rows = []
    for each in series:
        group = (each["campaign"] or {}).get("id") if by == "campaign" else each.get("group")
        for point in each["points"]:
            at, *numbers = point.values()
            rows.append([at, *([] if by is None else [group]), *numbers])
    return csv_answer(head, rows)
