"""Numbers of a campaign as it stands, whatever the period; and how events of the log are counted."""

from collections.abc import Sequence

from htpy import Node, a, dd, div, dl, dt

from services.dashboard.parts.show import Show
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit


def figures(numbers: Sequence[tuple[str, int | None, str]], show: Show) -> Node:
    """Label, number and the list behind it, side by side; None: it could not be asked."""
    return dl(".kpis")[
        (
            div(".card.kpi")[
                dt[label],
                dd[a(href=href)[show.number(count)] if href else show.number(count)],
            ]
            for label, count, href in numbers
        )
    ]


async def count_events(visit: Visit, campaign: str, kind: str) -> int | None:
    """How many events of that type name the campaign; None where that cannot be asked."""
    if not visit.may("audit.read"):
        return None
    params = {"campaign": campaign, "type": kind, "limit": "1"}
    body = await ask_quietly(visit.api.get("/v1/audit/events", params))
    return None if body is None else body.get("total")


def events_href(campaign: str, kind: str) -> str:
    """The events that are counted so."""
    return f"/events?f=campaign:is:{campaign}&f=type:is:{kind}"
