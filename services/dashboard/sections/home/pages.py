"""The first page, its parts that follow what happens, and its numbers as files."""

import asyncio
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from services.dashboard.parts.period import period_picker, read_period
from services.dashboard.sections.home.asking import SERIES, ask_newest, ask_numbers, newest_params
from services.dashboard.sections.home.views import (
    campaign_chooser,
    home_page,
    newest_list,
    numbers_part,
)
from services.dashboard.web.answers import answer_node, answer_page
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

CAMPAIGN_LENGTH_MAX: Final = 200


async def show_home(visit: Visit) -> Response:
    """How promotions do in a period, beside the one before."""
    period = read_period(visit.request.query_params, visit.show, datetime.now(UTC))
    campaign = _chosen_campaign(visit)
    is_part = visit.asks_part("numbers")
    asked = ask_numbers(visit, period, campaign)
    if is_part:
        numbers, newest = await asked, None
    else:
        numbers, newest = await asyncio.gather(asked, ask_newest(visit, campaign))
    query = period.query | ({"campaign": campaign} if campaign else {})
    address = "/" + (f"?{urlencode(query)}" if query else "")
    part = numbers_part(visit.show, period, numbers, campaign, address)
    if is_part:
        return answer_node(part)
    kept = {"campaign": campaign} if campaign else None
    picker = [
        visit.may("campaigns.read") and campaign_chooser(period, campaign),
        period_picker("/", period, visit.show, kept),
    ]
    return answer_page(
        visit,
        "Dashboard",
        home_page(picker, campaign, part, newest_list(visit.show, newest, campaign)),
    )


def _chosen_campaign(visit: Visit) -> str:
    """The campaign that all of the page is about; empty: it is about all of them."""
    return visit.request.query_params.get("campaign", "")[:CAMPAIGN_LENGTH_MAX]


async def show_newest(visit: Visit) -> Response:
    """The newest redemptions, asked for when some happened. Raises ApiFault."""
    campaign = _chosen_campaign(visit)
    newest = await visit.api.get("/v1/redemptions", newest_params(campaign))
    return answer_node(newest_list(visit.show, newest, campaign))


async def download_series(visit: Visit) -> Response:
    """The rows of the charts as CSV."""
    period = read_period(visit.request.query_params, visit.show, datetime.now(UTC))
    campaign = _chosen_campaign(visit)
    params = {"metrics": SERIES, "interval": period.interval, "format": "csv", **period.params}
    if campaign:
        params["campaign"] = campaign
    async with visit.api.stream("/v1/analytics/timeseries", params) as answer:
        content = await answer.aread()
    named = {"content-disposition": 'attachment; filename="tessera-timeseries.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=named)


PAGES: Final = (
    Page("/", show_home, "analytics.read"),
    Page("/newest", show_newest, "redemptions.read"),
    Page("/timeseries.csv", download_series, "analytics.read"),
)
