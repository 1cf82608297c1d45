"""The history: redemptions, failures, rollbacks and failed rollbacks, newest first."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.encode import Body
from engine.redemptions.body import with_rollback
from engine.vouchers.body import voucher_body
from fronts.answers import json_answer
from fronts.query_string import (
    Given,
    Page,
    conditions_of,
    invalid_parameter,
    page_of,
    range_of,
    require_known,
    single_parameter,
    text_of,
)
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, decode_ident
from schemas.errors import not_found
from schemas.vouchers import Voucher
from services.audit.lists import queries
from services.audit.lists.categories import NAME as CATEGORY_NAME
from services.audit.lists.filters import (
    ANY_METADATA,
    METADATA_PREFIX,
    Field,
    Where,
    number,
    text,
    texts,
)
from services.audit.lists.lists import PAGING, add_customer, list_response
from services.audit.lists.parameters import parameters_of
from services.audit.lists.segments import find_kept_segment
from services.audit.lists.simple_customers import simple_customers
from services.audit.sink.entities import ENTITIES
from services.audit.sink.redemption_table import REDEMPTIONS, shown_bodies
from services.audit.sink.segment_rows import MEMBERS

#: How many entries of a voucher are shown at once; the contract knows no pages there.
ENTRIES_MAX: Final = 1000
PARAMETERS: Final = PAGING | {
    "result", "campaign", "customer", "voucher_code", "created_at", "filters", "segment", "category",
    "channel", "product", "starting_after_id",
}  # fmt: skip
#: A user is known by the id, under whichever name: what the person is called is in no table.
_USER: Final = text("if(channel = 'USER_PORTAL', channel_id, '')")
FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "voucher_code": text("voucher_code"),
        "related_object_id": text("related_object_id"),
        "related_object_parent_id": text("campaign_id"),
        "parent_redemption_id": text("parent_id"),
        "failure_code": text("failure_code"),
        "reason": text("reason"),
        "result": text("result", capitals=True),
        "object": text("object"),
        "customer_id": text("customer_id"),
        "campaign_name": text("campaign_name"),
        "user_id": _USER,
        "user_login": _USER,
        "channel": text("channel"),
        "channel_id": text("channel_id"),
        "product": texts("products"),
        "validation_rule_id": texts("rules"),
        "session_key": text("session_key"),
        "amount": number("amount"),
        "discount": number("discount"),
        METADATA_PREFIX: ANY_METADATA,
    }
)
#: Whose customer is in the segment, and what was redeemed of the category, as both are now.
_IN_SEGMENT: Final = (
    f"customer_id IN (SELECT customer_id FROM {MEMBERS.full_name} FINAL "  # noqa: S608  constants
    "WHERE project = {project:String} AND segment_id = {segment:String} AND within = 1)"
)
_IN_CATEGORY: Final = (
    f"related_object_id IN (SELECT id FROM {ENTITIES.full_name} FINAL "  # noqa: S608  constants
    "WHERE project = {project:String} AND kind IN ('voucher', 'promotion_tier') "
    f"AND {{category:String}} IN (category_id, {CATEGORY_NAME}))"
)
#: A list of a project is stored in the order of the log.
NEWEST: Final = ("log_offset", "log_index")
ORDERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "created_at": NEWEST,
        "id": ("id",),
        "voucher_code": ("voucher_code", *NEWEST),
        "tracking_id": ("tracking_id", *NEWEST),
        "customer_id": ("customer_id", *NEWEST),
        "amount": ("amount", *NEWEST),
        "discount": ("discount", *NEWEST),
    }
)
#: As which an entry's place in each order is compared.
_TYPES: Final[Mapping[str, str]] = {
    "log_offset": "Int64", "log_index": "Int64", "amount": "Int64", "discount": "Int64",
    "id": "String", "voucher_code": "String", "tracking_id": "String", "customer_id": "String",
}  # fmt: skip
#: The results that a list can be asked for by name alone, and the failures that stand for.
_RESULTS: Final[Mapping[str, str]] = {"success": "SUCCESS", "failure": "FAILURE"}
_NAMED_FAILURES: Final[Mapping[str, str]] = {
    "notexist": "not_found",
    "inactive": "voucher_disabled",
}


async def list_redemptions(reads: Reads, request: Request) -> Response:
    """GET /v1/redemptions."""
    given = parameters_of(request)
    require_known(given, PARAMETERS)
    page = page_of(given, frozenset(ORDERS))
    where = wanted_redemptions(caller_of(request).project, given)
    reads = reads.up_to(request)
    await add_customer(where, reads, given, "customer_id")
    await _add_segment(where, reads, text_of(given, "segment"))
    found, total = await _page(reads, where, page, single_parameter(given, "starting_after_id"))
    return list_response("redemptions", found, total=total)


async def get_redemption(reads: Reads, request: Request) -> Response:
    """GET /v1/redemptions/{id}: a redemption, a failure, a rollback or a failed one."""
    redemption_id = decode_ident(request.path_params["id"])
    project = caller_of(request).project
    reads = reads.up_to(request)
    rows = await reads.rows(queries.get_redemption(project, redemption_id))
    if not rows:
        raise ApiError(not_found("redemption", redemption_id))
    (body,) = await _complete_bodies(reads, project, rows)
    return json_answer(body)


async def list_voucher_redemptions(reads: Reads, request: Request) -> Response:
    """GET /v1/vouchers/{code}/redemptions: the list of redemptions, of one voucher."""
    given = parameters_of(request)
    require_known(given, PARAMETERS)
    page = page_of(given, frozenset(ORDERS))
    project = caller_of(request).project
    where = wanted_redemptions(project, given)
    reads = reads.up_to(request)
    _of_voucher(where, await living_voucher(reads, request))
    await add_customer(where, reads, given, "customer_id")
    await _add_segment(where, reads, text_of(given, "segment"))
    found, total = await _page(reads, where, page, single_parameter(given, "starting_after_id"))
    return list_response("redemptions", found, total=total)


async def get_voucher_redemption(reads: Reads, request: Request) -> Response:
    """GET /v1/vouchers/{code}/redemption: how often, and the newest entries."""
    require_known(parameters_of(request), frozenset())
    reads = reads.up_to(request)
    voucher = await living_voucher(reads, request)
    where = Where(caller_of(request).project)
    _of_voucher(where, voucher)
    page = Page(ENTRIES_MAX, 0, "created_at", descending=True)
    found, total = await _page(reads, where, page)
    summary = voucher_body(voucher)["redemption"]
    return json_answer(
        {**summary, "data_ref": "redemption_entries", "total": total, "redemption_entries": found}
    )


async def living_voucher(reads: Reads, request: Request) -> Voucher:
    """The voucher that the path names by code or id. Raises ApiError 404."""
    code = decode_ident(request.path_params["code"])
    rows = await reads.rows(queries.find_voucher(caller_of(request).project, code))
    if not rows:
        raise ApiError(not_found("voucher", code))
    return tables.VOUCHERS.decode(rows[0][0].encode())


def _of_voucher(where: Where, voucher: Voucher) -> None:
    where.add("related_object_id = {voucher_id:String}", voucher_id=voucher.id)


async def _page(
    reads: Reads, where: Where, page: Page, after: Given | None = None
) -> tuple[list[Body], int]:
    """The entries of a page, and how many there are on all."""
    ((total, newest),) = await reads.rows(queries.count_rows(REDEMPTIONS, where))
    if after is not None:
        await _go_on_after(reads, where, page, after)
    if not total:
        return [], 0
    where.add("log_offset <= {newest:Int64}", newest=newest)
    rows = await reads.rows(queries.list_rows(REDEMPTIONS, where, page, ORDERS[page.order]))
    return await _complete_bodies(reads, where.values["project"], rows), total


async def _go_on_after(reads: Reads, where: Where, page: Page, after: Given) -> None:
    """Only what comes after that entry in the order of the page. Raises ApiError 400."""
    order = ORDERS[page.order]
    columns = ", ".join(order)
    rows = await reads.rows(
        Query(
            f"SELECT {columns} FROM {REDEMPTIONS.full_name} "  # noqa: S608  declared names
            "WHERE project = {project:String} AND id = {after_id:String} LIMIT 1",
            {"project": where.values["project"], "after_id": after.value},
        )
    )
    if not rows:
        raise invalid_parameter(after.name, "names nothing in this list")
    places = ", ".join(f"{{after_{column}:{_TYPES[column]}}}" for column in order)
    values = {f"after_{column}": value for column, value in zip(order, rows[0], strict=True)}
    where.add(f"({columns}) {'<' if page.descending else '>'} ({places})", **values)


async def _complete_bodies(reads: Reads, project: str, rows: Sequence[Any]) -> list[Body]:
    """The bodies with what came later, or is kept elsewhere: rollbacks and customers."""
    bodies = await _shown_rows(reads, project, rows)
    redeemed = [body["id"] for body in bodies if body["status"] == "SUCCEEDED"]
    rolled_back: dict[str, tuple[str, int]] = {}
    if redeemed:
        for redemption, rollback, at in await reads.rows(queries.rollbacks_of(project, redeemed)):
            rolled_back[redemption] = (rollback, at)
    customers = await simple_customers(reads, project, [body["customer_id"] for body in bodies])
    found = []
    for body in bodies:
        body["customer"] = customers.get(body["customer_id"])
        rollback_of = rolled_back.get(body["id"])
        found.append(with_rollback(body, *rollback_of) if rollback_of else body)
    return found


async def _shown_rows(reads: Reads, project: str, rows: Sequence[tuple[str, str]]) -> list[Body]:
    """What is shown of rows of the table of redemptions, each (id, body), the customer aside."""
    shown = _by_id({body for _, body in rows if body})
    others = [redemption_id for redemption_id, body in rows if not body]
    if others:
        shown |= await shown_redemptions(reads, project, others)
    return [shown[redemption_id] for redemption_id, _ in rows]


async def shown_redemptions(
    reads: Reads, project: str, redemption_ids: Sequence[str]
) -> dict[str, Body]:
    """What is shown of redemptions and rollbacks, by id, and of those that came with them."""
    rows = await reads.rows(queries.events_of(project, redemption_ids))
    return _by_id({body for (body,) in rows})


def _by_id(stored: Iterable[str]) -> dict[str, Body]:
    return {body["id"]: body for each in stored for body in shown_bodies(each)}


def wanted_redemptions(project: str, given: list[Given]) -> Where:
    """Which entries a list is asked for: by filters, or by the parameters of their own."""
    where = Where(project)
    where.within("at", range_of(given, "created_at"))
    where.satisfies(FIELDS, *conditions_of(given))
    code = text_of(given, "voucher_code")
    if code is not None:
        where.add("voucher_code = {voucher_code:String}", voucher_code=code)
    campaign = text_of(given, "campaign")
    if campaign is not None:
        where.add(
            "(campaign_id = {campaign:String} OR campaign_name = {campaign:String})",
            campaign=campaign,
        )
    channel = text_of(given, "channel")
    if channel is not None:
        where.add("channel = {channel:String}", channel=channel)
    product = text_of(given, "product")
    if product is not None:
        where.add("has(products, {product:String})", product=product)
    category = text_of(given, "category")
    if category is not None:
        where.add(_IN_CATEGORY, category=category)
    result = single_parameter(given, "result")
    if result is not None:
        _add_result(where, result)
    return where


async def _add_segment(where: Where, reads: Reads, segment: str | None) -> None:
    """Only of customers in that segment; of one that is gone, nobody's. Raises ApiError 400."""
    if segment is None:
        return
    if await find_kept_segment(reads, where.values["project"], segment, "segment"):
        where.add(_IN_SEGMENT, segment=segment)
    else:
        where.add("0")


def _add_result(where: Where, given: Given) -> None:
    """`Success`, `Failure`, or `Failure-` and a reason, in capitals or not."""
    name, _, reason = given.value.partition("-")
    result = _RESULTS.get(name.lower())
    if result is None or (reason and result == "SUCCESS"):
        raise invalid_parameter(
            given.name, "must be `Success`, `Failure` or `Failure-` and a failure code"
        )
    where.add("result = {result:String}", result=result)
    if reason:
        code = _NAMED_FAILURES.get(reason.lower(), reason)
        where.add("failure_code = {failure_code:String}", failure_code=code)
