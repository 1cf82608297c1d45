"""The questions that analytics asks, as values.

A rollback counts at its own date and takes back there what its redemption had added; the window of
rollbacks bounds how much earlier that was.
"""

from types import MappingProxyType
from typing import NamedTuple

from engine.kernel.tables import WINDOW_MS
from runtime.clickhouse.database import Query
from schemas.base import Millis
from services.analytics.sink.campaign_tables import CAMPAIGNS
from services.analytics.sink.redemption_facts import REDEMPTION_FACTS
from services.analytics.sink.validation_facts import VALIDATION_FACTS

#: The period's end where the caller names none: everything so far.
TIME_MAX: Millis = 2**53
#: Of a query's facts, those of the period that is asked for.
PERIOD = "at >= {since:Int64} AND at < {until:Int64}"


class FactSelection(NamedTuple):
    """Which facts are summed: a half-open period, of all campaigns or of one."""

    project: str
    since: Millis
    until: Millis
    campaign: str | None = None


#: The names and the order of what `redemption_totals` gives.
REDEMPTION_TOTALS = (
    "redemptions_succeeded",
    "redemptions_failed",
    "redemptions_rolled_back",
    "discount_amount",
    "order_amount",
    "order_total_amount",
    "unique_customers",
)
VALIDATION_TOTALS = ("validations_valid", "validations_invalid")
#: The totals in the order in which they are shown.
TOTALS = (*REDEMPTION_TOTALS[:3], *VALIDATION_TOTALS, *REDEMPTION_TOTALS[3:])
#: Of `told_facts`, the successes of the period.
DONE = "here AND kind = 'succeeded'"
_COUNTED_ONCE = MappingProxyType({False: "first", True: "first_of_campaign"})


def redemption_totals(asked: FactSelection) -> Query:
    """One row of REDEMPTION_TOTALS."""
    once = _COUNTED_ONCE[asked.campaign is not None]
    test = "at >= {earliest:Int64} AND at < {until:Int64}"
    if asked.campaign is not None:
        test += " AND campaign = {campaign:String}"
    return Query(
        "SELECT countIf(here AND kind = 'succeeded'), countIf(here AND kind = 'failed'), "  # noqa: S608
        "countIf(taken_back), "
        f"{_net('discount', '')}, {_net('order_amount', once)}, {_net('order_total', once)}, "
        "uniqExactIf(customer_id, here AND kind = 'succeeded' AND customer_id != '') "
        f"FROM ({told_facts(test)})",
        {**selection_values(asked), "earliest": asked.since - WINDOW_MS},
    )


def told_facts(test: str) -> str:
    """The facts of redemptions that meet a test, each with whether it is `here`, in the period.

    And of a success whether it was `taken_back` in the period.
    """
    facts = REDEMPTION_FACTS.full_name
    return (
        f"SELECT *, {PERIOD} AS here, kind = 'succeeded' AND id IN ("  # noqa: S608
        f"SELECT redemption_id FROM {facts} WHERE project = {{project:String}} "
        f"AND kind = 'rolled_back' AND {PERIOD}) AS taken_back "
        f"FROM {facts} WHERE project = {{project:String}} AND {test}"
    )


def gross_amounts(once: str) -> str:
    """Sums over `told_facts`: of orders, each where `once` says so, and of discounts.

    Each of what was redeemed, and of what was taken back.
    """
    return ", ".join(
        f"sumIf(toInt128({column}), {which}{counted})"
        for column, counted in (("order_amount", once), ("discount", ""))
        for which in (DONE, "taken_back")
    )


def validation_totals(asked: FactSelection) -> Query:
    """One row of VALIDATION_TOTALS."""
    campaign = "" if asked.campaign is None else " AND has(campaigns, {campaign:String})"
    return Query(
        f"SELECT countIf(valid = 1), countIf(valid = 0) FROM {VALIDATION_FACTS.full_name} FINAL "  # noqa: S608
        f"WHERE project = {{project:String}} AND {PERIOD}{campaign}",
        selection_values(asked),
    )


def find_campaign(project: str, campaign: str) -> Query:
    """The id of the campaign with that id or name, one row or none.

    An id goes before a name; of a name, the campaign that is not deleted goes first.
    """
    return Query(
        f"SELECT id FROM {CAMPAIGNS.full_name} FINAL WHERE project = {{project:String}} "  # noqa: S608
        "AND (id = {campaign:String} OR name = {campaign:String}) "
        "ORDER BY id = {campaign:String} DESC, body = '', id LIMIT 1",
        {"project": project, "campaign": campaign},
    )


def _net(column: str, once: str) -> str:
    # 64 bits hold some 9,200 of the greatest amounts that are accepted.
    counted = f" AND {once} = 1" if once else ""
    return (
        f"sumIf(toInt128({column}), here AND kind = 'succeeded'{counted}) "
        f"- sumIf(toInt128({column}), taken_back{counted})"
    )


def selection_values(asked: FactSelection) -> dict[str, object]:
    """What `PERIOD`, a project and a campaign in a query stand for."""
    values: dict[str, object] = {
        "project": asked.project,
        "since": asked.since,
        "until": asked.until,
    }
    return values if asked.campaign is None else {**values, "campaign": asked.campaign}
