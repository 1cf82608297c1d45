"""The numbers of a page of campaigns or tiers in one call: `GET /v1/analytics/summaries`.

Of each campaign they are those of its own summary, by the same rules.
"""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.encode import Body
from fronts.answers import json_answer
from fronts.query_string import (
    Given,
    invalid_parameter,
    single_parameter,
    text_of,
)
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from services.analytics.measures.campaign_summary import period_of
from services.analytics.measures.measuring import shown_number
from services.analytics.measures.parameters import said_by
from services.analytics.measures.queries import DONE, PERIOD, gross_amounts, told_facts
from services.analytics.sink.campaign_tables import CAMPAIGN_FACTS
from services.analytics.sink.validation_facts import VALIDATION_FACTS

CAMPAIGN: Final = "campaign"
TIER: Final = "tier"
IDS_MAX: Final = 100
_PARAMETERS: Final = frozenset({"by", "ids", "start_date", "end_date"})
_REDEEMED: Final = (
    "redemptions_succeeded", "redemptions_failed", "rollbacks_succeeded", "unique_customers",
    "orders_amount", "orders_rolledback_amount", "discounted_amount", "rolledback_discounted_amount",
)  # fmt: skip
_VALIDATED: Final = ("validations_succeeded", "validations_failed")
#: By the kind of the fact that is counted.
_COUNTED: Final[Mapping[str, str]] = {
    "created": "vouchers_created",
    "deleted": "vouchers_deleted",
    "published": "publications_succeeded",
    "unpublished": "publications_failed",
}


def summaries_route(reads: Reads) -> Route:
    """The route, over the tables of analytics."""

    async def summaries(request: Request) -> Response:
        """A row for each id that is asked for, in that order; zeros where nothing is known of it."""
        said = said_by(request, _PARAMETERS)
        by, ids = _by_of(said.given), _ids_of(said.given)
        since, until = period_of(said.given, said.zone)
        values = {"project": said.project, "ids": ids, "since": since, "until": until}
        current = reads.up_to(request)
        numbers = {each: dict.fromkeys(_names(by), 0) for each in ids}
        for group, *counted in await current.rows(Query(_redeemed(by), values)):
            numbers[group] |= dict(zip(_REDEEMED, counted, strict=True))
        if by == CAMPAIGN:
            for group, *counted in await current.rows(Query(_VALIDATIONS, values)):
                numbers[group] |= dict(zip(_VALIDATED, counted, strict=True))
            for group, kind, count in await current.rows(Query(_FACTS, values)):
                if kind in _COUNTED:
                    numbers[group][_COUNTED[kind]] = count
        rows = [_row(by, each, numbers[each]) for each in ids]
        body: Body = {"object": "list", "data_ref": "data", "by": by, "data": rows}
        return json_answer(body)

    return Route("/v1/analytics/summaries", summaries, methods=["GET"])


def _by_of(given: list[Given]) -> str:
    by = single_parameter(given, "by")
    if by is None:
        return CAMPAIGN
    if by.value not in (CAMPAIGN, TIER):
        raise invalid_parameter(by.name, f"must be `{CAMPAIGN}` or `{TIER}`")
    return by.value


def _ids_of(given: list[Given]) -> list[str]:
    ids = list(dict.fromkeys((text_of(given, "ids") or "").split(",")))
    if not all(ids) or len(ids) > IDS_MAX:
        raise invalid_parameter("ids", f"must be up to {IDS_MAX} ids with commas between them")
    return ids


def _names(by: str) -> tuple[str, ...]:
    return (*_REDEEMED, *_VALIDATED, *_COUNTED.values()) if by == CAMPAIGN else _REDEEMED


def _row(by: str, name: str, numbers: Mapping[str, int]) -> Body:
    shown = {each: shown_number(number) for each, number in numbers.items()}
    return {"id": name, "object": f"{by}_numbers", **shown}


def _redeemed(by: str) -> str:
    """The group and its `_REDEEMED`; an order counts once for each request in a group."""
    once = " AND first_of_campaign = 1" if by == CAMPAIGN else ""
    test = f"{by} IN {{ids:Array(String)}}"
    return (
        f"SELECT {by}, countIf({DONE}), countIf(here AND kind = 'failed'), countIf(taken_back), "  # noqa: S608
        f"uniqExactIf(customer_id, {DONE} AND customer_id != ''), {gross_amounts(once)} "
        f"FROM ({told_facts(test)}) GROUP BY {by}"
    )


_VALIDATIONS: Final = (
    "SELECT arrayJoin(arrayIntersect(arrayDistinct(campaigns), {ids:Array(String)})) AS campaign, "  # noqa: S608
    f"countIf(valid = 1), countIf(valid = 0) FROM {VALIDATION_FACTS.full_name} FINAL "
    f"WHERE project = {{project:String}} AND {PERIOD} GROUP BY campaign"
)
_FACTS: Final = (
    f"SELECT campaign, kind, sum(counted) FROM {CAMPAIGN_FACTS.full_name} "  # noqa: S608
    f"WHERE project = {{project:String}} AND campaign IN {{ids:Array(String)}} AND {PERIOD} "
    "GROUP BY campaign, kind"
)
