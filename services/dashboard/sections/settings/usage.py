"""API usage: calls a day, by key and by status."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from htpy import Node, code, div, fragment
from starlette.responses import Response

from services.dashboard.parts.charts import Kpi, Series, chart, kpis, points_of
from services.dashboard.parts.grid import grid
from services.dashboard.parts.period import Period, period_picker, read_period, write_time
from services.dashboard.parts.show import Show
from services.dashboard.sections.settings.tabs import settings_head
from services.dashboard.web.answers import answer_page
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

NEEDS: Final = "analytics.read"
PATH: Final = "/settings/usage"
_API: Final = "/v1/analytics/api-usage"
Usage = Mapping[str, Any]


def calls_chart(usage: Usage, show: Show) -> Node:
    """Calls over time, those answered with an error beside them."""
    series = (usage.get("series") or [{}])[0]
    moments = [each["at"] for each in series.get("points", [])]
    errors = points_of(series, "errors")
    good = [
        (calls or 0) - (failed or 0)
        for calls, failed in zip(points_of(series, "calls"), errors, strict=True)
    ]
    return chart(
        "Calls",
        "stacked",
        moments,
        (Series("Answered", 1, good), Series("Answered with an error", 2, errors)),
        show,
    )


def groups_grid(title: str, what: str, usage: Usage, names: Mapping[str, str], show: Show) -> Node:
    """Calls by what they have in common, most first."""
    series = sorted(usage.get("series") or (), key=lambda each: -each["total"])
    return grid(
        title,
        (what, "Calls", "With an error", "Last one"),
        (
            (
                names.get(str(each.get("group"))) or code[str(each.get("group") or "None")],
                show.number(each["total"]),
                show.number(each.get("errors")),
                show.when(each.get("last_at")),
            )
            for each in series
        ),
        empty="Nobody called in this period.",
    )


def usage_content(
    period: Period,
    total: Usage,
    before: Usage,
    by_key: Usage,
    by_status: Usage,
    names: Mapping[str, str],
    show: Show,
) -> Node:
    """The numbers."""
    return div(".stack")[
        period_picker(PATH, period, show),
        kpis(
            (
                Kpi("Calls", total["total"], before.get("total"), is_more_better=None),
                Kpi(
                    "Answered with an error",
                    total.get("errors"),
                    before.get("errors"),
                    is_more_better=False,
                ),
                Kpi(
                    "Share of errors",
                    _share(total),
                    _share(before),
                    unit="share",
                    is_more_better=False,
                ),
            ),
            show,
        ),
        calls_chart(total, show),
        div(".grid2")[
            groups_grid("By key", "Key", by_key, names, show),
            groups_grid("By status", "HTTP status", by_status, {}, show),
        ],
    ]


def _share(usage: Usage) -> float:
    return (usage.get("errors") or 0) / usage["total"] if usage["total"] else 0.0


async def show_usage(visit: Visit) -> Response:
    """The page."""
    period = read_period(visit.request.query_params, visit.show, datetime.now(UTC))
    interval = "hour" if period.interval == "minute" else period.interval
    asked = period.params | {"timezone": visit.project.timezone, "interval": interval}
    total = await visit.api.get(_API, asked)
    start, end = period.before
    before = await visit.api.get(_API, {"from": write_time(start), "to": write_time(end)})
    by_key = await visit.api.get(_API, asked | {"group_by": "key"})
    by_status = await visit.api.get(_API, asked | {"group_by": "status"})
    ids = (str(each.get("group") or "") for each in by_key.get("series") or ())
    names = await visit.name_callers(ids)
    names = {**names, visit.me.id: f"{visit.me.name} (you)"}
    content = fragment[
        settings_head(
            visit, PATH, "What the API was asked for. Everything is counted, nothing is limited."
        ),
        usage_content(period, total, before, by_key, by_status, names, visit.show),
    ]
    return answer_page(visit, "API usage", content)


PAGES: Final = (Page(PATH, show_usage, NEEDS),)
