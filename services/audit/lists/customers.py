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
    invalid_parameter,
    page_of,
    require_known,
    single_parameter,
    text_of,
    time_of,
)
from runtime.clickhouse.reads import Reads
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
from services.audit.lists.moments import CREATED, go_on_from
from services.audit.lists.parameters import parameters_of
from services.audit.lists.segments import find_kept_segment
from services.audit.lists.times import TIMES
from services.audit.sink.segment_rows import MEMBERS

CURSOR: Final = "starting_after"
#: How a customer's own id begins; as a cursor it is exact, where a time is not.
_ID_PREFIX: Final = "cust_"


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

    `total` counts all that the filters let through, wherever the page is. Clients go on from the
    time of a page's last customer (moments.py), or from that customer itself.
    """
    given = parameters_of(request)
    require_known(given, CUSTOMERS.parameters | {CURSOR})
    page = page_of(given, frozenset(CUSTOMERS.orders))
    cursor = single_parameter(given, CURSOR)
    if cursor is not None and page.order != "created_at":
        raise invalid_parameter(cursor.name, "goes with the order by `created_at` only")
    now = clock_ms()
    where = wanted_entities(CUSTOMERS, caller_of(request).project, given, now)
    reads = reads.up_to(request)
    await _in_segment(reads, request, where, text_of(given, "segment_id"))
    ((total,),) = await reads.rows(queries.count_entities(where))
    if cursor is not None and not cursor.value.startswith(_ID_PREFIX):
        page, left = await go_on_from(reads, CREATED, where, time_of(cursor), page, now)
        found = await page_of_entities(CUSTOMERS, reads, where, page)
        more = left > page.offset + len(found)
    else:
        if cursor is not None:
            queries.go_on_after(where, cursor.value, page)
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
    if not await find_kept_segment(reads, where.values["project"], named, "segment_id"):
        if of_path:
            raise ApiError(not_found("segment", named))
        where.add("false")  # the rows of who was in one that is gone stay
        return
    if of_path:
        where.add(_IN_SEGMENT, segment_id=named)
