"""Analytics over HTTP: totals, metrics and summaries, for server-side keys."""

from collections.abc import Callable

from runtime.clickhouse.reads import Reads
from runtime.http.service import Service
from schemas.base import Millis
from services.analytics.measures.api_usage import api_errors_route, api_usage_route, keys_used_route
from services.analytics.measures.budgets import budgets_route
from services.analytics.measures.campaign_summary import summary_route
from services.analytics.measures.catalogue import catalogue_route
from services.analytics.measures.cohorts import cohorts_route
from services.analytics.measures.comparisons import compare_route, funnel_route
from services.analytics.measures.summaries import summaries_route
from services.analytics.measures.timeseries import timeseries_route
from services.analytics.measures.top import top_route
from services.analytics.measures.totals import totals_route


def analytics_service(reads: Reads, clock_ms: Callable[[], Millis]) -> Service:
    """The routes of analytics; a host's sinks fill its tables (`sink/tables.py`)."""
    return Service(
        "analytics",
        routes=(
            totals_route(reads, clock_ms),
            budgets_route(reads, clock_ms),
            catalogue_route(),
            timeseries_route(reads, clock_ms),
            api_usage_route(reads, clock_ms),
            keys_used_route(reads, clock_ms),
            api_errors_route(reads, clock_ms),
            top_route(reads, clock_ms),
            funnel_route(reads, clock_ms),
            compare_route(reads, clock_ms),
            cohorts_route(reads, clock_ms),
            summary_route(reads),
            summaries_route(reads),
        ),
    )
