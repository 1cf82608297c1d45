"""The numbers of a page of campaigns or tiers in one call: `GET /v1/analytics/summaries`.

Of each campaign they are those of its own summary, by the same rules.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.encode import Body, to_json
from engine.kernel.zones import zone_named
from fronts.query_string import (
    Given,
    invalid_parameter,
    read_parameters,
    require_known,
    single_parameter,
    text_of,
)
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.errors import JSON
from runtime.http.internal import time_zone_of
from runtime.http.routing import caller_of
from services.analytics.measures.campaign_summary import period_of
from services.analytics.measures.queries import PERIOD
from services.analytics.sink.campaign_tables import CAMPAIGN_FACTS
from services.analytics.sink.redemption_facts import REDEMPTION_FACTS
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
        given = read_parameters(request.query_params.multi_items())
        require_known(given, _PARAMETERS)
        by, ids = _by_of(given), _ids_of(given)
        since, until = period_of(given, zone_named(time_zone_of(request)))
        values = {
            "project": caller_of(request).project, "ids": ids, "since": since, "until": until,
        }  # fmt: skip
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
        return Response(to_json(body), media_type=JSON)

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
    # Raw, since the encoder takes integers of 64 bits only
    shown = {each: msgspec.Raw(b"%d" % number) for each, number in numbers.items()}
    return {"id": name, "object": f"{by}_numbers", **shown}


def _redeemed(by: str) -> str:
    """The group and its `_REDEEMED`; an order counts once for each request in a group."""
    facts, once = REDEMPTION_FACTS.full_name, " AND first_of_campaign = 1" if by == CAMPAIGN else ""
    done, back = "here AND kind = 'succeeded'", "taken_back"
    sums = ", ".join(
        f"sumIf(toInt128({column}), {which}{counted})"
        for column, counted in (("order_amount", once), ("discount", ""))
        for which in (done, back)
    )
    return (
        f"SELECT {by}, countIf({done}), countIf(here AND kind = 'failed'), countIf({back}), "  # noqa: S608
        f"uniqExactIf(customer_id, {done} AND customer_id != ''), {sums} "
        f"FROM (SELECT *, {PERIOD} AS here, kind = 'succeeded' AND id IN ("
        f"SELECT redemption_id FROM {facts} WHERE project = {{project:String}} "
        f"AND kind = 'rolled_back' AND {PERIOD}) AS taken_back FROM {facts} "
        f"WHERE project = {{project:String}} AND {by} IN {{ids:Array(String)}}) GROUP BY {by}"
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
