"""What one list is: columns, filters, details, actions. Each section says one value of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from htpy import Node

from services.dashboard.lists.fields import Field
from services.dashboard.lists.query import Query
from services.dashboard.parts.page import Details
from services.dashboard.parts.show import Row as Row  # noqa: PLC0414 - sections take it here
from services.dashboard.parts.show import Show
from services.dashboard.web.visit import Visit, escape_segment


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, what a cell shows, and what the API sorts it by."""

    name: str
    label: str
    cell: Callable[[Row, Show], Node]
    sort: str = ""
    is_number: bool = False
    #: Whether it is shown before somebody chooses.
    is_shown: bool = True
    is_mono: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of rows."""

    rows: Sequence[Row]
    #: None: not known; then `has_more` and `cursor` say how it goes on.
    total: int | None = None
    has_more: bool = False
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Bulk:
    """What can be done with the rows that are chosen: posts `keys` to `{path}/{name}`."""

    name: str
    label: str
    needs: str
    what_happens: str
    is_dangerous: bool = False
    #: What is asked for besides.
    fields: Node = None


@dataclass(frozen=True, slots=True)
class Empty:
    """What is said where there is nothing yet."""

    title: str
    text: str
    action: tuple[str, str] | None = None
    curl: str = ""


#: Asks the API for a page of rows. Raises ApiFault.
Fetch = Callable[[Visit, Query], Awaitable[Rows]]
#: One of them, in full. Raises ApiFault.
Tell = Callable[[Visit, str], Awaitable[Details]]


@dataclass(frozen=True, slots=True)
class Resource:
    """A list of one kind of things."""

    #: Plural, in words: `Redemptions`.
    title: str
    #: One of them: `redemption`.
    one: str
    lead: str
    path: str
    needs: str
    icon: str
    columns: Sequence[Column]
    fields: Sequence[Field]
    fetch: Fetch
    #: What names a row in addresses.
    key: Callable[[Row], str]
    empty: Empty
    tell: Tell | None = None
    order: str = "-created_at"
    tabs: Sequence[tuple[str, str]] = ()
    #: Buttons at the head: label, address, icon, privilege.
    actions: Sequence[tuple[str, str, str, str]] = ()
    bulk: Sequence[Bulk] = ()
    #: Whether all that the filter lets through can be chosen for it, not only rows of a page.
    bulk_of_filter: bool = False
    #: The object of an export, as the API names it; empty: there is none.
    export: str = ""
    #: Which events on the live stream mean that the list may have changed.
    follows: str = ""
    #: The page of one, other than `{path}/{key}`.
    page: Callable[[Row], str] | None = None
    #: What stands above the list besides.
    above: Callable[[Visit], Node] | None = field(default=None)

    @property
    def sorts(self) -> frozenset[str]:
        """What the API sorts by."""
        return frozenset(each.sort for each in self.columns if each.sort)

    def href(self, row: Row) -> str:
        """Where a row leads."""
        return self.page(row) if self.page else f"{self.path}/{escape_segment(self.key(row))}"


def rows_of(body: Mapping[str, Any], name: str, *, cursor: str = "") -> Rows:
    """A page of the API's lists: the rows in the member `name`, with `total` or `has_more`.

    Of one that goes on by a cursor the total is left out: it has no pages that could be counted.
    """
    rows = body.get(name)
    if rows is None:
        rows = body.get(body.get("data_ref") or "data") or []
    total = body.get("total")
    return Rows(
        rows,
        total if isinstance(total, int) and not cursor else None,
        bool(body.get("has_more")),
        str(body.get("more_starting_after") or body.get("next_cursor") or ""),
    )


def list_of(path: str, name: str, fields: Sequence[Field], *, cursor: str = "") -> Fetch:
    """Fetches from a list of the API whose rows are the member `name`.

    `cursor`: the parameter by which it goes on, where it knows no pages.
    """

    async def fetch(visit: Visit, query: Query) -> Rows:
        params = query.for_api(fields, visit.show)
        if cursor and query.cursor:
            params.append((cursor, query.cursor))
        return rows_of(await visit.api.get(path, params), name, cursor=cursor)

    return fetch
