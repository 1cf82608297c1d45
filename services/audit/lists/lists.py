"""Lists of entities: what a kind is filtered and sorted by, and how a list is answered.

A resource declares a `Listing`; reading the parameters, asking and answering is the same for all.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from engine.kernel.encode import Body
from fronts.answers import json_answer
from fronts.query_string import (
    Given,
    Page,
    conditions_of,
    flag_of,
    invalid_parameter,
    page_of,
    range_of,
    require_known,
    single_parameter,
    text_of,
    time_of,
)
from runtime.clickhouse.reads import Reads
from runtime.http.routing import caller_of
from schemas.base import Millis
from services.audit.lists import queries
from services.audit.lists.filters import IS_REFERRAL, Field, Where
from services.audit.lists.parameters import parameters_of

_ACCESS: Final = "access_settings"
_AREAS: Final = frozenset({"areas_ids", "area_stores_ids", "area_all_stores_ids"})
PAGING: Final = frozenset({"limit", "page", "order"})
#: How many ids a list can be asked for.
IDS_MAX: Final = 100
#: What every entity can be sorted by; the id makes the order total.
BY_TIME: Final[Mapping[str, tuple[str, ...]]] = {
    "created_at": ("created_at", "id"),
    "updated_at": ("updated_at", "id"),
}

#: Rows of (id, body) as they are shown.
Render = Callable[[Reads, str, Sequence[tuple[str, str]]], Awaitable[list[Body]]]


@dataclass(frozen=True, slots=True)
class Listing:
    """The list of one kind of entity. All texts are constants."""

    kind: str
    #: The array's key in the answer.
    name: str
    render: Render
    #: What `filters[...]` may name; with `metadata.` every key of the metadata, too.
    fields: Mapping[str, Field]
    #: Plain parameters and the tests that they stand for, with the place `{NAME:String}`.
    plain: Mapping[str, str] = field(default_factory=dict)
    #: Plain parameters that are times and the tests that they stand for, with `{NAME:Int64}`.
    times: Mapping[str, str] = field(default_factory=dict)
    #: Plain parameters that are compared in capitals.
    capitals: frozenset[str] = frozenset()
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: BY_TIME)
    #: The column that a `customer` parameter, an id or a source id, is about; empty: none is taken.
    customer: str = ""
    #: What holds for everything that is listed.
    only: str = "deleted = 0"
    ranges: tuple[str, ...] = ("created_at", "updated_at")
    #: What the parameter `expand` may say; nothing more is shown for it.
    expand: frozenset[str] = frozenset()
    #: Whether `access_settings` can ask for what belongs to some areas.
    areas: bool = False

    @property
    def parameters(self) -> frozenset[str]:
        """The parameters that the list takes."""
        own = {"filters", "ids", "is_referral_code", *self.plain, *self.times, *self.ranges}
        if self.expand:
            own.add("expand")
        if self.areas:
            own.add(_ACCESS)
        return PAGING | own | ({"customer"} if self.customer else set())


async def answer_list(
    listing: Listing, reads: Reads, clock_ms: Callable[[], Millis], request: Request
) -> Response:
    """The list's answer to a request."""
    given = parameters_of(request)
    require_known(given, listing.parameters)
    page = page_of(given, frozenset(listing.orders))
    project = caller_of(request).project
    where = wanted_entities(listing, project, given, clock_ms())
    reads = reads.up_to(request)
    await add_customer(where, reads, given, listing.customer)
    found = await page_of_entities(listing, reads, where, page)
    ((total,),) = await reads.rows(queries.count_entities(where))
    return list_response(listing.name, found, total=total)


def wanted_entities(listing: Listing, project: str, given: list[Given], now: Millis) -> Where:
    """What a request's parameters ask for, `customer` aside. Raises ApiError."""
    where = Where(project, now)
    where.add(f"kind = {{kind:String}} AND {listing.only}", kind=listing.kind)
    for name in listing.ranges:
        period = range_of(given, name)
        if period.before is not None:
            # what never happened is not before anything
            where.add(f"{name} != 0")
        where.within(name, period)
    for name, test in listing.plain.items():
        value = text_of(given, name)
        if value is not None:
            where.add(test, **{name: value.upper() if name in listing.capitals else value})
    for name, test in listing.times.items():
        at = single_parameter(given, name)
        if at is not None:
            where.add(test, **{name: time_of(at)})
    expand = single_parameter(given, "expand")
    if expand is not None and expand.value not in listing.expand:
        raise invalid_parameter(expand.name, f"must be one of {', '.join(sorted(listing.expand))}")
    _add_ids(where, given)
    _add_referral(where, given)
    _add_areas(where, given)
    where.satisfies(listing.fields, *conditions_of(given))
    return where


def _add_ids(where: Where, given: list[Given]) -> None:
    ids = [each.value for each in given if each.path[0] == "ids"]
    if len(ids) > IDS_MAX:
        raise invalid_parameter("ids", f"names more than {IDS_MAX}")
    if ids:
        where.add("id IN {ids:Array(String)}", ids=ids)


def _add_referral(where: Where, given: list[Given]) -> None:
    if flag_of(given, "is_referral_code"):
        where.add(f"{IS_REFERRAL} = 1")


def _add_areas(where: Where, given: list[Given]) -> None:
    """Nothing belongs to an area, so whoever names one gets nothing."""
    for each in given:
        if each.path[0] != _ACCESS:
            continue
        match each.path:
            case (_, "filter", name, *_) if name in _AREAS:
                where.add("0")
            case _:
                raise invalid_parameter(each.name, f"is read as `{_ACCESS}[filter][areas_ids]`")


async def add_customer(where: Where, reads: Reads, given: list[Given], column: str) -> None:
    """Only what `column` says belongs to the customer whom a request names, if it names one."""
    customer = text_of(given, "customer") if column else None
    if customer is not None:
        project = where.values["project"]
        found = await reads.rows(queries.customer_ids(project, customer))
        ids = [row[0] for row in found] or [customer]
        where.add(f"{column} IN {{customer_ids:Array(String)}}", customer_ids=ids)


async def page_of_entities(listing: Listing, reads: Reads, where: Where, page: Page) -> list[Body]:
    """The entities of a page as they are shown."""
    query = queries.list_entities(where, page, listing.orders[page.order])
    rows: list[Any] = await reads.rows(query)
    return await listing.render(reads, where.values["project"], rows)


def each_by(render: Callable[[bytes], Body]) -> Render:
    """Shows each row by itself."""

    async def rendered(_: Reads, __: str, rows: Sequence[tuple[str, str]]) -> list[Body]:
        return [render(body.encode()) for _, body in rows]

    return rendered


def list_response(name: str, items: list[Body], **more: Any) -> Response:
    """A list as the API answers it; `more` is the total, or what tells where to go on."""
    return json_answer({"object": "list", "data_ref": name, name: items, **more})
