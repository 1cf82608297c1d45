"""How much the API is used: calls over time, by key, by status; and when each key was used last.

It is the metrics `api_calls` and `api_errors` of a time series, under the names that a reader of
bills knows, with the sums of the period beside the points.
"""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.calendar import HOUR_MS, iso, iso_or_none
from engine.kernel.encode import Body
from fronts.answers import json_answer
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.routing import caller_of
from schemas.base import DAY_MS, Millis
from services.analytics.measures.catalogue import METRICS
from services.analytics.measures.intervals import starts_of
from services.analytics.measures.measuring import Cut, Measured, groups_with_most, measure
from services.analytics.measures.narrowing import Asked, values_of
from services.analytics.measures.parameters import one_of, said_by
from services.analytics.measures.sources import SOURCES
from services.analytics.measures.timeseries import GROUPS_MAX, POINTS_OF_ALL_MAX, period_shown
from services.analytics.measures.written import csv_answer

INTERVALS: Final = ("hour", "day", "week", "month")
#: By what it is told apart, and how the source of calls names that.
GROUPS: Final = MappingProxyType(
    {
        "key": "key",
        "kind": "key_kind",
        "status": "status",
        "method": "method",
        "route": "route",
        "channel": "channel",
    }
)
#: So far back a use of a key is looked for.
USED_DAYS: Final = 90
#: How many kinds of failures are told.
ERRORS_MAX: Final = 50

_SOURCE: Final = "api_calls"
_CALLS: Final = METRICS["api_calls"]
_ERRORS: Final = METRICS["api_errors"]
_METRICS: Final = (_CALLS, _ERRORS)
_PARAMETERS: Final = frozenset({"from", "to", "timezone", "format", "interval", "group_by"})


def api_usage_route(reads: Reads, clock_ms: Callable[[], Millis]) -> Route:
    """GET /v1/analytics/api-usage."""

    async def api_usage(request: Request) -> Response:
        said = said_by(request, _PARAMETERS)
        interval = one_of(said.given, "interval", INTERVALS) or "day"
        by = one_of(said.given, "group_by", tuple(GROUPS))
        since, until = period_shown(said, interval, clock_ms())
        starts = starts_of(interval, since, until, said.zone)
        asked = Asked(said.project, since, until)
        current = reads.up_to(request)
        cut, more = Cut(None, starts), False
        if by is not None:
            limit = max(1, min(GROUPS_MAX, POINTS_OF_ALL_MAX // len(starts)))
            found = await groups_with_most(current, asked, (_SOURCE,), GROUPS[by], limit + 1)
            cut, more = Cut(GROUPS[by], starts, tuple(found[:limit])), len(found) > limit
        measured = await measure(current, asked, _METRICS, cut)
        last = await _last_calls(current, asked, cut)
        series = [
            _one_series(measured, group, starts, last.get(group), told=by is not None)
            for group in (("",) if cut.groups is None else cut.groups)
        ]
        if said.is_csv:
            return _as_csv(series, by)
        whole = await measure(current, asked, _METRICS)
        body: Body = {"from": iso(since), "to": iso(until), "interval": interval}
        body |= {"timezone": said.timezone, "total": whole.value(_CALLS, 1)}
        body |= {"errors": whole.value(_ERRORS, 1), "series": series}
        if by is not None:
            body["has_more"] = more
        return json_answer(body)

    return Route("/v1/analytics/api-usage", api_usage, methods=["GET"])


def keys_used_route(reads: Reads, clock_ms: Callable[[], Millis]) -> Route:
    """GET /internal/keys/used: for another host, by key the beginning of the hour of its last call."""

    async def keys_used(request: Request) -> Response:
        now = clock_ms()
        asked = Asked(caller_of(request).project, max(0, now - USED_DAYS * DAY_MS), now + 1)
        last = await _last_calls(reads, asked, Cut("key"))
        return json_answer({key: at - at % HOUR_MS for key, at in last.items()})

    return Route("/internal/keys/used", keys_used, methods=["GET"])


def api_errors_route(reads: Reads, clock_ms: Callable[[], Millis]) -> Route:
    """GET /internal/api-errors: for another host, what failed in the last day, newest first."""

    async def api_errors(request: Request) -> Response:
        now = clock_ms()
        asked = Asked(caller_of(request).project, max(0, now - DAY_MS), now + 1)
        query = Query(
            "SELECT code, method, route, count(), max(at) AS last "  # noqa: S608
            f"FROM ({SOURCES[_SOURCE].rows(asked, None)}) WHERE code >= 400 "
            "GROUP BY code, method, route ORDER BY last DESC, code, method, route "
            "LIMIT {limit:UInt32}",
            {**values_of(asked), "limit": ERRORS_MAX},
        )
        errors = [
            {
                "status": int(status),
                "method": method,
                "route": route,
                "calls": int(calls),
                "last_at": iso(int(last)),
            }
            for status, method, route, calls, last in await reads.rows(query)
        ]
        return json_answer({"errors": errors})

    return Route("/internal/api-errors", api_errors, methods=["GET"])


async def _last_calls(reads: Reads, asked: Asked, cut: Cut) -> dict[str, Millis]:
    """When each group was seen last. Raises ApiError."""
    source = SOURCES[_SOURCE]
    shown = "''" if cut.by is None else f"toString({source.dimensions[cut.by]})"
    query = Query(
        f"SELECT {shown} AS shown, max(at) FROM ({source.rows(asked, cut.by)}) GROUP BY shown "  # noqa: S608
        "ORDER BY shown LIMIT {limit:UInt32}",
        {**values_of(asked), "limit": POINTS_OF_ALL_MAX},
    )
    return {group: int(at) for group, at in await reads.rows(query)}


def _one_series(
    measured: Measured, group: str, starts: Sequence[Millis], last: Millis | None, *, told: bool
) -> Body:
    points = [
        {
            "at": iso(start),
            "calls": measured.value(_CALLS, 1, (group, start)),
            "errors": measured.value(_ERRORS, 1, (group, start)),
        }
        for start in starts
    ]
    body: Body = {"group": group or None} if told else {}
    body["total"] = sum(_count(each["calls"]) for each in points)
    body["errors"] = sum(_count(each["errors"]) for each in points)
    return body | {"last_at": iso_or_none(last), "points": points}


def _count(value: Any) -> int:
    return int(value or 0)


def _as_csv(series: Sequence[Body], by: str | None) -> Response:
    head = ["at", *([] if by is None else [by]), "calls", "errors"]
    rows = [
        [point["at"], *([] if by is None else [each["group"]]), point["calls"], point["errors"]]
        for each in series
        for point in each["points"]
    ]
    return csv_answer(head, rows)
