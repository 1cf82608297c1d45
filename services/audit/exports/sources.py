"""Where the rows of files come from: of each kind of object the table, its filters and orders.

Rows are read in the order in which their table is stored, in two steps: many keys, which takes a
look through the rest of the table, and then a page at a time the objects that they lead to. Keys go
on from the last one, so whatever the number of rows, no more than these lie in memory. What is
wanted in another order is sorted after it was read (sorting.py). Filters are those of the lists;
`objects.py` has their names for fronts.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from engine.kernel import tables
from engine.kernel.encode import Body
from engine.products.body import product_body, sku_body
from runtime.clickhouse.database import Query, TableDef
from runtime.clickhouse.reads import Reads
from schemas.exports import ExportedObject
from services.audit.lists import queries
from services.audit.lists.assignments import bound_vouchers
from services.audit.lists.customers import CUSTOMERS
from services.audit.lists.filters import (
    ANY_METADATA,
    METADATA_PREFIX,
    Field,
    Where,
    number,
    text,
    texts,
    time,
)
from services.audit.lists.orders import ORDERS
from services.audit.lists.products import PRODUCTS
from services.audit.lists.publications import PUBLICATIONS
from services.audit.lists.redemptions import FIELDS as REDEMPTION_FIELDS
from services.audit.lists.simple_customers import simple_customers
from services.audit.lists.times import TIMES
from services.audit.lists.vouchers import VOUCHERS
from services.audit.sink.entities import ENTITIES
from services.audit.sink.points_rows import BUCKET, LIVING_BUCKET, exported_bucket_body
from services.audit.sink.product_rows import SKU
from services.audit.sink.redemption_table import REDEMPTIONS, shown_bodies
from services.audit.sink.transaction_table import MADE_AT, TRANSACTIONS

#: Where a row lies in its table: its id, or offset and index.
Key = tuple[Any, ...]
#: What is shown of the objects of some keys, in their order; None of one that is gone by now.
Show = Callable[[Reads, str, Sequence[Key]], Awaitable[list[Body | None]]]


class Source(NamedTuple):
    """Where the rows of one kind of file come from. All texts are constants."""

    table: TableDef
    #: What holds for every row.
    only: str
    fields: Mapping[str, Field]
    #: What each order sorts by; between equals the key decides. Nothing: by the key alone.
    orders: Mapping[str, str]
    show: Show
    #: What a table is stored by within a project and kind, with types; no two rows have it alike.
    stored_by: tuple[tuple[str, str], ...] = (("id", "String"),)

    @property
    def grows(self) -> bool:
        """Whether it keeps every row: what is written while a file is made is not in it."""
        return self.table.version is None


def keys_query(
    source: Source, where: Where, order: str, after: Key | None, limit: int, *, descending: bool
) -> Query:
    """The next rows as the table has them: the value of the order, where it has one, and the key."""
    names = ", ".join(name for name, _ in source.stored_by)
    values = {**where.values, "limit": limit}
    beyond = ""
    if after is not None:
        places = ", ".join(f"{{after_{n}:{kind}}}" for n, (_, kind) in enumerate(source.stored_by))
        beyond = f" AND ({names}) {'<' if descending else '>'} ({places})"
        values |= {f"after_{n}": value for n, value in enumerate(after)}
    direction = " DESC" if descending else ""
    sorted_by = ", ".join(f"{name}{direction}" for name, _ in source.stored_by)
    first = source.orders[order]
    return Query(
        f"SELECT {first and f'{first}, '}{names} "  # noqa: S608  constants
        f"FROM {_from(source)} WHERE {where.text}{beyond} "
        f"ORDER BY {sorted_by} LIMIT {{limit:UInt32}}",
        values,
    )


def count_query(source: Source, where: Where) -> Query:
    """(count, newest): how many rows there are, and up to where in the log."""
    return Query(
        f"SELECT count(), max(log_offset) FROM {_from(source)} WHERE {where.text}",  # noqa: S608
        where.values,
    )


def _from(source: Source) -> str:
    return source.table.full_name + (" FINAL" if source.table.version is not None else "")


_BY_TIME: Final = {"created_at": "created_at", "updated_at": "updated_at"}


def _of_entities(
    render: Callable[[Reads, str, Sequence[Any]], Awaitable[list[Body]]], kind: str
) -> Show:
    async def show(reads: Reads, project: str, keys: Sequence[Key]) -> list[Body | None]:
        ids = [entity_id for (entity_id,) in keys]
        rows = await reads.rows(queries.entities(project, kind, ids))
        bodies = await render(reads, project, rows)
        shown = dict(zip((row[0] for row in rows), bodies, strict=True))
        return [shown.get(each) for each in ids]

    return show


async def _vouchers(reads: Reads, project: str, rows: Sequence[Any]) -> list[Body]:
    bodies = await bound_vouchers(reads, project, rows)
    customers = await simple_customers(reads, project, [each.get("holder_id") for each in bodies])
    for body in bodies:
        body["customer"] = customers.get(body.get("holder_id"))
    return bodies


async def _publications(reads: Reads, project: str, rows: Sequence[Any]) -> list[Body]:
    bodies = await PUBLICATIONS.render(reads, project, rows)
    for body, (_, stored) in zip(bodies, rows, strict=True):
        body["campaign"] = tables.PUBLICATIONS.decode(stored.encode()).campaign
    return bodies


async def _products(_: Reads, __: str, rows: Sequence[Any]) -> list[Body]:
    return [product_body(tables.PRODUCTS.decode(body.encode())) for _, body in rows]


async def _skus(_: Reads, __: str, rows: Sequence[Any]) -> list[Body]:
    return [sku_body(tables.SKUS.decode(body.encode())) for _, body in rows]


async def _redemptions(reads: Reads, project: str, keys: Sequence[Key]) -> list[Body | None]:
    """Redemptions with their customers, by the places of their events in the log."""
    query = Query(
        f"SELECT log_offset, log_index, id, body FROM {REDEMPTIONS.full_name} "  # noqa: S608
        "WHERE project = {project:String} AND log_offset IN {offsets:Array(Int64)}",
        {"project": project, "offsets": sorted({offset for offset, _ in keys})},
    )
    rows = await reads.rows(query)
    ids = {(offset, index): redemption_id for offset, index, redemption_id, _ in rows}
    shown = {body["id"]: body for *_, stored in rows if stored for body in shown_bodies(stored)}
    bodies = [shown[ids[key]] for key in keys]
    customers = await simple_customers(reads, project, [each["customer_id"] for each in bodies])
    return [body | {"customer": customers.get(body["customer_id"])} for body in bodies]


async def _transactions(reads: Reads, project: str, keys: Sequence[Key]) -> list[Body | None]:
    query = Query(
        f"SELECT log_offset, log_index, body FROM {TRANSACTIONS.full_name} "  # noqa: S608
        "WHERE project = {project:String} AND log_offset IN {offsets:Array(Int64)}",
        {"project": project, "offsets": sorted({offset for offset, _ in keys})},
    )
    found = {(offset, index): body for offset, index, body in await reads.rows(query)}
    return [msgspec.json.decode(found[key]) for key in keys]


async def _points(_: Reads, __: str, rows: Sequence[Any]) -> list[Body]:
    buckets = [tables.POINTS_BUCKETS.decode(body.encode()) for _, body in rows]
    return list(map(exported_bucket_body, buckets))


_PLACE: Final = (("log_offset", "Int64"), ("log_index", "Int32"))

SOURCES: Final[Mapping[ExportedObject, Source]] = MappingProxyType(
    {
        "voucher": Source(
            ENTITIES,
            f"kind = 'voucher' AND {VOUCHERS.only}",
            VOUCHERS.fields,
            MappingProxyType({**_BY_TIME, "code": "alias"}),
            _of_entities(_vouchers, "voucher"),
        ),
        "redemption": Source(
            REDEMPTIONS,
            "log_index >= 0",
            MappingProxyType(
                {
                    **REDEMPTION_FIELDS,
                    "created_at": time("at"),
                    "status": text("status", capitals=True),
                    "related_object": text("related_object_id"),
                    "campaign": texts("[toString(campaign_id), toString(campaign_name)]"),
                    "voucher": texts("[voucher_code, related_object_id]"),
                    "customer": text("customer_id"),
                }
            ),
            # a project lies in one partition, so the order of the log is the order of time
            MappingProxyType(
                {
                    "created_at": "",
                    "id": "id",
                    "voucher_code": "voucher_code",
                    "tracking_id": "tracking_id",
                    "customer_id": "customer_id",
                }
            ),
            _redemptions,
            _PLACE,
        ),
        "customer": Source(
            ENTITIES,
            f"kind = 'customer' AND {CUSTOMERS.only}",
            CUSTOMERS.fields,
            MappingProxyType(
                {
                    **_BY_TIME,
                    "source_id": "alias",
                    "id": "",
                    "name": "texts['name'][1]",
                    "email": "texts['email'][1]",
                }
            ),
            _of_entities(CUSTOMERS.render, "customer"),
        ),
        "publication": Source(
            ENTITIES,
            f"kind = 'publication' AND {PUBLICATIONS.only}",
            MappingProxyType(
                {
                    **PUBLICATIONS.fields,
                    "campaign": texts("[toString(campaign_id), toString(campaign)]"),
                    "voucher": texts("arrayConcat(texts['voucher_code'], texts['voucher_id'])"),
                    "customer": text("customer_id"),
                }
            ),
            MappingProxyType(
                {
                    "created_at": "created_at",
                    "id": "",
                    "voucher_code": "texts['voucher_code'][1]",
                    "tracking_id": "texts['tracking_id'][1]",
                    "customer_id": "customer_id",
                    "channel": "texts['channel'][1]",
                }
            ),
            _of_entities(_publications, "publication"),
        ),
        "order": Source(
            ENTITIES,
            f"kind = 'order' AND {ORDERS.only}",
            ORDERS.fields,
            MappingProxyType({**_BY_TIME, "status": "status"}),
            _of_entities(ORDERS.render, "order"),
        ),
        "points_expiration": Source(
            ENTITIES,
            f"kind = '{BUCKET}' AND {LIVING_BUCKET}",
            MappingProxyType({"campaign_id": text("campaign_id"), "voucher_id": text("alias")}),
            MappingProxyType({"expires_at": "expiration_date"}),
            _of_entities(_points, BUCKET),
        ),
        "voucher_transactions": Source(
            TRANSACTIONS,
            "log_index >= 0",
            MappingProxyType(
                {
                    "id": text("id"),
                    "voucher_id": text("voucher_id"),
                    "campaign_id": text("campaign_id"),
                    "created_at": time(MADE_AT),
                }
            ),
            MappingProxyType({"created_at": ""}),
            _transactions,
            _PLACE,
        ),
        "product": Source(
            ENTITIES,
            f"kind = 'product' AND {PRODUCTS.only}",
            PRODUCTS.fields,
            MappingProxyType(_BY_TIME),
            _of_entities(_products, "product"),
        ),
        "sku": Source(
            ENTITIES,
            "kind = 'sku' AND deleted = 0",
            MappingProxyType(
                {
                    "created_at": TIMES["created_at"],
                    "updated_at": TIMES["updated_at"],
                    "id": text("id"),
                    "source_id": text("alias"),
                    "sku": texts("texts['name']"),
                    "product_id": texts("texts['product_id']"),
                    "price": number("amount"),
                    METADATA_PREFIX: ANY_METADATA,
                }
            ),
            MappingProxyType(_BY_TIME),
            _of_entities(_skus, SKU),
        ),
    }
)
