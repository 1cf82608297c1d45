"""How the totals came to be over time: a point for each interval, also where nothing happened.

The intervals are those of the calendar in the project's time zone of now, weeks begin on Monday. Their
starts are reckoned here and given to the queries, so every interval is cut the same way. A rollback counts at its own
date, as in the totals; the points of a period sum to its totals (`unique_customers` aside).
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.calendar import (
    Zone,
    day_after,
    day_of,
    iso,
    month_after,
    month_of,
    wall_of,
    week_after,
    week_of,
)
from engine.kernel.encode import Body, to_json
from engine.kernel.tables import WINDOW_MS
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
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.errors import JSON, ApiError
from runtime.http.internal import time_zone_of
from runtime.http.routing import caller_of
from schemas.base import INSTANT_MAX, Millis
from schemas.errors import not_found
from services.analytics.campaign_tables import CAMPAIGNS
from services.analytics.queries import (
    PERIOD,
    REDEMPTION_TOTALS,
    VALIDATION_TOTALS,
    FactSelection,
    find_campaign,
    selection_values,
)
from services.analytics.redemption_facts import REDEMPTION_FACTS
from services.analytics.validation_facts import VALIDATION_FACTS

HOUR_MS: Final = 3_600_000
#: How many points a series has at most, and how many all series of an answer.
POINTS_MAX: Final = 1000
POINTS_OF_ALL_MAX: Final = 10_000
CAMPAIGNS_MAX: Final = 100
#: How many intervals are shown where the caller names no beginning.
INTERVALS_DEFAULT: Final = 30

_PARAMETERS: Final = frozenset({"metrics", "interval", "group_by", "from", "to", "campaign"})
_Reckon = Callable[[Millis, Zone], Millis]


def _hour_of(at: Millis, zone: Zone) -> Millis:
    """Of an hour that the clocks show twice each is one of its own."""
    return at - wall_of(at, zone) % HOUR_MS


def _hour_after(at: Millis, zone: Zone) -> Millis:
    return _hour_of(at, zone) + HOUR_MS


#: Of each interval, when the one began that an instant lies in, and when it ends.
_BOUNDS: Final[Mapping[str, tuple[_Reckon, _Reckon]]] = MappingProxyType(
    {
        "hour": (_hour_of, _hour_after),
        "day": (day_of, day_after),
        "week": (week_of, week_after),
        "month": (month_of, month_after),
    }
)
INTERVALS: Final = tuple(_BOUNDS)
METRICS: Final = (*REDEMPTION_TOTALS[:3], *VALIDATION_TOTALS, *REDEMPTION_TOTALS[3:])

#: A campaign, and the start of an interval.
Key = tuple[str, Millis]


class Series(NamedTuple):
    """What is summed, at which starts, and for which campaigns; None: not by campaign."""

    asked: FactSelection
    starts: tuple[Millis, ...]
    campaigns: tuple[str, ...] | None = None


def timeseries_route(reads: Reads, clock_ms: Callable[[], Millis]) -> Route:
    """GET /v1/analytics/timeseries."""

    async def timeseries(request: Request) -> Response:
        given = read_parameters(request.query_params.multi_items())
        require_known(given, _PARAMETERS)
        interval = _one_of(given, "interval", INTERVALS) or "day"
        by_campaign = _one_of(given, "group_by", ("campaign",)) is not None
        metrics = _metrics(given)
        zone = zone_named(time_zone_of(request))
        since, until = _period(given, interval, clock_ms(), zone)
        starts = starts_of(interval, since, until, zone)
        campaign = text_of(given, "campaign")
        project = caller_of(request).project
        current = reads.up_to(request)
        asked = FactSelection(project, since, until, await _campaign_id(current, project, campaign))
        series = Series(asked, starts)
        more = False
        if by_campaign:
            found = await current.rows(top_campaigns(series, limit := _campaigns_max(starts)))
            shown = tuple(row[0] for row in found)
            series, more = series._replace(campaigns=shown[:limit]), len(shown) > limit
        body: Body = {"from": iso(since), "to": iso(until), "interval": interval}
        body["timezone"] = time_zone_of(request)
        body |= {"metrics": metrics, "series": await _read_series(current, series, metrics)}
        if by_campaign:
            body["has_more"] = more
        return Response(to_json(body), media_type=JSON)

    return Route("/v1/analytics/timeseries", timeseries, methods=["GET"])


def _one_of(given: list[Given], word: str, known: Sequence[str]) -> str | None:
    found = text_of(given, word)
    if found is not None and found not in known:
        raise invalid_parameter(word, f"must be one of {', '.join(known)}")
    return found


def _metrics(given: list[Given]) -> list[str]:
    """All, unless some are named: `metrics=a,b`, or the parameter again and again."""
    asked = [each for each in given if each.path[0] == "metrics"]
    names = [name for each in asked for name in each.value.split(",")]
    for name in names:
        if name not in METRICS:
            raise invalid_parameter(
                "metrics", f"must be of {', '.join(METRICS)}; not `{name[:50]}`"
            )
    return list(dict.fromkeys(names)) or list(METRICS)


def _period(given: list[Given], interval: str, now: Millis, zone: Zone) -> tuple[Millis, Millis]:
    since, until = (
        None if found is None else time_of(found, zone)
        for found in (single_parameter(given, "from"), single_parameter(given, "to"))
    )
    # up to the present, and what happens in its millisecond
    until = now + 1 if until is None else until
    if since is None:
        since = start_of(interval, until - 1, zone)
        for _ in range(INTERVALS_DEFAULT - 1):
            since = start_of(interval, since - 1, zone)
    if since >= until:
        raise invalid_parameter("from", "must be before `to`")
    if since < 0:
        raise invalid_parameter("from", "must not be before 1970")
    return since, until


def start_of(interval: str, at: Millis, zone: Zone = None) -> Millis:
    """When the interval began in which `at` lies."""
    began, _ = _BOUNDS[interval]
    return began(at, zone)


def starts_of(interval: str, since: Millis, until: Millis, zone: Zone = None) -> tuple[Millis, ...]:
    """When the intervals begin that share something with the period. Raises ApiError."""
    began, ends = _BOUNDS[interval]
    starts = [began(since, zone)]
    while True:
        following = ends(starts[-1], zone)
        if following >= min(until, INSTANT_MAX):
            return tuple(starts)
        if len(starts) == POINTS_MAX:
            raise invalid_parameter(
                "interval", f"gives more than {POINTS_MAX} points for this period"
            )
        starts.append(following)


def _campaigns_max(starts: Sequence[Millis]) -> int:
    return max(1, min(CAMPAIGNS_MAX, POINTS_OF_ALL_MAX // len(starts)))


async def _campaign_id(reads: Reads, project: str, campaign: str | None) -> str | None:
    if campaign is None:
        return None
    found = await reads.rows(find_campaign(project, campaign))
    if not found:
        raise ApiError(not_found("campaign", campaign))
    campaign_id: str = found[0][0]
    return campaign_id


async def _read_series(reads: Reads, series: Series, metrics: Sequence[str]) -> list[Body]:
    known: dict[Key, dict[str, int]] = {}
    for names, query in (
        (REDEMPTION_TOTALS, redemption_series),
        (VALIDATION_TOTALS, validation_series),
    ):
        if set(names) & set(metrics):
            for campaign, start, *numbers in await reads.rows(query(series)):
                known.setdefault((campaign, start), {}).update(zip(names, numbers, strict=True))
    if series.campaigns is None:
        return [{"points": _points(series, "", known, metrics)}]
    named = dict(await reads.rows(campaign_names(series)))
    return [
        {
            "campaign": {"id": each, "name": named.get(each)} if each else None,
            "points": _points(series, each, known, metrics),
        }
        for each in series.campaigns
    ]


def _points(
    series: Series, campaign: str, known: Mapping[Key, Mapping[str, int]], metrics: Sequence[str]
) -> list[Body]:
    points = []
    for start in series.starts:
        numbers = known.get((campaign, start), {})
        # Raw, since the encoder takes integers of 64 bits only.
        told = {name: msgspec.Raw(b"%d" % numbers.get(name, 0)) for name in metrics}
        points.append({"at": iso(start), **told})
    return points


def redemption_series(series: Series) -> Query:
    """(campaign, start, the values of REDEMPTION_TOTALS); not by campaign that is empty."""
    asked, facts = series.asked, REDEMPTION_FACTS.full_name
    one = asked.campaign is not None
    once = "first_of_campaign" if one or series.campaigns is not None else "first"
    only = " AND campaign = {campaign:String}" if one else ""
    shown = "" if series.campaigns is None else " AND campaign IN {campaigns:Array(String)}"
    columns = f"campaign, customer_id, discount, order_amount, order_total, {once} AS once"
    return Query(
        f"SELECT {_group(series)} AS shown, roundDown(at, {{starts:Array(Int64)}}) AS start, "  # noqa: S608
        "countIf(kind = 'succeeded'), countIf(kind = 'failed'), countIf(kind = 'taken_back'), "
        "sum(sign * toInt128(discount)), sumIf(sign * toInt128(order_amount), once = 1), "
        "sumIf(sign * toInt128(order_total), once = 1), "
        "uniqExactIf(customer_id, kind = 'succeeded' AND customer_id != '') FROM ("
        f"SELECT at, toString(kind) AS kind, 1 AS sign, {columns} FROM {facts} "
        f"WHERE project = {{project:String}} AND {PERIOD} "
        f"AND kind IN ('succeeded', 'failed'){only}{shown} "
        f"UNION ALL SELECT back.at, 'taken_back' AS kind, -1 AS sign, {columns} "
        f"FROM (SELECT id, {columns.replace(' AS once', '')} FROM {facts} "
        "WHERE project = {project:String} AND kind = 'succeeded' AND at >= {earliest:Int64} "
        f"AND at < {{until:Int64}}{only}{shown}) AS taken INNER JOIN ("
        f"SELECT at, redemption_id FROM {facts} WHERE project = {{project:String}} "
        f"AND kind = 'rolled_back' AND {PERIOD}) AS back ON taken.id = back.redemption_id"
        ") GROUP BY shown, start",
        {**_values(series), "earliest": asked.since - WINDOW_MS},
    )


def validation_series(series: Series) -> Query:
    """(campaign, start, the values of VALIDATION_TOTALS); not by campaign that is empty."""
    tests = ""
    if series.asked.campaign is not None:
        tests += " AND has(campaigns, {campaign:String})"
    shown = "''"
    if series.campaigns is not None:
        tests += " AND campaign IN {campaigns:Array(String)}"
        shown = "campaign"
    return Query(
        f"SELECT {shown} AS shown, roundDown(at, {{starts:Array(Int64)}}) AS start, "  # noqa: S608
        f"countIf(valid = 1), countIf(valid = 0) FROM {VALIDATION_FACTS.full_name} FINAL "
        f"{_EACH_CAMPAIGN if series.campaigns is not None else ''}"
        f"WHERE project = {{project:String}} AND {PERIOD}{tests} GROUP BY shown, start",
        _values(series),
    )


def top_campaigns(series: Series, limit: int) -> Query:
    """The campaigns that most happened to, and one more than `limit`; empty is what has none.

    Validations are told by names, too; only ids count.
    """
    one = series.asked.campaign is not None
    only = " AND campaign = {campaign:String}" if one else ""
    return Query(
        f"SELECT campaign FROM (SELECT campaign FROM {REDEMPTION_FACTS.full_name} "  # noqa: S608
        f"WHERE project = {{project:String}} AND {PERIOD} "
        f"AND kind IN ('succeeded', 'failed'){only} "
        f"UNION ALL SELECT campaign FROM {VALIDATION_FACTS.full_name} FINAL {_EACH_CAMPAIGN}"
        f"WHERE project = {{project:String}} AND {PERIOD}{only} "
        f"AND (campaign = '' OR campaign IN (SELECT id FROM {CAMPAIGNS.full_name} FINAL "
        "WHERE project = {project:String}))) "
        "GROUP BY campaign ORDER BY count() DESC, campaign LIMIT {limit:UInt32}",
        {**selection_values(series.asked), "limit": limit + 1},
    )


def campaign_names(series: Series) -> Query:
    """(id, name) of the campaigns that are shown."""
    return Query(
        f"SELECT id, name FROM {CAMPAIGNS.full_name} FINAL "  # noqa: S608
        "WHERE project = {project:String} AND id IN {campaigns:Array(String)}",
        {"project": series.asked.project, "campaigns": list(series.campaigns or ())},
    )


_EACH_CAMPAIGN: Final = "ARRAY JOIN if(empty(campaigns), [''], campaigns) AS campaign "


def _group(series: Series) -> str:
    return "''" if series.campaigns is None else "campaign"


def _values(series: Series) -> dict[str, Any]:
    values: dict[str, Any] = {**selection_values(series.asked), "starts": list(series.starts)}
    if series.campaigns is not None:
        values["campaigns"] = list(series.campaigns)
    return values
