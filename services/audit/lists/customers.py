"""The list of customers: by pages, or on from the last one of the page before."""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from engine.customers.body import customer_body
from engine.kernel import tables
from engine.kernel.encode import Body
from fronts.query_string import (
    Given,
    Page,
    invalid_parameter,
    page_of,
    read_parameters,
    require_known,
    single_parameter,
    text_of,
    time_of,
)
from runtime.clickhouse.sinks import Reads
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, read_ident
from schemas.base import Millis
from schemas.errors import not_found
from services.audit.lists import queries
from services.audit.lists.filters import ANY_METADATA, METADATA_PREFIX, Where, text, texts
from services.audit.lists.lists import (
    BY_TIME,
    Listing,
    list_response,
    page_of_entities,
    wanted_entities,
)
from services.audit.lists.times import TIMES
from services.audit.sink.segment_rows import KIND as SEGMENT
from services.audit.sink.segment_rows import MEMBERS

CURSOR: Final = "starting_after"
#: How a customer's own id begins; as a cursor it is exact, where a time is not.
_ID_PREFIX: Final = "cust_"
#: How long a page may become that goes on to the end of a moment; an import makes 500 at once.
_MOMENT_MAX: Final = 10_000


_IN_SEGMENT: Final = (
    f"id IN (SELECT customer_id FROM {MEMBERS.full_name} FINAL "  # noqa: S608
    "WHERE project = {project:String} AND segment_id = {segment_id:String} AND within = 1)"
)


async def full_customers(reads: Reads, project: str, rows: Sequence[tuple[str, str]]) -> list[Body]:
    """Customers, as rows of (id, body), with what each adds up to."""
    ids = [customer_id for customer_id, _ in rows]
    known = await reads.rows(queries.entities(project, "customer_summary", ids)) if ids else []
    summaries = {
        customer_id: tables.CUSTOMER_SUMMARIES.decode(body.encode()) for customer_id, body in known
    }
    return [
        customer_body(tables.CUSTOMERS.decode(body.encode()), summaries.get(customer_id))
        for customer_id, body in rows
    ]


CUSTOMERS: Final = Listing(
    "customer",
    "customers",
    full_customers,
    MappingProxyType(
        {
            "created_at": TIMES["created_at"],
            "updated_at": TIMES["updated_at"],
            "id": text("id"),
            "source_id": text("alias"),
            "name": texts("texts['name']"),
            "email": texts("texts['email']"),
            "phone": texts("texts['phone']"),
            "city": texts("texts['city']"),
            METADATA_PREFIX: ANY_METADATA,
        }
    ),
    plain=MappingProxyType(
        {
            name: f"has(texts['{name}'], {{{name}:String}})"
            for name in ("email", "name", "city", "phone")
        }
        | {"segment_id": _IN_SEGMENT}
    ),
    orders=MappingProxyType({**BY_TIME, "source_id": ("alias", "id")}),
)


async def list_customers(
    reads: Reads, clock_ms: Callable[[], Millis], request: Request
) -> Response:
    """GET /v1/customers, and those of a segment by its path.

    `total` counts all that the filters let through, wherever the page is.

    Clients that go on from a time take that of a page's last customer. So such a page holds all of
    its last moment, beyond its limit, or those whom one import made would be passed over.
    """
    given = read_parameters(request.query_params.multi_items())
    require_known(given, CUSTOMERS.parameters | {CURSOR})
    page = page_of(given, frozenset(CUSTOMERS.orders))
    cursor = single_parameter(given, CURSOR)
    project = caller_of(request).project
    where = wanted_entities(CUSTOMERS, project, given, clock_ms())
    await reads.ready(request)
    await _in_segment(reads, request, where, text_of(given, "segment_id"))
    ((total,),) = await reads.rows(queries.count_entities(where))
    if cursor is not None:
        _go_on(where, cursor, page)
    if cursor is not None and not cursor.value.startswith(_ID_PREFIX):
        found, more = await _whole_moments(reads, where, page)
    else:
        # one more than asked for tells whether there is more
        found = await page_of_entities(CUSTOMERS, reads, where, page._replace(limit=page.limit + 1))
        found, more = found[: page.limit], len(found) > page.limit
    return list_response("customers", found, total=total, has_more=more)


async def _in_segment(reads: Reads, request: Request, where: Where, asked: str | None) -> None:
    """Only who is in the segment of the path, where one's members are listed.

    Raises ApiError 404 for one that is not there, 400 for one of which nobody keeps who is in it.
    """
    of_path = "segment" in request.path_params
    named = read_ident(request, "segment") if of_path else asked
    if named is None:
        return
    found = await reads.rows(queries.entities(where.values["project"], SEGMENT, [named]))
    if of_path and not found:
        raise ApiError(not_found("segment", named))
    if found and tables.SEGMENTS.decode(found[0][1].encode()).type == "passive":
        raise invalid_parameter(
            "segment_id", "is a passive segment, of which nobody keeps who is in it"
        )
    if of_path:
        where.add(_IN_SEGMENT, segment_id=named)


async def _whole_moments(reads: Reads, where: Where, page: Page) -> tuple[list[Body], bool]:
    """A page that ends with the last who was created when its last was, and if there is more."""
    ((count,),) = await reads.rows(queries.count_entities(where))
    moment = await reads.rows(queries.last_moment(where, page))
    if moment:
        compared = ">=" if page.descending else "<="
        where.add(f"created_at {compared} {{last_at:Int64}}", last_at=moment[0][0])
    found = await page_of_entities(CUSTOMERS, reads, where, page._replace(limit=_MOMENT_MAX))
    return found, count > page.offset + len(found)


def _go_on(where: Where, cursor: Given, page: Page) -> None:
    """After that time of creation, or after that customer, in the order of creation."""
    if page.order != "created_at":
        raise invalid_parameter(cursor.name, "goes with the order by `created_at` only")
    if cursor.value.startswith(_ID_PREFIX):
        queries.go_on_after(where, cursor.value, page)
    else:
        compared = "<" if page.descending else ">"
        where.add(f"created_at {compared} {{cursor_at:Int64}}", cursor_at=time_of(cursor))
