"""Team settings, usage: what was asked of the installation."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from htpy import Node, div, fragment
from starlette.responses import Response

from services.dashboard.parts.charts import Kpi, kpis
from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import head, tabs
from services.dashboard.parts.period import write_time
from services.dashboard.parts.show import Show
from services.dashboard.sections.team.tabs import NEEDS, TABS
from services.dashboard.web.answers import answer_page
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

USAGE_DAYS: Final = 30


def usage_told(usage: Mapping[str, Any] | None, show: Show) -> Node:
    """What was asked of the installation; there is no plan to exceed."""
    return fragment[
        notice(
            "info",
            "Tessera runs on your own machines: there is no subscription, no invoice and no limit of calls.",
        ),
        usage is not None
        and kpis(
            (
                Kpi(f"API calls in {USAGE_DAYS} days", usage["total"], href="/settings/usage"),
                Kpi("Answered with an error", usage.get("errors"), is_more_better=None),
            ),
            show,
        ),
    ]


def _page(visit: Visit, name: str, path: str, lead: str, content: Node) -> Response:
    told = fragment[head("Team settings", lead), tabs(TABS, path), div(".stack")[content]]
    return answer_page(visit, name, told)


async def show_usage(visit: Visit) -> Response:
    """What was used."""
    usage = None
    if visit.may("analytics.read"):
        start = datetime.now(UTC) - timedelta(days=USAGE_DAYS)
        usage = await visit.api.get("/v1/analytics/api-usage", {"from": write_time(start)})
    return _page(
        visit, "Usage", "/team/usage", "In place of a subscription.", usage_told(usage, visit.show)
    )


PAGES: Final = (Page("/team/usage", show_usage, NEEDS),)
