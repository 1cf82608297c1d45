"""The older endpoint that lists vouchers which suit a customer and an order. It writes nothing."""

import os
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from engine.calendar import iso
from engine.lookup import named_customer
from engine.qualification import qualifying
from engine.render.voucher import EMPTY_LIST, voucher_body
from engine.state import View
from runtime.http.attempt import anonymous_tracking_id, tracking_id_of
from runtime.http.errors import ApiError
from runtime.http.payload import decode, read_body
from runtime.http.routing import caller_of
from runtime.http.writes import Writes
from runtime.query_string import flag_of, invalid, page_of, read_parameters, require_known
from schemas.api import CustomerInput, OrderInput
from schemas.base import Metadata, Millis, Shape
from schemas.entities import Voucher
from schemas.errors import Refusal

LIMIT_MAX = 50
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
        found = sorted(
            qualifying(view, body.order, customer_id, body.metadata, now, caller.kind),
            key=_ORDERS[page.order],
            reverse=page.descending,
        )[: page.limit]
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
