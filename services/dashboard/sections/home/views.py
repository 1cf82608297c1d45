"""The first page as nodes."""

from typing import Any
from urllib.parse import urlencode

from htpy import (
    Node,
    a,
    button,
    div,
    form,
    fragment,
    h2,
    header,
    label,
    li,
    ol,
    p,
    section,
    span,
)
from htpy import input as input_

from services.dashboard.parts.charts import Kpi, Series, chart, kpis, points_of
from services.dashboard.parts.facts import link, not_known
from services.dashboard.parts.icons import icon
from services.dashboard.parts.lookups import lookup
from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import head
from services.dashboard.parts.period import Period
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.home.asking import (
    Json,
    Numbers,
    credit_outstanding,
    metrics_of,
)
from services.dashboard.sections.home.cards import (
    budgets_card,
    list_href,
    reasons_card,
    soon_card,
    top_campaigns_card,
)
from services.dashboard.sections.redemptions.naming import (
    customer_name,
    redeemable_name,
    redemption_badge,
    show_discount,
)


def campaign_chooser(period: Period, campaign: str) -> Node:
    """The choice of one campaign, within the period that is chosen."""
    return div(".period")[
        button(
            ".btn.small", type="button", popovertarget="of-campaign", data_selected=bool(campaign)
        )[icon("percent", 14), campaign or "All campaigns"],
        div("#of-campaign.pop", popover=True)[
            form(action="/", aria_label="Campaign")[
                (
                    input_(type="hidden", name=name, value=value)
                    for name, value in period.query.items()
                ),
                div(".field")[
                    label(for_="campaign-find")["Campaign"],
                    lookup(
                        "campaign",
                        "campaign-name",
                        [(campaign, campaign)] if campaign else (),
                        described={},
                    ),
                ],
                button(".btn.primary")["Show"],
            ]
        ],
    ]


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


def newest_list(show: Show, newest: Json | None, campaign: str) -> Node:
    """The newest ten, which ask for themselves anew when something happens; None: not known."""
    again = "/newest" + (f"?{urlencode({'campaign': campaign})}" if campaign else "")
    rows = (newest or {}).get("redemptions") or []
    nothing = not_known() if newest is None else p(".muted")["Nothing was redeemed yet."]
    return section(
        "#newest.card.chart",
        {
            "hx-get": again,
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
            top_campaigns_card(show, numbers.top),
            reasons_card(show, period, numbers.reasons, campaign),
            budgets_card(show, numbers.budgets),
            soon_card(show, numbers),
        ],
    ]


def _missing(numbers: Numbers) -> Node:
    if numbers.compared is not None:
        return None
    return notice(
        "warn", "The numbers are catching up with what happened. They come by themselves."
    )


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
