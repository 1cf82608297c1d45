"""The feed of what a customer did.

Its rows hold no personal data: the customer is joined as it is now, and a redemption from the
table of redemptions. A feed is read in the order of the log, newest first unless asked otherwise.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.answers.points_activity import EARNING_REFUSED
from engine.customers.body import short_customer_body, simple_customer_body
from engine.kernel import tables
from engine.kernel.encode import Body
from engine.publications.body import whose_body
from fronts.query_string import (
    Given,
    Page,
    invalid_parameter,
    require_known,
    single_parameter,
    text_of,
    time_of,
)
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.routing import caller_of, decode_ident
from schemas.base import Millis
from schemas.errors import not_found
from services.audit.lists.cursors import cursor_of, cursor_response, read_page
from services.audit.lists.customers import full_customers
from services.audit.lists.filters import Where
from services.audit.lists.lists import list_response
from services.audit.lists.moments import Source, go_on_from
from services.audit.lists.parameters import parameters_of
from services.audit.lists.redemptions import shown_redemptions
from services.audit.sink.activity_table import ACTIVITY, shown_entry
from services.audit.sink.entities import ENTITIES

#: Filters by one value; the columns have the parameters' names.
_VALUES: Final = ("type", "campaign_id", "campaign_type")
_PARAMETERS: Final = frozenset(
    {"limit", "order", "starting_after_id", "start_date", "end_date", *_VALUES}
)
_FEED_PARAMETERS: Final = _PARAMETERS | {"category"}
_OLD_PARAMETERS: Final = (_PARAMETERS - {"type"}) | {"starting_after", "product_id"}
#: What the system does by itself is an effect; all that feeds show so far was done by somebody.
_CATEGORIES: Final[Mapping[str, str]] = MappingProxyType({"ACTION": "1 = 1", "EFFECT": "1 = 0"})
#: Entries that show the customer in full.
_IN_FULL: Final = frozenset({"customer.created", "customer.updated", "customer.deleted"})
_PLACE: Final = ("log_offset", "log_index")
_SOURCE: Final = Source(ACTIVITY.full_name, "at")


def activity_routes(reads: Reads, clock_ms: Callable[[], Millis]) -> tuple[Route, ...]:
    """The feed, and its deprecated form."""
    older = partial(_activities, reads, clock_ms)
    return (
        Route("/v1/customers/{id:ident}/activity", partial(_activity, reads), methods=["GET"]),
        Route("/v1/customers/{id:ident}/activities", older, methods=["GET"]),
    )


async def _activity(reads: Reads, request: Request) -> Response:
    """GET /v1/customers/{id}/activity."""
    given = parameters_of(request)
    require_known(given, _FEED_PARAMETERS)
    items, more = await _page(reads, request, given)
    return cursor_response(items, more=more)


async def _activities(reads: Reads, clock_ms: Callable[[], Millis], request: Request) -> Response:
    """GET /v1/customers/{id}/activities: `total` is that of the page.

    Clients go on from the time of a page's last entry (lists/moments.py).
    """
    given = parameters_of(request)
    require_known(given, _OLD_PARAMETERS)
    items, _ = await _page(reads, request, given, clock_ms())
    return list_response("data", items, total=len(items))


class _Shown(NamedTuple):
    """The customer as the entries of a feed show it."""

    simple: Body
    short: Body
    full: Body


async def _page(
    reads: Reads, request: Request, given: list[Given], now: Millis = 0
) -> tuple[list[Body], bool]:
    cursor = cursor_of(given, _PLACE, {"created_at": _PLACE})
    project = caller_of(request).project
    where = Where(project)
    _add_filters(where, given)
    named = decode_ident(request.path_params["id"])
    reads = reads.up_to(request)
    found = await reads.rows(customer_named(project, named))
    if not found:
        raise ApiError(not_found("customer", named))
    (customer_id, body) = found[0]
    where.add("customer_id = {customer:String}", customer=customer_id)
    place = (
        "project = {project:String} AND customer_id = {customer:String} AND id = {after_id:String}"
    )
    after = single_parameter(given, "starting_after")
    if after is not None:
        page = Page(cursor.limit, 0, "created_at", cursor.descending)
        going = await go_on_from(reads, _SOURCE, where, time_of(after), page, now)
        cursor = cursor._replace(limit=going.page.limit)
    rows, more = await read_page(reads, ACTIVITY.full_name, where, place, cursor)
    return await shown_entries(reads, project, rows, customer_id, body), more


async def shown_entries(
    reads: Reads, project: str, rows: Sequence[tuple[str, str]], customer_id: str, body: str
) -> list[Body]:
    """Rows of the feed of a customer, whose body is given, as it shows them."""
    entries = [shown_entry(*row) for row in rows]
    (full,) = await full_customers(reads, project, [(customer_id, body)])
    known = tables.CUSTOMERS.decode(body.encode())
    shown = _Shown(simple_customer_body(known), short_customer_body(known), full)
    redeemed = [each["redemption_id"] for each in entries if each["redemption_id"]]
    redemptions = await shown_redemptions(reads, project, redeemed) if redeemed else {}
    return [_item(each, shown, redemptions) for each in entries]


def _add_filters(where: Where, given: list[Given]) -> None:
    for name in _VALUES:
        wanted = text_of(given, name)
        if wanted is not None:
            where.add(f"{name} = {{{name}:String}}", **{name: wanted})
    hide_unasked(where, text_of(given, "type"))
    # no entry is about one product
    if text_of(given, "product_id") is not None:
        where.add("1 = 0")
    category = single_parameter(given, "category")
    if category is not None:
        if category.value not in _CATEGORIES:
            raise invalid_parameter(category.name, "must be `ACTION` or `EFFECT`")
        where.add(_CATEGORIES[category.value])
    for name, operator in (("start_date", ">="), ("end_date", "<=")):
        date = single_parameter(given, name)
        if date is not None:
            where.add(f"at {operator} {{{name}:Int64}}", **{name: time_of(date)})


def hide_unasked(where: Where, asked: str | None) -> None:
    """Leaves out what the contract has no name for, unless it is asked for by its type.

    Official clients fail over a type that they do not know.
    """
    if asked is None:
        where.add("type != {unasked:String}", unasked=EARNING_REFUSED)


def customer_named(project: str, customer: str) -> Query:
    """(id, body) of the customer with that id, else of the one with that source id; or no row."""
    return Query(
        f"SELECT id, body FROM {ENTITIES.full_name} FINAL "  # noqa: S608
        "WHERE project = {project:String} AND kind = 'customer' "
        "AND (id = {customer:String} OR alias = {customer:String}) AND deleted = 0 "
        "ORDER BY id = {customer:String} DESC LIMIT 1",
        {"project": project, "customer": customer},
    )


def _item(entry: Body, customer: _Shown, redemptions: Mapping[str, Body]) -> Body:
    """The entry as the feed shows it, with the customer and the redemption."""
    redemption_id, channel = entry.pop("redemption_id"), entry.pop("channel")
    data: Body = entry["data"]
    data["customer"] = customer.full if entry["type"] in _IN_FULL else customer.simple
    if "event" in data:
        data["event"]["customer"] = customer.simple
    if "publication" in data:
        data["publication"] |= whose_body(customer.short)
    if redemption_id:
        data |= _redemption_data(redemptions.get(redemption_id, {}), customer.simple)
    return {**entry, "data": {"data": data, "event_source": {"channel": channel}}}


def _redemption_data(body: Body, customer: Body) -> Body:
    """A redemption or a rollback with what belongs to it, as the feed shows them."""
    shown = {
        name: value
        for name, value in body.items()
        if name not in ("order", "voucher", "related_redemptions") and value is not None
    }
    shown |= {"customer": customer, "metadata": body.get("metadata") or {}}
    name = "redemption" if body.get("object") == "redemption" else "redemption_rollback"
    data: Body = {name: shown}
    for part in ("order", "voucher"):
        if body.get(part) is not None:
            data[part] = body[part]
    return data
