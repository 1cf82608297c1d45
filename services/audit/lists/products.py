"""The lists of products and of collections, and of what is in a collection."""

import asyncio
import heapq
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from engine.collections.body import collection_body
from engine.collections.members import item_field_of
from engine.kernel import tables
from engine.kernel.calendar import Moment
from engine.kernel.encode import Body
from engine.kernel.zones import zone_named
from engine.products.body import full_product_body, product_body, sku_body
from engine.rules.filters import locations_in, parse_filter
from engine.rules.places import with_locations_by
from fronts.query_string import (
    Page,
    page_of,
    read_parameters,
    require_known,
    single_parameter,
    time_of,
)
from runtime.clickhouse.database import Query
from runtime.clickhouse.sinks import Reads
from runtime.http.errors import ApiError
from runtime.http.internal import time_zone_of
from runtime.http.routing import caller_of, read_ident
from schemas.base import Millis
from schemas.collections import ProductCollection
from schemas.errors import not_found
from schemas.locations import Location
from schemas.products import SKUS_SHOWN_MAX, Product, Sku
from services.audit.lists import queries
from services.audit.lists.filters import ANY_METADATA, METADATA_PREFIX, Where, number, text, texts
from services.audit.lists.lists import BY_TIME, Listing, each_by, list_response
from services.audit.lists.times import TIMES
from services.audit.sink.entities import ENTITIES
from services.audit.sink.location_rows import KIND as LOCATION
from services.audit.sink.product_rows import COLLECTION, PRODUCT, SKU

CURSOR: Final = "starting_after"
#: How many products or SKUs a filter is asked about at once.
BATCH_MAX: Final = 5000
#: Rows of two texts: (kind, body) or (id, body).
Rows = Sequence[tuple[str, str]]


async def full_products(reads: Reads, project: str, rows: Sequence[tuple[str, str]]) -> list[Body]:
    """Products, as rows of (id, body), each with its newest SKUs."""
    ids = [product_id for product_id, _ in rows]
    found = await reads.rows(_skus_of(project, ids)) if ids else []
    skus = {product_id: (total, bodies) for product_id, total, bodies in found}
    shown = []
    for product_id, body in rows:
        total, bodies = skus.get(product_id, (0, []))
        own = [tables.SKUS.decode(each.encode()) for each in bodies]
        shown.append(full_product_body(tables.PRODUCTS.decode(body.encode()), own, total))
    return shown


PRODUCTS: Final = Listing(
    PRODUCT,
    "products",
    full_products,
    MappingProxyType(
        {
            "created_at": TIMES["created_at"],
            "updated_at": TIMES["updated_at"],
            "id": text("id"),
            "source_id": text("alias"),
            "name": texts("texts['name']"),
            "price": number("amount"),
            "attributes": texts("texts['attributes']"),
            METADATA_PREFIX: ANY_METADATA,
        }
    ),
    times=MappingProxyType(
        {
            "start_date": "created_at >= {start_date:Int64}",
            "end_date": "created_at <= {end_date:Int64}",
        }
    ),
)
COLLECTIONS: Final = Listing(
    COLLECTION,
    "data",
    each_by(lambda body: collection_body(tables.COLLECTIONS.decode(body))),
    MappingProxyType(
        {
            "created_at": TIMES["created_at"],
            "updated_at": TIMES["updated_at"],
            "id": text("id"),
            "name": text("alias"),
            "type": text("type", capitals=True),
        }
    ),
)


async def list_collected(
    reads: Reads, clock_ms: Callable[[], Millis], request: Request
) -> Response:
    """GET /v1/product-collections/{id}/products: products, and SKUs with their products.

    Of a static collection the members; of an AUTO_UPDATE one what meets the filter now, which the
    whole catalogue is asked for.
    """
    given = read_parameters(request.query_params.multi_items())
    require_known(given, frozenset({"limit", "page", "order", CURSOR}))
    page = page_of(given, frozenset(BY_TIME))
    cursor = single_parameter(given, CURSOR)
    project, collection_id = caller_of(request).project, read_ident(request, "id")
    after = None if cursor is None else time_of(cursor)
    await reads.ready(request)
    known = await reads.rows(queries.entities(project, COLLECTION, [collection_id]))
    if not known:
        raise ApiError(not_found("products_collection", collection_id))
    collection = tables.COLLECTIONS.decode(known[0][1].encode())
    where = Where(project)
    where.add("kind IN ('product', 'sku') AND deleted = 0")
    if collection.type == "STATIC":
        where.add(_IS_MEMBER, collection=collection_id)
        ((total,),) = await reads.rows(queries.count_entities(where))
        _go_on(where, after, page)
    else:
        now = Moment(clock_ms(), zone_named(time_zone_of(request)))
        ids, total = await _find_met(reads, project, collection, after, page, now)
        where.add("id IN {ids:Array(String)}", ids=ids)
        page = page._replace(offset=0)
    rows: Rows = await reads.rows(_page_of(where, page))
    return list_response("data", await _render_members(reads, project, rows), total=total)


_IS_MEMBER: Final = (
    f"id IN (SELECT arrayJoin(texts['members']) FROM {ENTITIES.full_name} FINAL "  # noqa: S608
    f"WHERE project = {{project:String}} AND kind = '{COLLECTION}' AND id = {{collection:String}})"
)


async def _find_met(
    reads: Reads,
    project: str,
    collection: ProductCollection,
    after: Millis | None,
    page: Page,
    now: Moment,
) -> tuple[list[str], int]:
    """The ids of a page of what meets the filter, and how many meet it on all pages.

    The catalogue is read once, in the order in which it is stored; no more is kept of it than the
    pages up to this one.
    """
    total = 0
    kept: list[_Met] = []
    text = collection.filter or "{}"
    locations = await _locations(reads, project, text)
    best = heapq.nlargest if page.descending else heapq.nsmallest
    for kind in (PRODUCT, SKU):
        last: str | None = ""
        while last is not None:
            rows = await reads.rows(_batch_of(project, kind, last))
            entities = partial(_filter_rows, kind, text, rows, locations, now)
            # a thread, so that other requests are served meanwhile
            found = await asyncio.to_thread(entities, page.order)
            total += len(found)
            later = (each for each in found if _goes_on(each.created_at, after, page))
            kept = best(page.offset + page.limit, chain(kept, later))
            last = rows[-1][0] if len(rows) == BATCH_MAX else None
    return [each.id for each in kept[page.offset :]], total


class _Met(NamedTuple):
    """What meets a filter; sorts as a page does."""

    at: Millis
    id: str
    created_at: Millis


def _goes_on(created_at: Millis, after: Millis | None, page: Page) -> bool:
    """Whether something created then comes after a cursor."""
    return after is None or (created_at < after if page.descending else created_at > after)


def _batch_of(project: str, kind: str, last: str) -> Query:
    """(id, body) of the next products or SKUs by their ids, which is how they are stored."""
    return Query(
        f"SELECT id, body FROM {ENTITIES.full_name} FINAL "  # noqa: S608
        "WHERE project = {project:String} AND kind = {kind:String} AND id > {last:String} "
        f"AND deleted = 0 ORDER BY id LIMIT {BATCH_MAX}",
        {"project": project, "kind": kind, "last": last},
    )


async def _locations(reads: Reads, project: str, text: str) -> Mapping[str, Location]:
    """The locations that a filter asks of, by their ids."""
    ids = sorted(locations_in(text))
    rows = await reads.rows(queries.entities(project, LOCATION, ids)) if ids else []
    return {each: tables.LOCATIONS.decode(body.encode()) for each, body in rows}


def _filter_rows(
    kind: str,
    text: str,
    rows: Rows,
    locations: Mapping[str, Location],
    now: Moment,
    order: str,
) -> list[_Met]:
    """What of the rows, (id, body) of one kind, meets the filter."""
    meets = parse_filter(text)

    def value(entity: Product | Sku, name: str) -> Any:
        return with_locations_by(locations.get, item_field_of(entity, name))

    entities = (_TABLES[kind].decode(body.encode()) for _, body in rows)
    return [
        _Met(getattr(entity, order) or 0, entity.id, entity.created_at)
        for entity in entities
        if meets(partial(value, entity), now)
    ]


_TABLES: Final[dict[str, Any]] = {PRODUCT: tables.PRODUCTS, SKU: tables.SKUS}


async def _render_members(reads: Reads, project: str, rows: Rows) -> list[Body]:
    """Products, and SKUs with their products."""
    entities = [_TABLES[kind].decode(body.encode()) for kind, body in rows]
    ids = {entity.product_id for entity in entities if isinstance(entity, Sku)}
    known = await reads.rows(queries.entities(project, PRODUCT, sorted(ids))) if ids else []
    products = {each: product_body(tables.PRODUCTS.decode(body.encode())) for each, body in known}
    return [
        sku_body(entity) | {"product": products.get(entity.product_id)}
        if isinstance(entity, Sku)
        else product_body(entity)
        for entity in entities
    ]


def _go_on(where: Where, after: Millis | None, page: Page) -> None:
    """Only what was created after that time, or before it in an order that goes back."""
    if after is not None:
        compared = "<" if page.descending else ">"
        where.add(f"created_at {compared} {{cursor_at:Int64}}", cursor_at=after)


def _page_of(where: Where, page: Page) -> Query:
    """(kind, body) of a page of products and SKUs."""
    return Query(
        f"SELECT kind, body FROM {ENTITIES.full_name} FINAL WHERE {where.text} "  # noqa: S608
        f"{queries.page_clause(BY_TIME[page.order], page)}",
        {**where.values, "limit": page.limit, "offset": page.offset},
    )


def _skus_of(project: str, product_ids: Sequence[str]) -> Query:
    """(product, how many SKUs it has, the newest of them) of each that has any."""
    return Query(
        f"SELECT product, count(), groupArray({SKUS_SHOWN_MAX})(body) FROM ("  # noqa: S608
        "SELECT texts['product_id'][1] AS product, body "
        f"FROM {ENTITIES.full_name} FINAL WHERE project = {{project:String}} AND kind = '{SKU}' "
        "AND deleted = 0 AND texts['product_id'][1] IN {ids:Array(String)} "
        "ORDER BY created_at DESC, id DESC) GROUP BY product",
        {"project": project, "ids": list(product_ids)},
    )
