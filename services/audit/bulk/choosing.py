"""What a filter lets through, by its ids and names: asked by the host that has commands decided.

It is the filter of the list, over the tables as far as everything that was answered before.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.zones import zone_named
from fronts.staging import ROWS_MAX
from runtime.base.clock import clock_ms
from runtime.clickhouse.database import Query
from runtime.clickhouse.reads import Reads
from runtime.http.internal import time_zone_of
from runtime.http.payload import decode_body, read_body
from runtime.http.routing import caller_of
from runtime.http.service import Service
from schemas.base import Millis, Shape
from services.audit.exports.asking import add_filters
from services.audit.lists.bin import BIN
from services.audit.lists.filters import Where
from services.audit.lists.lists import Listing
from services.audit.lists.vouchers import VOUCHERS
from services.audit.sink.entities import ENTITIES

#: Between hosts; no key is taken there, so no client reaches it.
PATH: Final = "/internal/choices"
FILTERS: Final = ".filters"
ChosenKind = Literal["voucher", "bin_entry"]
LISTINGS: Final[Mapping[ChosenKind, Listing]] = MappingProxyType(
    {"voucher": VOUCHERS, "bin_entry": BIN}
)


class Choice(Shape, frozen=True):
    """What is to be chosen."""

    kind: ChosenKind
    filters: dict[str, Any]


class Chosen(Shape, frozen=True):
    """(id, code or name) of what was chosen, one more than may be where there are too many."""

    rows: tuple[tuple[str, str], ...]


_choice: Final = msgspec.json.Decoder(Choice)


def choosing_service(reads: Reads, clock_ms: Callable[[], Millis] = clock_ms) -> Service:
    """What other hosts ask, over the tables of audit."""

    async def choose(request: Request) -> Response:
        asked = decode_body(await read_body(request), _choice)
        listing = LISTINGS[asked.kind]
        where = Where(caller_of(request).project, clock_ms())
        where.add(f"kind = {{kind:String}} AND {listing.only}", kind=listing.kind)
        zone = zone_named(time_zone_of(request))
        add_filters(where, listing.fields, asked.filters, zone, FILTERS)
        rows = await reads.up_to(request).rows(_chosen(where))
        content = msgspec.json.encode(Chosen(tuple((each, name) for each, name in rows)))
        return Response(content, media_type="application/json")

    return Service("choosing", routes=(Route(PATH, choose, methods=["POST"]),))


def _chosen(where: Where) -> Query:
    return Query(
        f"SELECT id, alias FROM {ENTITIES.full_name} FINAL WHERE {where.text} "  # noqa: S608
        "ORDER BY id LIMIT {limit:UInt32}",
        {**where.values, "limit": ROWS_MAX + 1},
    )
