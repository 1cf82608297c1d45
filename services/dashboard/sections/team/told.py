"""Team settings that only tell: where a person's data is, what was used."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from htpy import Node, a, div, fragment, li, p, ul
from starlette.responses import Response

from services.dashboard.parts.charts import Kpi, kpis
from services.dashboard.parts.facts import block, link
from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import head, tabs
from services.dashboard.parts.period import write_time
from services.dashboard.parts.show import Show
from services.dashboard.sections.team.tabs import NEEDS, TABS
from services.dashboard.web.answers import answer_page
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

USAGE_DAYS: Final = 30


def data_told(*, may_forget: bool) -> Node:
    """How a person's data is taken away."""
    return div(".card.pad.stack")[
        block(
            "Delete a person",
            p[
                "Everything personal of a customer is kept under a key of its own. Forgetting a customer destroys that key: name, address and metadata cannot be read again, in no copy. Numbers stay, without the person."
            ],
            ul(".prose")[
                li["Find the customer by name, e-mail or id."],
                li["Open the customer and choose to forget for good."],
                li["The page shows how far it is."],
            ],
            a(".btn", href="/customers")["Find a customer"],
            not may_forget and notice("info", "Your role does not allow to forget customers."),
        ),
        block(
            "Members of the team",
            p[
                "A member who is removed keeps no way in. The history keeps who did what. ",
                link("To the members", "/team"),
            ],
        ),
    ]


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


async def show_data(visit: Visit) -> Response:
    """How a person's data is taken away."""
    content = data_told(may_forget=visit.may("customers.forget"))
    return _page(visit, "Data", "/team/data", "Personal data, and how it goes.", content)


async def show_usage(visit: Visit) -> Response:
    """What was used."""
    usage = None
    if visit.may("analytics.read"):
        start = datetime.now(UTC) - timedelta(days=USAGE_DAYS)
        usage = await visit.api.get("/v1/analytics/api-usage", {"from": write_time(start)})
    return _page(
        visit, "Usage", "/team/usage", "In place of a subscription.", usage_told(usage, visit.show)
    )


PAGES: Final = (
    Page("/team/data", show_data, NEEDS),
    Page("/team/usage", show_usage, NEEDS),
)
