"""What the first page asks the API for, all at once."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.dashboard.parts.period import Period
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit

METRICS: Final = (
    "redemptions_succeeded,redemptions_failed,discount_amount,order_amount,order_total_amount,"
    "unique_customers,validations_valid,conversion"
)
SERIES: Final = (
    "redemptions_succeeded,redemptions_failed,redemptions_rolled_back,discount_amount,"
    "order_total_amount"
)
NEWEST: Final = 10
TOP: Final = 8
#: How far ahead what begins and ends is looked for.
SOON_DAYS: Final = 14
#: As many as one answer of the API holds; it sorts them by when they were made.
SOON_MAX: Final = 100
#: The share of a budget from which on it is told.
BUDGET_SHARE_MIN: Final = 0.8

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the API answered; None where it could not at the moment, or may not be seen."""

    compared: Json | None
    over_time: Json | None
    top: Json | None
    reasons: Json | None
    budgets: Json | None
    ending: Json | None
    starting: Json | None
    credits: Json | None


async def ask_numbers(visit: Visit, period: Period, campaign: str) -> Numbers:
    """All of them; one that fails leaves its place empty."""
    within = period.params | ({"campaign": campaign} if campaign else {})
    beside = within | period.against

    def ask(path: str, params: Mapping[str, str]) -> Awaitable[Json | None]:
        return ask_quietly(visit.api.get(path, params))

    soon = {"limit": str(SOON_MAX)}
    outstanding = {"metrics": "gift_credits_outstanding", "by": "campaign", "limit": "100"}
    if campaign:
        outstanding["campaign"] = campaign
    answers = await asyncio.gather(
        ask("/v1/analytics/compare", {"metrics": METRICS, **beside}),
        ask(
            "/v1/analytics/timeseries",
            {"metrics": SERIES, "interval": period.interval, **within},
        ),
        ask(
            "/v1/analytics/top",
            {
                "metrics": "redemptions_succeeded,discount_amount",
                "by": "campaign",
                "limit": str(TOP),
                **within,
            },
        ),
        ask(
            "/v1/analytics/top",
            {"metrics": "redemptions_failed", "by": "reason", "limit": str(TOP), **within},
        ),
        ask("/v1/analytics/budgets", {"limit": "20"}),
        ask(
            "/v1/campaigns",
            soon | {"filters[expiration_date][conditions][$less_than_future]": str(SOON_DAYS)},
        ),
        ask(
            "/v1/campaigns",
            soon | {"filters[start_date][conditions][$less_than_future]": str(SOON_DAYS)},
        ),
        ask("/v1/analytics/top", outstanding),
    )
    return Numbers(*answers)


async def ask_newest(visit: Visit, campaign: str) -> Json | None:
    """The newest redemptions; None where they cannot be asked at the moment."""
    listed = {"limit": str(NEWEST)} | ({"campaign": campaign} if campaign else {})
    found: Json | None = await ask_quietly(visit.api.get("/v1/redemptions", listed))
    return found


def metrics_of(compared: Json | None) -> dict[str, tuple[Any, Any]]:
    """Metric → its value, and what it was before."""
    if compared is None:
        return {}
    return {
        each["metric"]: (each["value"], each["against"]) for each in compared.get("metrics", [])
    }


def credit_outstanding(top: Json | None) -> int | None:
    """What is left on gift cards of all campaigns; None where they are more than can be summed."""
    if top is None or top.get("has_more"):
        return None
    return sum(each["gift_credits_outstanding"] or 0 for each in top.get("rows", []))
