"""The numbers of a page of one kind of things: `GET /v1/analytics/summaries`.

Of each campaign they are those of its own summary, by the same rules. What is in a segment, a
category or a collection and what asks for a location is counted as it is now: those know no period.
"""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.encode import Body
from fronts.answers import json_answer
from fronts.query_string import (
    Given,
    invalid_parameter,
    single_parameter,
)
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from services.analytics.measures.campaign_summary import period_of
from services.analytics.measures.measuring import shown_number
from services.analytics.measures.narrowing import ENTITIES, OURS
from services.analytics.measures.parameters import ids_of, said_by
from services.analytics.measures.queries import DONE, PERIOD, gross_amounts, told_facts
from services.analytics.sink.campaign_tables import CAMPAIGN_FACTS
from services.analytics.sink.validation_facts import VALIDATION_FACTS

CAMPAIGN: Final = "campaign"
TIER: Final = "tier"
SEGMENT: Final = "segment"
CATEGORY: Final = "category"
COLLECTION: Final = "collection"
LOCATION: Final = "location"
_PARAMETERS: Final = frozenset({"by", "ids", "start_date", "end_date"})
_PERIOD_PARAMETERS: Final = ("start_date", "end_date")
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
#: By the kind of what is in a category.
_IN_CATEGORY: Final[Mapping[str, str]] = {
    "voucher": "vouchers_count",
    "campaign": "campaigns_count",
    "promotion_tier": "tiers_count",
    "promotion_stack": "stacks_count",
}
_MEMBERS: Final = "members_count"
_NAMED: Final = "named_members_count"
_USES: Final = "uses_count"
#: What may ask for a location.
_ASKING: Final = ("validation_rule", "segment", "product_collection")


def summaries_route(reads: Reads) -> Route:
    """The route, over the tables of analytics."""

    async def summaries(request: Request) -> Response:
        """A row for each id that is asked for, in that order; zeros where nothing is known of it."""
        said = said_by(request, _PARAMETERS)
        by, ids = _by_of(said.given), ids_of(said.given)
        numbers = {each: dict.fromkeys(_NAMES[by], 0) for each in ids}
        values: dict[str, Any] = {"project": said.project, "ids": ids}
        current = reads.up_to(request)
        if by in _NOW:
            for name in _PERIOD_PARAMETERS:
                given = single_parameter(said.given, name)
                if given is not None:
                    raise invalid_parameter(given.name, f"does not go with `by={by}`")
            for group, name, count in await current.rows(Query(_NOW[by], values)):
                numbers[group][name] = count
        else:
            since, until = period_of(said.given, said.zone)
            values |= {"since": since, "until": until}
            await _add_redeemed(current, by, values, numbers)
        rows = [_row(by, each, numbers[each]) for each in ids]
        body: Body = {"object": "list", "data_ref": "data", "by": by, "data": rows}
        return json_answer(body)

    return Route("/v1/analytics/summaries", summaries, methods=["GET"])


async def _add_redeemed(
    reads: Reads, by: str, values: Mapping[str, Any], numbers: dict[str, dict[str, int]]
) -> None:
    for group, *counted in await reads.rows(Query(_redeemed(by), values)):
        numbers[group] |= dict(zip(_REDEEMED, counted, strict=True))
    if by == CAMPAIGN:
        for group, *counted in await reads.rows(Query(_VALIDATIONS, values)):
            numbers[group] |= dict(zip(_VALIDATED, counted, strict=True))
        for group, kind, count in await reads.rows(Query(_FACTS, values)):
            if kind in _COUNTED:
                numbers[group][_COUNTED[kind]] = count


def _by_of(given: list[Given]) -> str:
    by = single_parameter(given, "by")
    if by is None:
        return CAMPAIGN
    if by.value not in _NAMES:
        raise invalid_parameter(by.name, f"must be one of {', '.join(_NAMES)}")
    return by.value


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


#: What a row says, by what rows are of.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    CAMPAIGN: (*_REDEEMED, *_VALIDATED, *_COUNTED.values()),
    TIER: _REDEEMED,
    SEGMENT: (_MEMBERS,),
    CATEGORY: tuple(_IN_CATEGORY.values()),
    COLLECTION: (_NAMED,),
    LOCATION: (_USES,),
}
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
#: (group, name, count) of what is counted as it is now.
_NOW: Final[Mapping[str, str]] = {
    SEGMENT: (
        f"SELECT segment_id, '{_MEMBERS}', count() FROM tessera.segment_members FINAL "  # noqa: S608
        f"WHERE {OURS} AND segment_id IN {{ids:Array(String)}} AND within = 1 "
        # the rows of who was in one that is gone stay
        f"AND segment_id IN (SELECT id FROM {ENTITIES} FINAL WHERE {OURS} AND kind = 'segment' "
        "AND deleted = 0) GROUP BY segment_id"
    ),
    CATEGORY: (
        "SELECT category_id, transform(toString(kind), "  # noqa: S608
        f"{list(_IN_CATEGORY)}, {list(_IN_CATEGORY.values())}, '') AS name, count() "
        f"FROM {ENTITIES} FINAL WHERE {OURS} AND kind IN {tuple(_IN_CATEGORY)} AND deleted = 0 "
        "AND category_id IN {ids:Array(String)} AND (campaign_id = '' OR campaign_id NOT IN ("
        f"SELECT id FROM {ENTITIES} FINAL WHERE {OURS} AND kind = 'campaign' AND deleted = 1)) "
        "GROUP BY category_id, name"
    ),
    COLLECTION: (
        f"SELECT collection, '{_NAMED}', count() FROM (SELECT id AS collection, "  # noqa: S608
        f"arrayJoin(texts['members']) AS member FROM {ENTITIES} FINAL WHERE {OURS} "
        "AND kind = 'product_collection' AND deleted = 0 AND id IN {ids:Array(String)}) "
        f"WHERE member IN (SELECT id FROM {ENTITIES} FINAL WHERE {OURS} "
        "AND kind IN ('product', 'sku') AND deleted = 0) GROUP BY collection"
    ),
    # an id is like no other text, so that it stands in a body is that it is asked of
    LOCATION: (
        f"WITH (SELECT groupArray(id) FROM {ENTITIES} FINAL WHERE {OURS} AND kind = 'location' "  # noqa: S608
        "AND deleted = 0 AND id IN {ids:Array(String)}) AS known "
        "SELECT arrayJoin(arrayFilter(each -> position(body, each) > 0, known)) AS location, "
        f"'{_USES}', count() FROM {ENTITIES} FINAL WHERE {OURS} "
        f"AND kind IN {_ASKING} AND deleted = 0 GROUP BY location"
    ),
}
