"""Rows with the name of who asked for what they tell, in place of an id."""

from collections.abc import Callable
from dataclasses import replace

from htpy import Node, span

from services.dashboard.lists.query import Query
from services.dashboard.lists.resource import Fetch, Row, Rows
from services.dashboard.parts.show import NOTHING
from services.dashboard.web.visit import Visit

#: The id of who asked; empty where nobody did.
CallerId = Callable[[Row], str]
#: Where a row has the name, as far as it is known.
_MEMBER = "caller_name"


def with_callers(fetch: Fetch, caller_of: CallerId, *, column: str = "") -> Fetch:
    """Fetches rows with their names; `column`: asked for only where that one was chosen."""

    async def fetch_named(visit: Visit, query: Query) -> Rows:
        rows = await fetch(visit, query)
        if column and column not in query.columns:
            return rows
        names = await visit.name_callers(caller_of(each) for each in rows.rows)
        named = [{**each, _MEMBER: names.get(caller_of(each))} for each in rows.rows]
        return replace(rows, rows=named)

    return fetch_named


async def with_caller(visit: Visit, row: Row, caller_id: str) -> Row:
    """One row with the name."""
    names = await visit.name_callers((caller_id,))
    return {**row, _MEMBER: names.get(caller_id)}


def show_caller(row: Row, caller_id: str, otherwise: Node = NOTHING) -> Node:
    """The name, else the id; `otherwise`: where nobody asked."""
    if not caller_id:
        return otherwise
    return row.get(_MEMBER) or span(".mono")[caller_id]
