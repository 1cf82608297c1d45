"""How a campaign does: numbers of a period, over time, why it was refused, how far its codes came."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from htpy import Node, a, b, div, fragment, h2, header, li, ol, p, section, small, span

from services.dashboard.lists.resource import Row
from services.dashboard.parts.charts import Kpi, Series, Unit, chart, kpis, points_of
from services.dashboard.parts.facts import (
    block,
    code_text,
    facts,
    metadata_facts,
    not_known,
    raw_block,
)
from services.dashboard.parts.notices import notice
from services.dashboard.parts.period import Period, period_picker, read_period
from services.dashboard.parts.show import NOTHING, Show
from services.dashboard.sections.campaigns.budgets import budget_meter
from services.dashboard.sections.campaigns.gathering import find_budgets
from services.dashboard.sections.campaigns.naming import (
    campaign_category,
    campaign_href,
    has_codes,
    kind_name,
    say_gives,
)
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit

#: Metric, label, whether more is better, its unit, and what the list behind it is filtered by.
_METRICS: Final[tuple[tuple[str, str, bool | None, Unit, tuple[str, ...]], ...]] = (
    ("redemptions_succeeded", "Redeemed", True, "count", ("result:is:SUCCESS",)),
    ("redemptions_failed", "Refused", False, "count", ("result:is:FAILURE",)),
    ("redemptions_rolled_back", "Taken back", False, "count", ("object:is:redemption_rollback",)),
    ("discount_amount", "Discount given", None, "money", ("result:is:SUCCESS",)),
    ("order_total_amount", "Order value after discount", True, "money", ("result:is:SUCCESS",)),
    ("unique_customers", "Customers", True, "count", ("result:is:SUCCESS",)),
)
#: Of gift cards besides.
_CREDITS: Final[tuple[tuple[str, str], ...]] = (
    ("gift_credits_issued", "Credit issued"),
    ("gift_credits_redeemed", "Paid with credit"),
)
#: What is left on them now, whatever the period: no period compares with another.
_LEFT: Final = "gift_credits_outstanding"
_STEPS: Final = {
    "published": "Published",
    "validated": "Validated",
    "redeemed": "Redeemed",
    "paid": "Paid",
}
REASONS_SHOWN: Final = 8


async def overview(visit: Visit, row: Row) -> Node:
    """The first tab. Raises ApiFault."""
    if not visit.may("analytics.read"):
        return fragment[
            notice("info", "The numbers need the privilege analytics.read."),
            _terms(row, visit.show),
        ]
    period = read_period(visit.request.query_params, visit.show, datetime.now(UTC))
    of = {"campaign": str(row["id"])} | period.params
    wanted = [metric for metric, *_ in _METRICS]
    is_card = row.get("campaign_type") == "GIFT_VOUCHERS"
    if is_card:
        wanted += [metric for metric, _ in _CREDITS]
    metrics = ",".join(wanted)
    counted = "redemptions_succeeded,redemptions_failed,redemptions_rolled_back,discount_amount"
    get = visit.api.get
    left = {"campaign": str(row["id"]), "metrics": _LEFT, "by": "campaign"}
    compared, over_time, reasons, funnel, budgets, credit = await asyncio.gather(
        ask_quietly(get("/v1/analytics/compare", of | {"metrics": metrics} | period.against)),
        ask_quietly(
            get("/v1/analytics/timeseries", of | {"metrics": counted, "interval": period.interval})
        ),
        ask_quietly(
            get(
                "/v1/analytics/top",
                of | {"metrics": "redemptions_failed", "by": "reason", "limit": str(REASONS_SHOWN)},
            )
        ),
        ask_quietly(get("/v1/analytics/funnel", of)),
        find_budgets(visit, campaign=str(row["id"])),
        ask_quietly(get("/v1/analytics/top", left)) if is_card else _nothing(),
    )
    return fragment[
        period_picker(campaign_href(row), period, visit.show),
        _numbers(row, period, compared, credit, visit.show),
        div(".charts")[
            _over_time(row, period, over_time, visit.show),
            _refusals(row, period, reasons, visit.show),
            _funnel(row, period, funnel, visit.show),
            _budget(budgets.get(str(row["id"])), visit.show),
        ],
        _terms(row, visit.show),
    ]


async def _nothing() -> None:
    """In the place of what is not asked."""


def redemptions_of(row: Row, period: Period, *conditions: str) -> str:
    """The list behind a number: of this campaign and of this period."""
    pairs = [("f", f"campaign_name:is:{row['name']}"), *(("f", each) for each in conditions)]
    return f"/redemptions?{urlencode([*pairs, *period.conditions])}"


def _numbers(row: Row, period: Period, compared: Any, credit: Any, show: Show) -> Node:
    told: Mapping[str, Any] = {
        each["metric"]: each for each in (compared or {}).get("metrics") or []
    }
    if compared is None:
        return notice(
            "warn", "The numbers are not there at the moment. Reload the page in a while."
        )
    numbers = [
        Kpi(
            label,
            (told.get(metric) or {}).get("value"),
            (told.get(metric) or {}).get("against"),
            unit,
            redemptions_of(row, period, *conditions),
            is_better,
        )
        for metric, label, is_better, unit, conditions in _METRICS
    ]
    numbers += [
        Kpi(
            label,
            told[metric].get("value"),
            told[metric].get("against"),
            "money",
            campaign_href(row, "transactions"),
            None,
        )
        for metric, label in _CREDITS
        if metric in told
    ]
    numbers += [
        Kpi(
            "Credit left on cards now",
            each.get(_LEFT),
            None,
            "money",
            campaign_href(row, "vouchers"),
        )
        for each in (credit or {}).get("rows") or []
    ]
    return kpis(numbers, show)


def _over_time(row: Row, period: Period, answer: Any, show: Show) -> Node:
    series = ((answer or {}).get("series") or [{}])[0]
    moments = [str(each["at"]) for each in series.get("points") or []]
    if not moments:
        return None
    pairs = [("f", f"campaign_name:is:{row['name']}")]
    href = f"/redemptions?{urlencode(pairs)}&f=created_at:after:{{from}}&f=created_at:before:{{to}}"
    csv = "/timeseries.csv?" + urlencode({"campaign": row["id"]} | period.query)
    return fragment[
        chart(
            "Redemptions",
            "stacked",
            moments,
            [
                Series("Redeemed", 1, points_of(series, "redemptions_succeeded")),
                Series("Refused", 2, points_of(series, "redemptions_failed")),
                Series("Taken back", 3, points_of(series, "redemptions_rolled_back")),
            ],
            show,
            csv=csv,
            href=href,
        ),
        chart(
            "Discount given",
            "bars",
            moments,
            [Series("Discount", 1, points_of(series, "discount_amount"), "money")],
            show,
            href=href,
        ),
    ]


def _card(title: str, *content: Node) -> Node:
    return section(".card.chart", aria_label=title)[header[h2[title]], content]


def _refusals(row: Row, period: Period, answer: Any, show: Show) -> Node:
    if answer is None:
        return _card("Why it was refused", not_known())
    rows = [each for each in answer.get("rows") or [] if each.get("redemptions_failed")]
    if not rows:
        return _card("Why it was refused", p(".muted")["Nothing was refused in this period."])
    most = max(each["redemptions_failed"] for each in rows)
    return _card(
        "Why it was refused",
        ol(".tops")[
            (
                li[
                    a(
                        href=redemptions_of(
                            row, period, "result:is:FAILURE", f"failure_code:is:{each['group']}"
                        )
                    )[
                        span[str(each["group"] or "unknown").replace("_", " ").capitalize()],
                        span(".num")[show.number(each["redemptions_failed"])],
                        span(
                            ".bar.bad",
                            data_share=f"{each['redemptions_failed'] / most:.4f}",
                            aria_hidden="true",
                        ),
                    ]
                ]
                for each in rows
            )
        ],
    )


def _funnel(row: Row, period: Period, answer: Any, show: Show) -> Node:
    if not has_codes(row):
        return None
    lists = {
        "made": campaign_href(row, "vouchers"),
        "published": campaign_href(row, "publications"),
        "redeemed": redemptions_of(row, period, "result:is:SUCCESS"),
    }
    steps: list[tuple[str, str, Any, float | None]] = [
        ("made", "Codes there are", row.get("vouchers_count"), None)
    ]
    steps += [
        (each["step"], _STEPS.get(each["step"], each["step"]), each["count"], each["of_previous"])
        for each in (answer or {}).get("steps") or []
    ]
    return _card(
        "How far codes come",
        ol(".funnel")[
            (
                li[
                    small[label],
                    b[
                        a(href=lists[name])[show.number(count)]
                        if name in lists
                        else show.number(count)
                    ],
                    small[show.percent(share) if share is not None else "\u00a0"],
                ]
                for name, label, count, share in steps
            )
        ],
        p(".muted.small")[
            "Shares are of the step before. Each step is counted by itself, so a share can be more than 100%."
        ],
    )


def _budget(budget: Row | None, show: Show) -> Node:
    if not budget:
        return None
    amount = show.money if budget.get("unit") == "minor units" else show.number
    ends = budget.get("runs_out_at")
    rule = budget.get("validation_rule") or {}
    return _card(
        "Budget",
        budget_meter(budget, show),
        facts(
            ("Used", f"{amount(budget.get('used'))} of {amount(budget.get('limit'))}"),
            ("Left", amount(budget.get("left"))),
            ("A day", amount(round(budget.get("per_day") or 0))),
            ("Used up", show.day(ends) if ends else "Not before it ends"),
            (
                "By the rule",
                a(".link", href=f"/validation-rules/{rule.get('id')}")[rule.get("name") or "Rule"],
            ),
        ),
    )


def _terms(row: Row, show: Show) -> Node:
    voucher = row.get("voucher") or {}
    quantity = (voucher.get("redemption") or {}).get("quantity")
    return div(".card.pad.stack")[
        block(
            "Terms",
            facts(
                ("Id", code_text(row["id"])),
                ("Kind", kind_name(row)),
                ("Gives", say_gives(row, show)),
                ("Description", row.get("description")) if row.get("description") else None,
                ("Runs", show.period(row.get("start_date"), row.get("expiration_date"))),
                ("Each code", f"{show.number(quantity)} times" if quantity else "Without limit")
                if has_codes(row)
                else None,
                ("Codes look like", _pattern(voucher)) if has_codes(row) else None,
                ("Category", campaign_category(row)),
                ("Created", show.when(row.get("created_at"))),
                ("Changed", show.when(row.get("updated_at"))),
            ),
        ),
        block("Metadata", metadata_facts(row.get("metadata"))),
        raw_block(
            {name: value for name, value in row.items() if name != "state"},
            f"/v1/campaigns/{row['id']}",
            "The campaign",
        ),
    ]


def _pattern(voucher: Mapping[str, Any]) -> Node:
    config = voucher.get("code_config") or {}
    return span(".mono")[config.get("pattern") or NOTHING]
