"""The list of publications, the failed ones included."""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from engine.customers.body import gone_customer_body, short_customer_body
from engine.kernel import tables
from engine.kernel.encode import Body
from engine.publications.body import publication_row_body
from fronts.query_string import page_of, require_known
from runtime.clickhouse.reads import Reads
from runtime.http.routing import caller_of
from schemas.base import Millis
from services.audit.lists import queries
from services.audit.lists.filters import ANY_METADATA, METADATA_PREFIX, REFERRAL_TEXT, text, texts
from services.audit.lists.lists import (
    Listing,
    add_customer,
    list_response,
    page_of_entities,
    wanted_entities,
)
from services.audit.lists.parameters import parameters_of
from services.audit.lists.redemptions import living_voucher
from services.audit.lists.times import TIMES

#: What the plain parameter `voucher_type` may say.
_VOUCHER_TYPE: Final = (
    "type = transform({voucher_type:String}, ['DISCOUNT', 'GIFT'], "
    "['DISCOUNT_VOUCHER', 'GIFT_VOUCHER'], {voucher_type:String})"
)


async def _render_publications(
    reads: Reads, project: str, rows: Sequence[tuple[str, str]]
) -> list[Body]:
    found = [tables.PUBLICATIONS.decode(body.encode()) for _, body in rows]
    ids = sorted({each.customer_id for each in found})
    known = await reads.rows(queries.entities(project, "customer", ids)) if ids else []
    decoded = (tables.CUSTOMERS.decode(body.encode()) for _, body in known)
    customers = {each.id: short_customer_body(each) for each in decoded}
    return [
        publication_row_body(
            each, customers.get(each.customer_id) or gone_customer_body(each.customer_id)
        )
        for each in found
    ]


PUBLICATIONS: Final = Listing(
    "publication",
    "publications",
    _render_publications,
    MappingProxyType(
        {
            "created_at": TIMES["created_at"],
            "customer_id": text("customer_id"),
            "campaign_name": text("campaign"),
            "campaign_id": text("campaign_id"),
            "parent_object_id": text("campaign_id"),
            "related_object_id": texts("texts['voucher_id']"),
            "voucher_code": texts("texts['voucher_code']"),
            "voucher_type": text("type", capitals=True),
            "is_referral_code": REFERRAL_TEXT,
            "result": text("status", capitals=True),
            "failure_code": texts("texts['failure_code']"),
            "source_id": text("alias"),
            "channel": texts("texts['channel']"),
            METADATA_PREFIX: ANY_METADATA,
        }
    ),
    plain=MappingProxyType(
        {
            "campaign": "(campaign = {campaign:String} OR campaign_id = {campaign:String})",
            "voucher": (
                "(has(texts['voucher_code'], {voucher:String}) "
                "OR has(texts['voucher_id'], {voucher:String}))"
            ),
            "result": "status = {result:String}",
            "voucher_type": _VOUCHER_TYPE,
            "source_id": "alias = {source_id:String}",
        }
    ),
    capitals=frozenset({"result", "voucher_type"}),
    customer="customer_id",
    orders=MappingProxyType(
        {
            "created_at": ("created_at", "id"),
            "id": ("id",),
            "voucher_code": ("texts['voucher_code']", "created_at", "id"),
            "tracking_id": ("texts['tracking_id']", "created_at", "id"),
            "customer_id": ("customer_id", "created_at", "id"),
            "channel": ("texts['channel']", "created_at", "id"),
        }
    ),
    ranges=("created_at",),
)


async def list_voucher_publications(
    reads: Reads, clock_ms: Callable[[], Millis], request: Request
) -> Response:
    """GET /v1/vouchers/{code}/publications: the list of publications, of one voucher."""
    given = parameters_of(request)
    require_known(given, PUBLICATIONS.parameters)
    page = page_of(given, frozenset(PUBLICATIONS.orders))
    where = wanted_entities(PUBLICATIONS, caller_of(request).project, given, clock_ms())
    reads = reads.up_to(request)
    voucher = await living_voucher(reads, request)
    where.add("has(texts['voucher_id'], {voucher_id:String})", voucher_id=voucher.id)
    await add_customer(where, reads, given, PUBLICATIONS.customer)
    found = await page_of_entities(PUBLICATIONS, reads, where, page)
    ((total,),) = await reads.rows(queries.count_entities(where))
    return list_response(PUBLICATIONS.name, found, total=total)
