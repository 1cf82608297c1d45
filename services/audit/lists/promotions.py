"""The lists of promotion tiers and stacks, and of campaigns, which show their first tiers."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response

from engine.campaigns.body import promotion_campaign_body
from engine.campaigns.stacks.body import stack_body
from engine.campaigns.tiers.body import plain_tier_body, tier_body
from engine.kernel import tables
from engine.kernel.encode import Body
from fronts.query_string import flag_of, page_of, require_known
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.routing import caller_of
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.categories import Category
from schemas.promotions import TIERS_SHOWN_MAX, PromotionTier
from services.audit.lists import queries
from services.audit.lists.assignments import assignments_to
from services.audit.lists.categories import FIELDS as CATEGORY_FIELDS
from services.audit.lists.categories import categories_in
from services.audit.lists.filters import ANY_METADATA, METADATA_PREFIX, Field, text
from services.audit.lists.lists import BY_TIME, Listing, list_response, wanted_entities
from services.audit.lists.parameters import parameters_of
from services.audit.lists.times import ACTIVE, TIMES
from services.audit.sink.entities import ENTITIES
from services.audit.sink.promotion_rows import STACK, TIER, TIER_PLACE
from services.audit.unknown import UNKNOWN

#: What of a deleted campaign is left leaves the lists with it, before each is deleted.
_OF_A_CAMPAIGN: Final = (
    "deleted = 0 AND campaign_id NOT IN (SELECT id FROM tessera.entities FINAL "
    "WHERE project = {project:String} AND kind = 'campaign' AND deleted = 1)"
)
#: Switched on and within its dates; hours and days of the week are not looked at.
_RUNNING: Final = (
    f"active = 1 AND (start_date = {UNKNOWN} OR start_date <= {{now:Int64}}) "
    f"AND (expiration_date = {UNKNOWN} OR expiration_date >= {{now:Int64}})"
)
_AVAILABLE: Final = (
    f"{_RUNNING} AND campaign_id IN (SELECT id FROM tessera.entities FINAL "  # noqa: S608
    f"WHERE project = {{project:String}} AND kind = 'campaign' AND {_RUNNING})"
)


async def list_tiers(reads: Reads, clock_ms: Callable[[], Millis], request: Request) -> Response:
    """GET /v1/promotions/tiers, and the same for browsers: all tiers of the project."""
    given = parameters_of(request)
    require_known(given, TIERS.parameters | {"is_available"})
    page = page_of(given, frozenset(TIERS.orders))
    caller, now = caller_of(request), clock_ms()
    where = wanted_entities(TIERS, caller.project, given, now)
    if flag_of(given, "is_available"):
        where.add(_AVAILABLE, now=now)
    reads = reads.up_to(request)
    query = queries.list_entities(where, page, TIERS.orders[page.order])
    render = _plain_tiers if caller.kind == "client" else TIERS.render
    found = await render(reads, caller.project, await reads.rows(query))
    ((total,),) = await reads.rows(queries.count_entities(where))
    more = total > page.offset + len(found)
    return list_response("tiers", found, total=total, has_more=more)


async def shown_campaigns(
    reads: Reads, project: str, rows: Sequence[tuple[str, str]]
) -> list[Body]:
    """Campaigns, as rows of (id, body), with what binds each, and their first tiers."""
    campaigns = [tables.CAMPAIGNS.decode(body.encode()) for _, body in rows]
    with_tiers = [each.id for each in campaigns if each.tiers_count]
    tiers: list[PromotionTier] = []
    if with_tiers:
        ids = [tier_id for (tier_id,) in await reads.rows(first_tiers(project, with_tiers))]
        found = dict(await reads.rows(queries.entities(project, TIER, ids)))
        tiers = await _with_places(reads, project, [found[each] for each in ids if each in found])
        tiers.sort(key=lambda tier: tier.hierarchy)
    bound = [*(each.id for each in campaigns), *(each.id for each in tiers)]
    assignments = await assignments_to(reads, project, bound)
    within = [*(each.category_id for each in campaigns), *(each.category_id for each in tiers)]
    categories = await categories_in(reads, project, within)
    return [
        promotion_campaign_body(
            each,
            [tier for tier in tiers if tier.campaign_id == each.id],
            categories,
            assignments,
        )
        for each in campaigns
    ]


def first_tiers(project: str, campaign_ids: Sequence[str]) -> Query:
    """The ids of the first tiers of each of the campaigns, by hierarchy."""
    return Query(
        f"SELECT id FROM {ENTITIES.full_name} FINAL "  # noqa: S608
        f"WHERE project = {{project:String}} AND kind = '{TIER_PLACE}' AND deleted = 0 "
        "AND campaign_id IN {ids:Array(String)} ORDER BY campaign_id, numbers['hierarchy'], id "
        "LIMIT {tiers:UInt32} BY campaign_id",
        {"project": project, "ids": list(campaign_ids), "tiers": TIERS_SHOWN_MAX},
    )


async def _tiers(reads: Reads, project: str, rows: Sequence[tuple[str, str]]) -> list[Body]:
    tiers, campaigns, categories = await _read(reads, project, rows)
    assignments = await assignments_to(reads, project, [each.id for each in tiers])
    return [
        tier_body(each, campaigns.get(each.campaign_id), categories, assignments) for each in tiers
    ]


async def _plain_tiers(reads: Reads, project: str, rows: Sequence[tuple[str, str]]) -> list[Body]:
    tiers, campaigns, categories = await _read(reads, project, rows)
    return [plain_tier_body(each, campaigns.get(each.campaign_id), categories) for each in tiers]


async def _read(
    reads: Reads, project: str, rows: Sequence[tuple[str, str]]
) -> tuple[list[PromotionTier], dict[str, Campaign], list[Category]]:
    """The tiers with their campaigns and categories."""
    tiers = await _with_places(reads, project, [body for _, body in rows])
    campaigns = await _campaigns(reads, project, [each.campaign_id for each in tiers])
    categories = await categories_in(reads, project, [each.category_id for each in tiers])
    return tiers, campaigns, categories


async def _with_places(reads: Reads, project: str, bodies: Sequence[str]) -> list[PromotionTier]:
    """The tiers in the places that they have now."""
    tiers = [tables.TIERS.decode(body.encode()) for body in bodies]
    if not tiers:
        return []
    ids = [each.id for each in tiers]
    places = dict(await reads.rows(queries.entities(project, TIER_PLACE, ids)))
    return [
        structs.replace(each, hierarchy=int(places.get(each.id, each.hierarchy))) for each in tiers
    ]


async def _campaigns(reads: Reads, project: str, ids: Sequence[str]) -> dict[str, Campaign]:
    if not ids:
        return {}
    rows = await reads.rows(queries.entities(project, "campaign", sorted(set(ids))))
    return {each: tables.CAMPAIGNS.decode(body.encode()) for each, body in rows}


async def _stack_bodies(reads: Reads, project: str, rows: Sequence[tuple[str, str]]) -> list[Body]:
    stacks = [tables.STACKS.decode(body.encode()) for _, body in rows]
    categories = await categories_in(reads, project, [each.category_id for each in stacks])
    return [stack_body(each, categories) for each in stacks]


#: What tiers and stacks are filtered by alike.
_FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "id": text("id"),
        "name": text("alias"),
        "campaign_id": text("campaign_id"),
        "campaign_ids": text("campaign_id"),
        **CATEGORY_FIELDS,
        "created_at": TIMES["created_at"],
        "updated_at": TIMES["updated_at"],
    }
)
#: The list of all tiers.
TIERS: Final = Listing(
    TIER,
    "tiers",
    _tiers,
    MappingProxyType(
        {
            **_FIELDS,
            "start_date": TIMES["start_date"],
            "expiration_date": TIMES["expiration_date"],
            "active": ACTIVE,
            METADATA_PREFIX: ANY_METADATA,
        }
    ),
    only=_OF_A_CAMPAIGN,
)
#: The list of all stacks.
STACKS: Final = Listing(
    STACK,
    "data",
    _stack_bodies,
    _FIELDS,
    orders=MappingProxyType({**BY_TIME, "name": ("alias", "id")}),
    only=_OF_A_CAMPAIGN,
)
