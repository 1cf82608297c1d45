"""Metrics of what is asked for, by a dimension and by intervals: one statement over their sources."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from engine.kernel.encode import number_text
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from schemas.base import Millis
from services.analytics.measures.catalogue import METRICS, SECONDS, Metric, bases_of
from services.analytics.measures.narrowing import Asked, values_of
from services.analytics.measures.sources import SOURCES
from services.analytics.sink.campaign_tables import CAMPAIGNS

#: What a metric is: exact, or a quotient or percentile; None where there is nothing to divide by.
Number = int | float | None
#: A value of a dimension, empty where it has none, and when an interval begins, or 0.
Key = tuple[str, Millis]
_FRACTIONS: Final = frozenset({"ms"})
#: How many digits of a quotient are told.
_DIGITS: Final = 12


class Cut(NamedTuple):
    """What is told apart: by a dimension or by none, by intervals or as a whole."""

    by: str | None = None
    starts: tuple[Millis, ...] = ()
    #: Which values of the dimension; None: all.
    groups: tuple[str, ...] | None = None


WHOLE: Final = Cut()


class Measured(NamedTuple):
    """The numbers that were found, by the name of each that was read."""

    numbers: Mapping[Key, Mapping[str, Number]]
    #: In the order in which they were asked for.
    groups: tuple[str, ...]

    def value(self, metric: Metric, seconds: float, key: Key = ("", 0)) -> Number:
        """What a metric is there; `seconds` is how long that lasts."""
        found = self.numbers.get(key, {})
        if metric.over is None:
            return found.get(metric.name, None if metric.unit in _FRACTIONS else 0)
        above, below = (seconds if name == SECONDS else found.get(name, 0) for name in metric.over)
        return divide(above, below)


async def measure(
    reads: Reads, asked: Asked, metrics: Sequence[Metric], cut: Cut = WHOLE
) -> Measured:
    """Everything that is known of the metrics. Raises ApiError."""
    bases = _bases(metrics)
    rows = await reads.rows(_statement(asked, bases, cut))
    return _measured(rows, bases)


async def rank(
    reads: Reads, asked: Asked, metrics: Sequence[Metric], by: str, limit: int, *, rising: bool
) -> Measured:
    """The `limit` values of a dimension that have most, or least, of the first of the metrics.

    What has none of it at all comes last. Raises ApiError.
    """
    bases = _bases(metrics)
    query = _statement(asked, bases, Cut(by))
    order = f"{_expression(metrics[0], bases)} {'ASC' if rising else 'DESC'} NULLS LAST, shown"
    limited = f"{query.sql} ORDER BY {order} LIMIT {{limit:UInt32}}"
    rows = await reads.rows(Query(limited, {**query.parameters, "limit": limit}))
    return _measured(rows, bases)


async def groups_with_most(
    reads: Reads, asked: Asked, sources: Sequence[str], by: str, limit: int
) -> list[str]:
    """The values of a dimension that have most rows in the sources. Raises ApiError."""
    parts = " UNION ALL ".join(
        f"SELECT {SOURCES[each].dimensions[by]} AS shown FROM ({SOURCES[each].rows(asked, by)})"  # noqa: S608
        for each in sources
    )
    query = Query(
        f"SELECT toString(shown) AS shown FROM ({parts}) GROUP BY shown "  # noqa: S608
        "ORDER BY count() DESC, shown LIMIT {limit:UInt32}",
        {**values_of(asked), "limit": limit},
    )
    return [row[0] for row in await reads.rows(query)]


async def campaign_names(reads: Reads, project: str, ids: Sequence[str]) -> dict[str, str]:
    """The names of campaigns, of those that were deleted, too. Raises ApiError."""
    query = Query(
        f"SELECT id, name FROM {CAMPAIGNS.full_name} FINAL "  # noqa: S608
        "WHERE project = {project:String} AND id IN {campaigns:Array(String)}",
        {"project": project, "campaigns": list(ids)},
    )
    return dict(await reads.rows(query))


def divide(above: Number, below: Number) -> Number:
    """A quotient, None where there is none."""
    return float(f"{above / below:.{_DIGITS}g}") if above is not None and below else None


def shown_number(number: Number) -> Any:
    """As an answer takes it: raw, since the encoder takes integers of 64 bits only."""
    if number is None:
        return None
    return msgspec.Raw((str(number) if isinstance(number, int) else number_text(number)).encode())


def _bases(metrics: Sequence[Metric]) -> list[Metric]:
    names = dict.fromkeys(base.name for metric in metrics for base in bases_of(metric))
    return [METRICS[name] for name in names]


def _measured(rows: Sequence[Sequence[Any]], bases: Sequence[Metric]) -> Measured:
    numbers = {
        (str(shown), int(start)): dict(zip((each.name for each in bases), values, strict=True))
        for shown, start, *values in rows
    }
    return Measured(numbers, tuple(dict.fromkeys(shown for shown, _ in numbers)))


def _statement(asked: Asked, bases: Sequence[Metric], cut: Cut) -> Query:
    """(value of the dimension, start of the interval, the bases): a source's rows each by themselves."""
    sources = dict.fromkeys(each.source for each in bases)
    parts = " UNION ALL ".join(_part(asked, name, bases, cut) for name in sources)
    sums = ", ".join(f"sum(v{number}) AS w{number}" for number in range(len(bases)))
    values: dict[str, Any] = values_of(asked)
    if cut.starts:
        values["starts"] = list(cut.starts)
    if cut.groups is not None:
        values["groups"] = list(cut.groups)
    return Query(f"SELECT shown, start, {sums} FROM ({parts}) GROUP BY shown, start", values)  # noqa: S608


def _part(asked: Asked, name: str, bases: Sequence[Metric], cut: Cut) -> str:
    source = SOURCES[name]
    columns = ", ".join(
        f"{_cast(each, each.sql if each.source == name else None)} AS v{number}"
        for number, each in enumerate(bases)
    )
    shown = "''" if cut.by is None else f"toString({source.dimensions[cut.by]})"
    start = "roundDown(at, {starts:Array(Int64)})" if cut.starts else "toInt64(0)"
    only = "" if cut.groups is None else f" WHERE {shown} IN {{groups:Array(String)}}"
    return (
        f"SELECT {shown} AS shown, {start} AS start, {columns} "  # noqa: S608
        f"FROM ({source.rows(asked, cut.by)}){only} GROUP BY shown, start"
    )


def _cast(metric: Metric, sql: str | None) -> str:
    if metric.unit in _FRACTIONS:
        return f"CAST({sql or 'NULL'} AS Nullable(Float64))"
    return f"toInt128({sql or 0})"


def _expression(metric: Metric, bases: Sequence[Metric]) -> str:
    """What rows are ordered by."""
    place = {each.name: f"toFloat64(w{number})" for number, each in enumerate(bases)}
    if metric.over is None:
        # whole numbers are compared exactly
        return place[metric.name].removeprefix("toFloat64(").removesuffix(")")
    above, below = (place.get(name, "1") for name in metric.over)
    return f"{above} / nullIf({below}, 0)"
