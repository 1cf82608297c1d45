"""The older endpoint that lists vouchers which suit a customer and an order. It writes nothing."""

import asyncio
import os
from collections.abc import Callable, Iterator
from itertools import islice

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from engine.calendar import iso
from engine.lookup import named_customer
from engine.qualification import (
    EVALUATED_MAX,
    LOOKED_AT_MAX,
    Asked,
    offered_vouchers,
    own_vouchers,
    qualifies,
)
from engine.render.voucher import EMPTY_LIST, voucher_body
from engine.state import View
from runtime.http.attempt import anonymous_tracking_id, tracking_id_of
from runtime.http.errors import ApiError
from runtime.http.payload import decode, read_body
from runtime.http.routing import caller_of
from runtime.http.writes import Writes
from runtime.query_string import Page, flag_of, invalid, page_of, read_parameters, require_known
from schemas.api import CustomerInput, OrderInput
from schemas.base import Metadata, Millis, Shape
from schemas.entities import Voucher
from schemas.errors import Refusal

LIMIT_MAX = 50
#: After how many evaluations others have their turn, and after how many entries that are passed.
EVALUATED_AT_ONCE = 10
PASSED_AT_ONCE = 200
_PARAMETERS = frozenset({"limit", "order", "audienceRulesOnly"})
_ORDERS: dict[str, Callable[[Voucher], tuple[int | str, ...]]] = {
    "created_at": lambda voucher: (voucher.created_at, voucher.id),
    "updated_at": lambda voucher: (voucher.updated_at or voucher.created_at, voucher.id),
    "code": lambda voucher: (voucher.code,),
}


class QualificationBody(Shape, frozen=True):
    """Whom and what the vouchers should suit; other members are read past."""

    customer: CustomerInput | None = None
    order: OrderInput | None = None
    metadata: Metadata | None = None


_body = msgspec.json.Decoder(QualificationBody)


class Qualifications:
    """`POST /v1/vouchers/qualification`."""

    def __init__(
        self,
        writes: Writes,
        view_of: Callable[[str], View],
        hash_key: bytes,
        clock_ms: Callable[[], Millis],
    ) -> None:
        self._writes = writes
        self._view_of = view_of
        self._hash_key = hash_key
        self._clock_ms = clock_ms

    async def vouchers(self, request: Request) -> Response:
        """The vouchers that the customer could redeem on the order; a customer is not made known."""
        content = await read_body(request)
        body = decode(content, _body) if content.strip() else QualificationBody()
        given = read_parameters(request.query_params.multi_items())
        require_known(given, _PARAMETERS)
        page = page_of(given, frozenset(_ORDERS))
        if page.limit > LIMIT_MAX:
            raise invalid("limit", f"must be between 1 and {LIMIT_MAX}")
        flag_of(given, "audienceRulesOnly")
        caller, now = caller_of(request), self._clock_ms()
        view = self._view_of(caller.project)
        customer = None if body.customer is None else named_customer(view, body.customer)
        if isinstance(customer, Refusal):
            raise ApiError(customer)
        customer_id = None if customer is None else customer.id
        asked = Asked(body.order, customer_id, body.metadata, caller.kind)
        found = await _qualifying(view, asked, page, now)
        answer = {
            "object": "list",
            "data_ref": "data",
            "data": [
                voucher_body(each) | {"applicable_to": EMPTY_LIST, "inapplicable_to": EMPTY_LIST}
                for each in found
            ],
            "total": len(found),
            "id": f"qual_{os.urandom(9).hex()}",
            "created_at": iso(now),
            "tracking_id": tracking_id_of(self._hash_key, body.customer) or anonymous_tracking_id(),
        }
        return self._writes.respond(request, 200, answer)


async def _qualifying(view: View, asked: Asked, page: Page, now: Millis) -> list[Voucher]:
    """The page, as far as the bounds of engine/qualification.py let it see."""
    by_time = page.order == "created_at"
    own = own_vouchers(view, asked.customer_id, now)
    offered = offered_vouchers(view, now, newest_first=page.descending or not by_time)
    found = await _suiting(view, own, asked, now, EVALUATED_MAX)
    # in the order of the page, so that no further one could come to lie on it
    found += await _suiting(view, offered, asked, now, page.limit if by_time else EVALUATED_MAX)
    return sorted(found, key=_ORDERS[page.order], reverse=page.descending)[: page.limit]


async def _suiting(
    view: View, vouchers: Iterator[Voucher | None], asked: Asked, now: Millis, enough: int
) -> list[Voucher]:
    """The first that qualify, until there are enough."""
    found: list[Voucher] = []
    evaluated = 0
    for looked_at, voucher in enumerate(islice(vouchers, LOOKED_AT_MAX), 1):
        if looked_at % PASSED_AT_ONCE == 0:
            await asyncio.sleep(0)
        if voucher is None:
            continue
        if qualifies(view, voucher, asked, now):
            found.append(voucher)
        evaluated += 1
        if len(found) == enough or evaluated == EVALUATED_MAX:
            break
        if evaluated % EVALUATED_AT_ONCE == 0:
            await asyncio.sleep(0)
    return found
