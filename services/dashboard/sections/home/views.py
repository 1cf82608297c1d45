"""The first page as nodes."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from htpy import Node, a, div, fragment, h2, header, li, ol, p, section, span

from services.dashboard.parts.charts import Kpi, Series, chart, kpis, points_of
from services.dashboard.parts.facts import bars, link
from services.dashboard.parts.notices import not_known, notice
from services.dashboard.parts.page import head
from services.dashboard.parts.period import Period
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.home.asking import (
    BUDGET_SHARE_MIN,
    Json,
    Numbers,
    credit_outstanding,
    metrics_of,
)
from services.dashboard.sections.redemptions.naming import (
    customer_name,
    redeemable_name,
    redemption_badge,
    show_discount,
)

#: How the engine names what a budget is of, in words.
_BUDGETS: Final = {
    "campaign.orders.amount": "order value",
    "campaign.orders.amount_discounted": "discount",
    "campaign.redemptions.count": "redemptions",
    "campaign.redemptions.customers_count": "customers",
}


def home_page(picker: Node, campaign: str, numbers: Node, newest: Node) -> Node:
    """All of it."""
    lead: Node = "How your promotions do, a second old at most."
    if campaign:
        lead = ["Of the campaign ", campaign, ". ", link("All campaigns", "/")]
    return fragment[head("Dashboard", lead, picker), _now(newest), numbers]


def _now(newest: Node) -> Node:
    return div(".charts.now")[
        section(".card.chart", aria_label="Redemptions a second")[
            header[
                h2["Redemptions a second"],
                div(".legend", aria_hidden="true")[
                    span(".k1")["Succeeded"], span(".k2")["Refused"]
                ],
            ],
            div(".plot", {"data-chart": "rate"}, aria_hidden="true"),
            p(".sr")["The last two minutes, as they go on; the newest are listed beside it."],
        ],
        newest,
    ]


def newest_list(show: Show, newest: Json | None) -> Node:
    """The newest ten, which ask for themselves anew when something happens; None: not known."""
    rows = (newest or {}).get("redemptions") or []
    nothing = not_known() if newest is None else p(".muted")["Nothing was redeemed yet."]
    return section(
        "#newest.card.chart",
        {
            "hx-get": "/newest",
            "hx-trigger": "refresh",
            "hx-swap": "outerMorph",
            "hx-target": "this",
        },
        aria_label="Newest redemptions",
        data_follows="redemptions",
    )[
        header[h2["Newest"], span(".spacer"), link("All redemptions", "/redemptions")],
        ol(".newest")[(_newest(each, show) for each in rows)] if rows else nothing,
    ]


def _newest(row: Row, show: Show) -> Node:
    return li[
        a(href=f"/redemptions?open={row['id']}")[span(".mono")[redeemable_name(row)]],
        redemption_badge(row),
        span(".muted.who")[customer_name(row)],
        span(".num")[show_discount(row, show)],
        span(".muted.num")[show.when(row.get("date") or row.get("created_at"))],
    ]


def numbers_part(show: Show, period: Period, numbers: Numbers, campaign: str, address: str) -> Node:
    """What is of the period, and what is ahead; asked for anew by itself from time to time."""
    again = {
        "hx-get": address,
        "hx-trigger": "every 60s",
        "hx-swap": "outerMorph",
        "hx-target": "this",
    }
    return div("#numbers.numbers", again)[
        _missing(numbers),
        _kpis(show, period, numbers, campaign),
        _over_time(show, period, numbers, campaign),
        div(".charts")[
            _top_campaigns(show, numbers.top),
            _reasons(show, period, numbers.reasons, campaign),
            _budgets(show, numbers.budgets),
            _soon(show, numbers),
        ],
    ]


def _missing(numbers: Numbers) -> Node:
    if numbers.compared is not None:
        return None
    return notice(
        "warn", "The numbers are catching up with what happened. They come by themselves."
    )


def list_href(period: Period, *conditions: tuple[str, str]) -> str:
    """The redemptions behind a number."""
    return "/redemptions?" + urlencode([*conditions, *period.conditions])


def _kpis(show: Show, period: Period, numbers: Numbers, campaign: str) -> Node:
    found = metrics_of(numbers.compared)
    outstanding = credit_outstanding(numbers.credits)
    of = [("f", f"campaign_name:is:{campaign}")] if campaign else []

    def pair(name: str) -> tuple[Any, Any]:
        return found.get(name, (None, None))

    succeeded, failed = pair("redemptions_succeeded"), pair("redemptions_failed")
    discount, value = pair("discount_amount"), pair("order_amount")
    refused = [_share(failed[at], succeeded[at], failed[at]) for at in (0, 1)]
    taken = [_share(discount[at], value[at], 0) for at in (0, 1)]
    success, failure = ("f", "result:is:SUCCESS"), ("f", "result:is:FAILURE")
    return kpis(
        [
            Kpi("Redemptions", *succeeded, href=list_href(period, *of, success)),
            Kpi(
                "Refused",
                refused[0],
                refused[1],
                unit="share",
                href=list_href(period, *of, failure),
                is_more_better=False,
            ),
            Kpi(
                "Discount given",
                *discount,
                unit="money",
                href=list_href(period, *of, success),
                is_more_better=None,
            ),
            Kpi(
                "Order value after discount",
                *pair("order_total_amount"),
                unit="money",
                href="/orders",
            ),
            Kpi(
                "Discount of order value",
                taken[0],
                taken[1],
                unit="share",
                href=list_href(period, *of, success),
                is_more_better=None,
            ),
            Kpi("Customers", *pair("unique_customers"), href="/customers"),
            Kpi("Redemptions for each valid cart", *pair("conversion"), href="/validations"),
            Kpi(
                "Gift credit outstanding",
                outstanding,
                unit="money",
                href="/vouchers?f=type:is:GIFT_VOUCHER",
                is_more_better=None,
            ),
        ],
        show,
    )


def _share(part: Any, whole: Any, beside: Any) -> float | None:
    """The part of the whole and what stands beside it; None of nothing."""
    if part is None or whole is None:
        return None
    of = whole + (beside or 0)
    return part / of if of else None


def _over_time(show: Show, period: Period, numbers: Numbers, campaign: str) -> Node:
    series = ((numbers.over_time or {}).get("series") or [{}])[0]
    moments = [each["at"] for each in series.get("points", [])]
    csv = "/timeseries.csv?" + urlencode(
        period.query | ({"campaign": campaign} if campaign else {})
    )
    if not moments:
        return None
    there = "/redemptions?f=created_at:after:{from}&f=created_at:before:{to}"
    return div(".charts")[
        chart(
            "Redemptions",
            "stacked",
            moments,
            [
                Series("Succeeded", 1, points_of(series, "redemptions_succeeded")),
                Series("Refused", 2, points_of(series, "redemptions_failed")),
                Series("Taken back", 3, points_of(series, "redemptions_rolled_back")),
            ],
            show,
            csv=csv,
            href=there,
        ),
        chart(
            "Discount and order value",
            "lines",
            moments,
            [
                Series(
                    "Order value after discount",
                    1,
                    points_of(series, "order_total_amount"),
                    "money",
                ),
                Series("Discount given", 4, points_of(series, "discount_amount"), "money"),
            ],
            show,
            csv=csv,
            href=there,
        ),
    ]


def _card(title: str, content: Node, more: Node = None) -> Node:
    return section(".card.chart", aria_label=title)[
        header[h2[title], span(".spacer"), more], content
    ]


def _top_campaigns(show: Show, top: Json | None) -> Node:
    if top is None:
        return _card("Top campaigns", not_known())
    rows = [each for each in top.get("rows", []) if each.get("group")]
    if not rows:
        return _card(
            "Top campaigns", p(".muted")["Nothing of a campaign was redeemed in this time."]
        )
    said = [
        (
            link(each.get("name") or each["group"], f"/campaigns/{each['group']}"),
            each["redemptions_succeeded"],
            f"{show.number(each['redemptions_succeeded'])} · {show.money(each['discount_amount'])}",
        )
        for each in rows
    ]
    return _card(
        "Top campaigns",
        bars(said, "Redemptions and discount by campaign"),
        link("All", "/campaigns"),
    )


def _reasons(show: Show, period: Period, reasons: Json | None, campaign: str) -> Node:
    if reasons is None:
        return _card("Why it was refused", not_known())
    rows = [each for each in reasons.get("rows", []) if each.get("group")]
    if not rows:
        return _card("Why it was refused", p(".muted")["Nothing was refused in this time."])
    of = [("f", f"campaign_name:is:{campaign}")] if campaign else []
    said = [
        (
            link(
                _reason_words(each["group"]),
                list_href(period, *of, ("f", f"failure_code:is:{each['group']}")),
            ),
            each["redemptions_failed"],
            show.number(each["redemptions_failed"]),
        )
        for each in rows
    ]
    return _card("Why it was refused", bars(said, "Refusals by reason"))


def _reason_words(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _budgets(show: Show, budgets: Json | None) -> Node:
    if budgets is None:
        return _card("Budgets near their end", not_known())
    rows = [each for each in budgets.get("budgets", []) if each["share"] >= BUDGET_SHARE_MIN]
    if not rows:
        return _card("Budgets near their end", p(".muted")["No budget is used by 80 % or more."])
    said = [
        (
            [
                link(each["campaign"]["name"], f"/campaigns/{each['campaign']['id']}"),
                span(".muted")[f" {_BUDGETS.get(each['budget'], each['budget'])}"],
            ],
            min(each["share"], 1.0),
            f"{show.percent(each['share'])} of {_amount(each, show)}",
        )
        for each in rows
    ]
    return _card("Budgets near their end", bars(said, "Budgets by the share that is used"))


def _amount(budget: Mapping[str, Any], show: Show) -> str:
    is_money = budget["unit"] == "minor units"
    return show.money(budget["limit"]) if is_money else show.number(budget["limit"])


def _soon(show: Show, numbers: Numbers) -> Node:
    if numbers.ending is None or numbers.starting is None:
        return _card("Begins and ends soon", not_known())
    ending = numbers.ending.get("campaigns") or []
    starting = numbers.starting.get("campaigns") or []
    if not ending and not starting:
        return _card(
            "Begins and ends soon", p(".muted")["No campaign begins or ends within two weeks."]
        )
    return _card(
        "Begins and ends soon",
        ol(".soon")[
            (
                li[
                    link(each["name"], f"/campaigns/{each['id']}"),
                    span(".spacer"),
                    span(".muted")["begins ", show.day(each.get("start_date"))],
                ]
                for each in starting
            ),
            (
                li[
                    link(each["name"], f"/campaigns/{each['id']}"),
                    span(".spacer"),
                    span(".muted")["ends ", show.day(each.get("expiration_date"))],
                ]
                for each in ending
            ),
        ],
    )
