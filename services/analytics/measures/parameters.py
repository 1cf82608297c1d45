"""What requests for metrics may say: a period, a time zone, metrics, filters, a format."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from starlette.requests import Request

from engine.kernel.calendar import Zone
from engine.kernel.zones import zone_named, zone_names
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
from runtime.http.errors import ApiError
from runtime.http.internal import time_zone_of
from runtime.http.routing import caller_of
from schemas.base import Millis
from schemas.errors import not_found
from services.analytics.measures.catalogue import METRICS, Metric, filters_of
from services.analytics.measures.narrowing import ENTITIES, METADATA, Asked, Metadata
from services.analytics.measures.queries import find_campaign
from services.analytics.measures.sources import SOURCES

#: Everything that any metric can be narrowed by.
FILTERS: Final = tuple(dict.fromkeys(name for each in SOURCES.values() for name in each.filters))
#: What every request for metrics may say.
COMMON: Final = frozenset({"from", "to", "timezone", "format", *FILTERS})
FORMATS: Final = ("json", "csv")
METADATA_MAX: Final = 10
#: How many things are asked for by their ids at once.
IDS_MAX: Final = 100


class Said(NamedTuple):
    """The parameters of a request, and what all of them need."""

    given: list[Given]
    project: str
    zone: Zone
    #: What the zone is called.
    timezone: str
    is_csv: bool


def said_by(request: Request, known: Collection[str]) -> Said:
    """What a request says, none of it unknown. Raises ApiError."""
    given = read_parameters(request.query_params.multi_items())
    require_known(given, frozenset(known))
    timezone = text_of(given, "timezone")
    if timezone is not None and timezone not in zone_names():
        raise invalid_parameter("timezone", "must be a time zone of the IANA's database")
    timezone = timezone or time_zone_of(request)
    is_csv = one_of(given, "format", FORMATS) == "csv"
    return Said(given, caller_of(request).project, zone_named(timezone), timezone, is_csv)


def ids_of(given: list[Given]) -> list[str]:
    """The ids of `ids`, each once. Raises ApiError where there is none, or too many."""
    ids = list(dict.fromkeys((text_of(given, "ids") or "").split(",")))
    if not all(ids) or len(ids) > IDS_MAX:
        raise invalid_parameter("ids", f"must be up to {IDS_MAX} ids with commas between them")
    return ids


def one_of(given: list[Given], word: str, known: Sequence[str]) -> str | None:
    """The value of a parameter that takes few. Raises ApiError."""
    found = text_of(given, word)
    if found is not None and found not in known:
        raise invalid_parameter(word, f"must be one of {', '.join(known)}")
    return found


def metrics_of(given: list[Given], known: Iterable[str], unless: Iterable[str]) -> list[Metric]:
    """Those that are named: `metrics=a,b`, or the parameter again and again. Raises ApiError."""
    asked = [each for each in given if each.path[0] == "metrics"]
    if any(len(each.path) > 1 for each in asked):
        raise invalid_parameter("metrics", "takes no brackets")
    known = tuple(known)
    names = [name for each in asked for name in each.value.split(",")]
    for name in names:
        if name not in known:
            raise invalid_parameter("metrics", f"must be of {', '.join(known)}; not `{name[:50]}`")
    return [METRICS[name] for name in dict.fromkeys(names or unless)]


def instant_of(said: Said, word: str) -> Millis | None:
    """A time that a parameter names. Raises ApiError."""
    found = single_parameter(said.given, word)
    return None if found is None else time_of(found, said.zone)


def period_of(
    said: Said, now: Millis, first: str = "from", last: str = "to"
) -> tuple[Millis, Millis]:
    """From 1970 to the present, and what happens in its millisecond, unless said. Raises ApiError."""
    since, until = instant_of(said, first), instant_of(said, last)
    since, until = 0 if since is None else since, now + 1 if until is None else until
    require_period(since, until, first, last)
    return since, until


def require_period(since: Millis, until: Millis, first: str = "from", last: str = "to") -> None:
    """Raises ApiError for what is no period."""
    if since >= until:
        raise invalid_parameter(first, f"must be before `{last}`")
    if since < 0:
        raise invalid_parameter(first, "must not be before 1970")


def filtered_by(given: list[Given]) -> set[str]:
    """By what the request narrows."""
    return {each.path[0] for each in given} & set(FILTERS)


def require_filters(given: list[Given], metrics: Iterable[Metric]) -> None:
    """Raises ApiError for a filter that a metric knows nothing of."""
    named = filtered_by(given)
    for metric in metrics:
        for name in sorted(named - set(filters_of(metric))):
            raise invalid_parameter(name, f"is no filter of `{metric.name}`")


async def asked_by(reads: Reads, said: Said, since: Millis, until: Millis) -> Asked:
    """Which rows a request asks for. Raises ApiError, 404 for a campaign or segment that is unknown."""
    filters: dict[str, str] = {}
    for name in FILTERS:
        found = None if name in METADATA else text_of(said.given, name)
        if found is not None:
            filters[name] = found
    if "campaign" in filters:
        filters["campaign"] = await campaign_id(reads, said.project, filters["campaign"])
    if "segment" in filters:
        await _require_segment(reads, said.project, filters["segment"])
    return Asked(said.project, since, until, filters, _metadata(said.given))


async def campaign_id(reads: Reads, project: str, campaign: str) -> str:
    """The id of a campaign by id or name. Raises ApiError 404."""
    found = await reads.rows(find_campaign(project, campaign))
    if not found:
        raise ApiError(not_found("campaign", campaign))
    known: str = found[0][0]
    return known


async def _require_segment(reads: Reads, project: str, segment: str) -> None:
    found = await reads.rows(
        Query(
            f"SELECT type FROM {ENTITIES} FINAL WHERE project = {{project:String}} "  # noqa: S608
            "AND kind = 'segment' AND id = {segment:String} AND deleted = 0",
            {"project": project, "segment": segment},
        )
    )
    if not found:
        raise ApiError(not_found("segment", segment))
    if found[0][0] == "passive":
        raise invalid_parameter("segment", "must not be passive: nobody keeps who is in it")


def _metadata(given: list[Given]) -> tuple[Metadata, ...]:
    found = []
    for each in given:
        name = each.path[0]
        if name in METADATA:
            if len(each.path) != 2 or not each.path[1]:
                raise invalid_parameter(each.name, f"is read as `{name}[key]`")
            found.append(Metadata(name, each.path[1], each.value))
            if len(found) > METADATA_MAX:
                raise invalid_parameter(name, f"is the {METADATA_MAX + 1}th filter by metadata")
    return tuple(found)
