"""The lists of products and of collections, and of what is in a collection."""

import asyncio
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby
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
    invalid_parameter,
    page_of,
    require_known,
    single_parameter,
    time_of,
)
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
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
from services.audit.lists.moments import CREATED, Ahead, go_on_from, last_moment, settled_until
from services.audit.lists.parameters import parameters_of
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
    given = parameters_of(request)
    require_known(given, frozenset({"limit", "page", "order", CURSOR}))
    page = page_of(given, frozenset(BY_TIME))
    cursor = single_parameter(given, CURSOR)
    if cursor is not None and page.order != "created_at":
        raise invalid_parameter(cursor.name, "goes with the order by `created_at` only")
    project, collection_id = caller_of(request).project, read_ident(request, "id")
    after = None if cursor is None else time_of(cursor)
    reads = reads.up_to(request)
    known = await reads.rows(queries.entities(project, COLLECTION, [collection_id]))
    if not known:
        raise ApiError(not_found("products_collection", collection_id))
    collection = tables.COLLECTIONS.decode(known[0][1].encode())
    now = clock_ms()
    where = Where(project)
    where.add("kind IN ('product', 'sku') AND deleted = 0")
    if collection.type == "STATIC":
        where.add(_IS_MEMBER, collection=collection_id)
        ((total,),) = await reads.rows(queries.count_entities(where))
        if after is not None:
            page, _ = await go_on_from(reads, CREATED, where, after, page, now)
    else:
        moment = Moment(now, zone_named(time_zone_of(request)))
        ids, total = await find_met(reads, project, collection, after, page, moment)
        where.add("id IN {ids:Array(String)}", ids=ids)
        page = page._replace(offset=0, limit=len(ids))
    rows: Rows = await reads.rows(members_page(where, page))
    return list_response("data", await render_members(reads, project, rows), total=total)


_IS_MEMBER: Final = (
    f"id IN (SELECT arrayJoin(texts['members']) FROM {ENTITIES.full_name} FINAL "  # noqa: S608
    f"WHERE project = {{project:String}} AND kind = '{COLLECTION}' AND id = {{collection:String}})"
)


async def find_met(
    reads: Reads,
    project: str,
    collection: ProductCollection,
    after: Millis | None,
    page: Page,
    now: Moment,
) -> tuple[list[str], int]:
    """The ids of a page of what meets the filter, and how many meet it on all pages.

    The catalogue is read once, in the order in which it is stored; no more is kept of it than the
    pages up to this one, and the moments at which one begins and ends.
    """
    total = 0
    kept = _Kept(after, page, settled_until(now.at))
    text = collection.filter or "{}"
    locations = await _locations(reads, project, text)
    for kind in (PRODUCT, SKU):
        last: str | None = ""
        while last is not None:
            rows = await reads.rows(_batch_of(project, kind, last))
            entities = partial(_filter_rows, kind, text, rows, locations, now)
            # a thread, so that other requests are served meanwhile
            found = await asyncio.to_thread(entities, page.order)
            total += len(found)
            kept.add(found)
            last = rows[-1][0] if len(rows) == BATCH_MAX else None
    return [each.id for each in kept.shown()], total


class _Met(NamedTuple):
    """What meets a filter; sorts as a page does."""

    at: Millis
    id: str
    created_at: Millis


_created_at: Final = operator.attrgetter("created_at")


class _Kept:
    """What is kept of all that meets a filter: a page and what comes before it."""

    def __init__(self, after: Millis | None, page: Page, settled_until: Millis) -> None:
        self._after = after
        self._page = page
        self._settled_until = settled_until
        #: What comes after the cursor, the best of it.
        self._best: list[_Met] = []
        #: What is of the cursor's time, and how much comes before it.
        self._same: list[_Met] = []
        self._before = 0
        self._settled = 0

    def add(self, found: Iterable[_Met]) -> None:
        """Keeps of these what may be shown."""
        after, descending = self._after, self._page.descending
        for each in found:
            if after is None or (
                each.created_at < after if descending else each.created_at > after
            ):
                self._best.append(each)
            elif each.created_at == after:
                self._same.append(each)
            else:
                self._before += 1
                self._settled += each.created_at <= self._settled_until
        self._best.sort(reverse=descending)
        del self._best[self._end() :]

    def shown(self) -> list[_Met]:
        """The page: one that begins at a time holds all of its last moment."""
        offset, limit = self._page.offset, self._page.limit
        if self._after is None:
            return self._best[offset:]
        ahead = Ahead(self._before, self._settled, len(self._same))
        split = ahead.may_split(limit)
        same = sorted(self._same, reverse=self._page.descending) if split else []
        before = self._before + (0 if split else len(self._same))
        moments = [(at, len(list(rows))) for at, rows in groupby([*same, *self._best], _created_at)]
        last = last_moment(moments, offset + limit + len(same), before, limit)
        found = [*same, *self._best][offset:]
        if last is None:
            return found
        in_order = operator.ge if self._page.descending else operator.le
        return [each for each in found if in_order(each.created_at, last)]

    def _end(self) -> int:
        """Where what is kept ends: with the page, or with the moment after that of its end."""
        end = self._page.offset + self._page.limit
        if self._after is None:
            return end
        return self._end_of_moment(self._end_of_moment(end - 1) + 1)

    def _end_of_moment(self, place: int) -> int:
        """The place behind those of one time with the one at a place."""
        end = place + 1
        while end < len(self._best) and self._best[end].created_at == self._best[place].created_at:
            end += 1
        return end


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


async def render_members(reads: Reads, project: str, rows: Rows) -> list[Body]:
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


def members_page(where: Where, page: Page) -> Query:
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
