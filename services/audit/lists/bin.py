"""What is in the bin, by cursor, the newest entries first unless asked otherwise."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from fronts.query_string import page_of, require_known, text_of
from runtime.clickhouse.reads import Reads
from runtime.http.routing import caller_of
from schemas.bin import BinEntry
from services.audit.lists import queries
from services.audit.lists.filters import text, texts
from services.audit.lists.lists import (
    Listing,
    each_by,
    list_response,
    page_of_entities,
    wanted_entities,
)
from services.audit.lists.parameters import parameters_of

CURSOR: Final = "starting_after_id"
_PARAMETERS: Final = frozenset({"limit", "page", "order", "filters", CURSOR})


#: What kinds of keys are called here; any other kind of caller has its own name.
_KEYS: Final[Mapping[str, str]] = {"server": "key", "client": "key", "management": "key"}


def _entry_body(entry: BinEntry) -> Body:
    deleter = entry.deleted_by
    kind = None if deleter is None else _KEYS.get(deleter.kind, deleter.kind)
    by = None if deleter is None else {"type": kind, "id": deleter.id or None}
    return {
        "id": entry.id,
        "created_at": iso(entry.created_at),
        "deleted_by_user_id": by["id"] if by and by["type"] == "user" else None,
        "deleted_by": by,
        "resource_id": entry.resource_id,
        "resource_type": entry.resource_type,
        "resource_name": entry.resource_name,
        "resource_parent_id": entry.resource_parent_id,
        "object": entry.resource_type,
    }


BIN: Final = Listing(
    "bin_entry",
    "data",
    each_by(lambda body: _entry_body(tables.BIN.decode(body))),
    MappingProxyType(
        {
            "id": text("id"),
            "resource_type": text("type"),
            "resource_name": text("alias"),
            "resource_id": texts("texts['resource_id']"),
        }
    ),
    orders=MappingProxyType({"id": ("created_at", "id"), "created_at": ("created_at", "id")}),
    # the contract knows no customers there, and an entry would name a person
    only="deleted = 0 AND type != 'customer'",
    ranges=(),
)


async def list_bin(reads: Reads, request: Request) -> Response:
    """GET /v1/trash-bin; an order by `id` is the order in which things were deleted."""
    given = parameters_of(request)
    require_known(given, _PARAMETERS)
    page = page_of(given, frozenset(BIN.orders))
    cursor = text_of(given, CURSOR)
    where = wanted_entities(BIN, caller_of(request).project, given, 0)
    reads = reads.up_to(request)
    ((total,),) = await reads.rows(queries.count_entities(where))
    if cursor is not None:
        queries.go_on_after(where, cursor, page)
    found = await page_of_entities(BIN, reads, where, page._replace(limit=page.limit + 1))
    shown = found[: page.limit]
    more = {"more_starting_after": shown[-1]["id"]} if len(found) > page.limit else {}
    return list_response("data", shown, total=total, has_more=bool(more), **more)
