"""Lists that are read from a cursor: `starting_after_id` names the last item of the page before.

A page is asked for with one row more than it shows, which tells whether there is more.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from starlette.responses import Response

from engine.kernel.encode import Body
from fronts.query_string import Given, invalid_parameter, limit_of, page_number, single_parameter
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from services.audit.lists.filters import Where
from services.audit.lists.lists import list_response

PARAMETERS: Final = frozenset({"limit", "order", "starting_after_id", "filters"})
#: The columns that ids are sorted by where a client asks for it.
BY_ID: Final[Mapping[str, tuple[str, ...]]] = {"id": ("id",)}


class Cursor(NamedTuple):
    """A page: how many, in which order, and the item that it comes after."""

    limit: int
    columns: tuple[str, ...]
    descending: bool
    after: Given | None
    #: How many items are passed over before it.
    offset: int = 0

    @property
    def order(self) -> str:
        """The columns with their direction."""
        direction = " DESC" if self.descending else ""
        return ", ".join(f"{column}{direction}" for column in self.columns)


def cursor_of(
    given: list[Given],
    newest: tuple[str, ...],
    orders: Mapping[str, tuple[str, ...]] = BY_ID,
) -> Cursor:
    """The page that a request asks for; newest first unless it says otherwise."""
    order = single_parameter(given, "order")
    columns, descending = newest, True
    if order is not None:
        name = order.value.removeprefix("-")
        if name not in orders:
            known = ", ".join(sorted(orders))
            raise invalid_parameter(order.name, f"must be one of {known}, or one after a `-`")
        columns, descending = orders[name], order.value.startswith("-")
    limit = limit_of(given)
    offset = (page_number(given) - 1) * limit
    return Cursor(limit, columns, descending, single_parameter(given, "starting_after_id"), offset)


async def read_page(
    reads: Reads, source: str, where: Where, place: str, cursor: Cursor
) -> tuple[list[tuple[Any, ...]], bool]:
    """(id, body) of a page's rows, and whether there are more.

    `source` is what follows FROM, a constant; `place` is the test that finds the item of
    `starting_after_id` as `{after_id:String}` in it. Raises ApiError when there is none.
    """
    columns = ", ".join(cursor.columns)
    if cursor.after is not None:
        values = {**where.values, "after_id": cursor.after.value}
        text = f"SELECT {columns} FROM {source} WHERE {place} LIMIT 1"  # noqa: S608  constants
        rows = await reads.rows(Query(text, values))
        if not rows:
            raise invalid_parameter(cursor.after.name, "names nothing in this list")
        beyond = "<" if cursor.descending else ">"
        tests, named = [], {}
        for index, column in enumerate(cursor.columns):
            kind = "String" if column == "id" else "Int64"
            tests.append(f"{{after_{index}:{kind}}}")
            named[f"after_{index}"] = rows[0][index]
        where.add(f"({columns}) {beyond} ({', '.join(tests)})", **named)
    query = Query(
        f"SELECT id, body FROM {source} WHERE {where.text} "  # noqa: S608  constants
        f"ORDER BY {cursor.order} LIMIT {{limit:UInt32}} OFFSET {{offset:UInt32}}",
        {**where.values, "limit": cursor.limit + 1, "offset": cursor.offset},
    )
    found = await reads.rows(query)
    return list(found[: cursor.limit]), len(found) > cursor.limit


def cursor_response(items: Sequence[Body], *, more: bool, **members: Any) -> Response:
    """A page; `more_starting_after` is absent on the last one."""
    goes_on = {"more_starting_after": items[-1]["id"]} if more else {}
    return list_response("data", list(items), **members, has_more=more, **goes_on)
