"""What stands below the charts of the first page: campaigns, refusals, budgets, what is ahead."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from htpy import Node, h2, header, li, ol, p, section, span

from services.dashboard.parts.facts import bars, link, not_known
from services.dashboard.parts.period import Period
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.home.asking import BUDGET_SHARE_MIN, Json, Numbers

#: How many of those that begin or end soon are listed.
SOON_SHOWN: Final = 5
#: How the engine names what a budget is of, in words.
_BUDGETS: Final = {
    "campaign.orders.amount": "order value",
    "campaign.orders.amount_discounted": "discount",
    "campaign.redemptions.count": "redemptions",
    "campaign.redemptions.customers_count": "customers",
}


def list_href(period: Period, *conditions: tuple[str, str]) -> str:
    """The redemptions behind a number."""
    return "/redemptions?" + urlencode([*conditions, *period.conditions])


def _card(title: str, content: Node, more: Node = None) -> Node:
    return section(".card.chart", aria_label=title)[
        header[h2[title], span(".spacer"), more], content
    ]


def top_campaigns_card(show: Show, top: Json | None) -> Node:
    """The campaigns with the most redemptions."""
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


def reasons_card(show: Show, period: Period, reasons: Json | None, campaign: str) -> Node:
    """Why redemptions were refused, each leading to those."""
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


def budgets_card(show: Show, budgets: Json | None) -> Node:
    """The budgets that are used most."""
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


def _soonest(body: Json, name: str) -> list[Row]:
    """The first to begin or to end."""
    rows: list[Row] = body.get("campaigns") or []
    return sorted(rows, key=lambda each: str(each.get(name)))[:SOON_SHOWN]


def soon_card(show: Show, numbers: Numbers) -> Node:
    """What begins and what ends within two weeks."""
    if numbers.ending is None or numbers.starting is None:
        return _card("Begins and ends soon", not_known())
    ending = _soonest(numbers.ending, "expiration_date")
    starting = _soonest(numbers.starting, "start_date")
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
