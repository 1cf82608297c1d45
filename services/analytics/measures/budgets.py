"""What campaigns may add up to, what is used of it, and when it ends: `GET /v1/analytics/budgets`."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel import tables
from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body
from engine.rules.caps import Cap, caps_of
from fronts.answers import json_answer
from fronts.query_string import (
    Given,
    count_of,
    invalid_parameter,
    limit_of,
    single_parameter,
    text_of,
)
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from schemas.base import DAY_MS, INSTANT_MAX, Millis
from services.analytics.measures.measuring import divide, shown_number
from services.analytics.measures.narrowing import ENTITIES, OURS, Asked, values_of
from services.analytics.measures.parameters import campaign_id, ids_of, said_by
from services.analytics.measures.queries import TIME_MAX
from services.analytics.measures.sources import SOURCES
from services.analytics.measures.written import csv_answer

#: The pace is that of so many days.
DAYS_DEFAULT: Final = 7
DAYS_MAX: Final = 90
#: In so many assignments of rules to campaigns budgets are looked for, those made last first.
ASSIGNMENTS_MAX: Final = 10_000

_PARAMETERS: Final = frozenset({"campaign", "days", "format", "ids", "limit"})
#: By the names of `engine.rules.caps.CAPPED` what uses a budget is, and in what.
UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "campaign.orders.amount": "minor units",
        "campaign.orders.amount_discounted": "minor units",
        "campaign.redemptions.count": "count",
        "campaign.redemptions.customers_count": "count",
    }
)


class Budget(NamedTuple):
    """A bound of a campaign, and what is used of it."""

    campaign: str
    campaign_name: str
    rule: str
    rule_name: str
    cap: Cap
    #: When the campaign begins, by its start or else its creation, and when it ends; None: never.
    begins_at: Millis
    ends_at: Millis | None
    used: int = 0
    #: How much of that was used since the pace is taken.
    lately: int = 0


def budgets_route(reads: Reads, clock_ms: Callable[[], Millis]) -> Route:
    """The route, over the facts of redemptions and the rules that bind campaigns."""

    async def budgets(request: Request) -> Response:
        """Every budget of the project or of a campaign, the one with the greatest share used first.

        Of campaigns that are asked for by their ids it is one each: that with the greatest share.
        """
        said = said_by(request, _PARAMETERS)
        days = count_of(said.given, "days", DAYS_DEFAULT, DAYS_MAX)
        limit, now = limit_of(said.given), clock_ms()
        named = text_of(said.given, "campaign")
        current = reads.up_to(request)
        only = _ids_in(said.given, named)
        if named is not None:
            only = [await campaign_id(current, said.project, named)]
        bounds = await _bounds(current, said.project, only)
        found = await _with_use(current, said.project, bounds, now - days * DAY_MS)
        found.sort(key=lambda each: (-_share(each), each.campaign, each.cap.name))
        if only and named is None:
            found = first_of_each(found)
        rows = [_row(each, days, now) for each in found[:limit]]
        if said.is_csv:
            return csv_answer(_COLUMNS, [_cells(row) for row in rows])
        body: Body = {"at": iso(now), "days": days, "budgets": rows, "has_more": len(found) > limit}
        return json_answer(body)

    return Route("/v1/analytics/budgets", budgets, methods=["GET"])


def _ids_in(given: list[Given], named: str | None) -> list[str]:
    """The campaigns that are asked for by their ids; none: all. Raises ApiError."""
    if single_parameter(given, "ids") is None:
        return []
    if named is not None:
        raise invalid_parameter("ids", "does not go with `campaign`")
    return ids_of(given)


def first_of_each(found: Sequence[Budget]) -> list[Budget]:
    """The first budget of each campaign, in the order in which they are given."""
    first: dict[str, Budget] = {}
    for each in found:
        first.setdefault(each.campaign, each)
    return list(first.values())


async def _bounds(reads: Reads, project: str, only: Sequence[str]) -> list[Budget]:
    """The bounds that sets of rules put to campaigns as wholes, or to some of them."""
    some = " AND alias IN {only:Array(String)}" if only else ""
    sql = (
        "SELECT campaign.id, campaign.alias, rule.body, "  # noqa: S608
        "if(campaign.start_date > 0, campaign.start_date, campaign.created_at), "
        "campaign.expiration_date FROM ("
        f"SELECT alias, texts['rule_id'][1] AS rule_id FROM {ENTITIES} FINAL WHERE {OURS} "
        f"AND kind = 'rule_assignment' AND deleted = 0 AND type = 'campaign'{some} "
        "ORDER BY created_at DESC, id LIMIT {most:UInt32}) AS bound "
        f"INNER JOIN (SELECT id, alias, created_at, start_date, expiration_date FROM {ENTITIES} FINAL "
        f"WHERE {OURS} AND kind = 'campaign' AND deleted = 0) AS campaign ON bound.alias = campaign.id "
        f"INNER JOIN (SELECT id, body FROM {ENTITIES} FINAL WHERE {OURS} "
        "AND kind = 'validation_rule' AND deleted = 0) AS rule ON bound.rule_id = rule.id"
    )
    rows = await reads.rows(
        Query(sql, {"project": project, "only": list(only), "most": ASSIGNMENTS_MAX})
    )
    found = []
    for campaign, name, body, begins_at, ends_at in rows:
        rule = tables.RULES.decode(body.encode())
        for cap in caps_of(rule.definition):
            ends = ends_at if ends_at > 0 else None
            found.append(Budget(campaign, name, rule.id, rule.name, cap, begins_at, ends))
    return found


async def _with_use(
    reads: Reads, project: str, bounds: Sequence[Budget], since: Millis
) -> list[Budget]:
    """The bounds with what is used of each, as the tallies of the state count it."""
    campaigns = list(dict.fromkeys(each.campaign for each in bounds))
    if not campaigns:
        return []
    ever = Asked(project, 0, TIME_MAX)
    values = {**values_of(ever), "campaigns": campaigns, "pace_since": since}
    facts = (
        f"SELECT * FROM ({SOURCES['redemptions'].rows(ever, 'campaign')}) "  # noqa: S608
        "WHERE kind != 'failed' AND campaign IN {campaigns:Array(String)}"
    )
    used: dict[tuple[str, str], tuple[int, int]] = {}
    for campaign, *sums in await reads.rows(Query(_sums_of(facts), values)):
        for place, name in enumerate(_SUMMED):
            used[campaign, name] = (sums[2 * place], sums[2 * place + 1])
    if any(each.cap.name == _CUSTOMERS for each in bounds):
        for campaign, *counts in await reads.rows(Query(_customers_of(facts), values)):
            used[campaign, _CUSTOMERS] = (counts[0], counts[1])
    return [
        each._replace(used=total, lately=lately)
        for each in bounds
        for total, lately in (used.get((each.campaign, each.cap.name), (0, 0)),)
    ]


_CUSTOMERS: Final = "campaign.redemptions.customers_count"
#: What each redemption adds to a budget.
_SUMMED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "campaign.redemptions.count": "toInt128(sign)",
        "campaign.orders.amount": "if(once = 1, sign * toInt128(order_initial), 0)",
        "campaign.orders.amount_discounted": "sign * toInt128(discount)",
    }
)


def _sums_of(facts: str) -> str:
    """(campaign, then of each of `_SUMMED` the sum of all time and of lately)."""
    sums = ", ".join(
        f"sum({each}), sumIf({each}, at >= {{pace_since:Int64}})" for each in _SUMMED.values()
    )
    return f"SELECT campaign, {sums} FROM ({facts}) GROUP BY campaign"  # noqa: S608


def _customers_of(facts: str) -> str:
    """(campaign, customers who have a redemption left, those of them who came lately)."""
    return (
        "SELECT campaign, count(), countIf(came_at >= {pace_since:Int64}) FROM ("  # noqa: S608
        "SELECT campaign, customer_id, minIf(at, kind = 'succeeded') AS came_at "
        f"FROM ({facts}) WHERE customer_id != '' GROUP BY campaign, customer_id "
        "HAVING sum(sign) > 0) GROUP BY campaign"
    )


def _share(budget: Budget) -> float:
    """How much of it is used, as a fraction; of nothing all of it."""
    return budget.used / budget.cap.limit if budget.cap.limit > 0 else 1.0


def _row(budget: Budget, days: int, now: Millis) -> Body:
    limit, used = budget.cap.limit, budget.used
    left = max(limit - used, 0)
    # a campaign that is younger than the days is not slower for that
    counted = max(min(days * DAY_MS, now - budget.begins_at), 1)
    pace = max(budget.lately, 0)
    runs_out = None if not left or not pace else now + left * counted // pace
    ends_at = budget.ends_at
    if runs_out is not None and runs_out >= (INSTANT_MAX if ends_at is None else ends_at):
        runs_out = None
    planned = None
    if ends_at is not None and ends_at > budget.begins_at:
        over = min(max(now - budget.begins_at, 0), ends_at - budget.begins_at)
        planned = divide(over, ends_at - budget.begins_at)
    return {
        "campaign": {"id": budget.campaign, "name": budget.campaign_name},
        "validation_rule": {"id": budget.rule, "name": budget.rule_name},
        "budget": budget.cap.name,
        "unit": UNITS[budget.cap.name],
        "limit": shown_number(limit),
        "used": shown_number(used),
        "left": shown_number(left),
        "share": shown_number(divide(used, limit)),
        "planned_share": shown_number(planned),
        "per_day": shown_number(divide(pace * DAY_MS, counted)),
        "runs_out_at": iso_or_none(runs_out),
        "campaign_ends_at": iso_or_none(ends_at),
    }


_COLUMNS: Final = (
    "campaign", "name", "validation_rule", "budget", "unit", "limit", "used", "left", "share",
    "planned_share", "per_day", "runs_out_at", "campaign_ends_at",
)  # fmt: skip


def _cells(row: Body) -> list[Any]:
    campaign, rule, *others = row.values()
    return [campaign["id"], campaign["name"], rule["id"], *others]
