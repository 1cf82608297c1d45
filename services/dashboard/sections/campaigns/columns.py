"""The columns of the list of campaigns."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from htpy import Node, a, small, span

from services.dashboard.lists import usual_columns
from services.dashboard.lists.resource import Column, Row
from services.dashboard.parts.facts import muted
from services.dashboard.parts.show import NOTHING, Show
from services.dashboard.sections.campaigns.budgets import budget_meter
from services.dashboard.sections.campaigns.naming import (
    campaign_category,
    kind_name,
    period_of,
    say_gives,
    state_badge,
)


def redemptions_href(name: object, *conditions: str) -> str:
    """The list of redemptions of a campaign, as the address of that list says it."""
    pairs = [("f", f"campaign_name:is:{name}"), *(("f", each) for each in conditions)]
    return f"/redemptions?{urlencode(pairs)}"


def _number(name: str, *conditions: str) -> Callable[[Row, Show], Node]:
    def cell(row: Row, show: Show) -> Node:
        numbers = row.get("numbers")
        if not numbers:
            return NOTHING
        value = numbers.get(name)
        if not conditions or not value:
            return show.number(value)
        return a(".link", href=redemptions_href(row.get("name"), *conditions))[show.number(value)]

    return cell


def _discount(row: Row, show: Show) -> Node:
    numbers = row.get("numbers")
    if not numbers:
        return NOTHING
    given = numbers.get("discounted_amount") or 0
    return show.money(given - (numbers.get("rolledback_discounted_amount") or 0))


def _codes(row: Row, show: Show) -> Node:
    if row.get("campaign_type") == "PROMOTION":
        return NOTHING
    return show.number(row.get("vouchers_count"))


def _name(row: Row, show: Show) -> Node:
    del show
    return span[row["name"]]


COLUMNS: Final = (
    Column("name", "Name", _name),
    Column("kind", "Kind", lambda row, _: kind_name(row)),
    Column("status", "Status", lambda row, _: state_badge(row.get("state", ""))),
    Column("gives", "Gives", lambda row, show: muted(say_gives(row, show))),
    Column("period", "Period", period_of),
    Column("codes", "Codes", _codes, is_number=True),
    Column(
        "redeemed",
        "Redeemed",
        _number("redemptions_succeeded", "result:is:SUCCESS"),
        is_number=True,
    ),
    Column(
        "refused",
        "Refused",
        _number("redemptions_failed", "result:is:FAILURE"),
        is_number=True,
    ),
    Column("discount", "Discount given", _discount, is_number=True),
    Column("budget", "Budget used", lambda row, show: budget_meter(row.get("budget"), show)),
    Column("customers", "Customers", _number("unique_customers"), is_number=True, is_shown=False),
    Column(
        "published", "Published", _number("publications_succeeded"), is_number=True, is_shown=False
    ),
    Column("category", "Category", lambda row, _: campaign_category(row)),
    usual_columns.CREATED_DAY,
    Column(
        "updated",
        "Updated",
        lambda row, show: show.day(row.get("updated_at")),
        "updated_at",
        is_number=True,
        is_shown=False,
    ),
    usual_columns.ID,
    Column(
        "description",
        "Description",
        lambda row, _: small(".muted")[row.get("description") or NOTHING],
        is_shown=False,
    ),
)
