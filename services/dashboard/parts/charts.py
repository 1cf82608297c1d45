"""Charts and numbers: what a script draws, with the same as a table for who cannot see it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from htpy import (
    Node,
    a,
    dd,
    div,
    dl,
    dt,
    h2,
    header,
    section,
    span,
    table,
    tbody,
    td,
    th,
    thead,
    tr,
)

from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import NOTHING, Show

Unit = Literal["count", "money", "share"]
Shape = Literal["stacked", "bars", "lines", "rate"]

#: How the script calls units.
_UNITS: Final[Mapping[Unit, str]] = {"count": "count", "money": "money", "share": "percent"}


@dataclass(frozen=True, slots=True)
class Series:
    """One line or colour of a chart: `colour` is 1 to 4."""

    name: str
    colour: int
    values: Sequence[int | float | None]
    unit: Unit = "count"


def write_value(value: Any, unit: Unit, show: Show) -> str:
    """A value as people read it."""
    if value is None:
        return NOTHING
    if unit == "money":
        return show.money(value)
    return show.percent(value) if unit == "share" else show.number(value)


def chart(
    title: str,
    shape: Shape,
    moments: Sequence[str],
    series: Sequence[Series],
    show: Show,
    *,
    csv: str = "",
    href: str = "",
) -> Node:
    """A chart over time.

    `csv`: where its rows are as a file. `href`: where a point leads, with `{from}` and `{to}` in
    place of its ends.
    """
    points = {
        "at": list(moments),
        "series": [
            {
                "name": each.name,
                "colour": f"c{each.colour}",
                "values": list(each.values),
                "unit": _UNITS[each.unit],
            }
            for each in series
        ],
    }
    return section(".card.chart", aria_label=title)[
        header[
            h2[title],
            div(".legend", aria_hidden="true")[
                (span(f".k{each.colour}")[each.name] for each in series)
            ],
            csv
            and a(".btn.quiet.icon.small", href=csv, download=True, aria_label=f"{title} as CSV")[
                icon("download", 14)
            ],
        ],
        div(
            ".plot",
            {
                "data-chart": shape,
                "data-points": json.dumps(points),
                "data-zone": show.zone_name,
                "data-currency": show.currency,
                "data-href": href or None,
            },
            role="img",
            aria_label=title,
        ),
        _as_table(title, moments, series, show),
    ]


def _as_table(title: str, moments: Sequence[str], series: Sequence[Series], show: Show) -> Node:
    rows = zip(moments, *(each.values for each in series), strict=True)
    return div(".sr")[
        table(aria_label=f"{title}, as a table")[
            thead[tr[th(scope="col")["From"], (th(scope="col")[each.name] for each in series)]],
            tbody[
                (
                    tr[
                        th(scope="row")[show.when(at)],
                        (
                            td[write_value(value, each.unit, show)]
                            for each, value in zip(series, values, strict=True)
                        ),
                    ]
                    for at, *values in rows
                )
            ],
        ]
    ]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A number, what it was before, and the list behind it."""

    label: str
    value: Any
    against: Any = None
    unit: Unit = "count"
    href: str = ""
    #: Whether more of it is better; None: neither.
    is_more_better: bool | None = True


def kpis(numbers: Sequence[Kpi], show: Show) -> Node:
    """Numbers side by side, each beside what it was in the period before."""
    return dl(".kpis")[(_kpi(each, show) for each in numbers)]


def _kpi(number: Kpi, show: Show) -> Node:
    said = write_value(number.value, number.unit, show)
    value = a(href=number.href)[said] if number.href else said
    return div(".card.kpi")[dt[number.label], dd[value], _delta(number, show)]


def _delta(number: Kpi, show: Show) -> Node:
    if number.value is None or number.against is None:
        return dd(".delta")["no figure before"]
    before = write_value(number.against, number.unit, show)
    if not number.against:
        return dd(".delta")[f"{before} before"]
    change = (number.value - number.against) / abs(number.against)
    kind = None
    if number.is_more_better is not None and change:
        kind = "good" if (change > 0) == number.is_more_better else "bad"
    sign = "+" if change > 0 else ""
    return dd(f".delta.{kind}" if kind else ".delta")[f"{sign}{show.percent(change)} from {before}"]


def points_of(series: Mapping[str, Any], metric: str) -> list[int | float | None]:
    """The values of a metric in a series of `GET /v1/analytics/timeseries`."""
    return [each.get(metric) for each in series.get("points", [])]
