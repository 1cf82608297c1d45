"""What a customer holds: a list with filters and a cursor, from the state.

A page costs what it shows, however much the customer holds. With filters it may be shorter than
asked for, or empty, and still go on: only so many holdings are looked at for one page.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from engine.kernel.encode import Body
from engine.kernel.state import View
from engine.publications.held import HeldVoucher, held_count, held_page
from engine.publications.held_body import held_body, role_of
from fronts.query_string import (
    Given,
    conditions_of,
    invalid_parameter,
    limit_of,
    require_known,
    single_parameter,
    text_of,
)
from fronts.selection import test_of
from schemas.base import Millis

_PARAMETERS: Final = frozenset({"limit", "order", "starting_after_id", "filters"})

_FIELDS: Final[Mapping[str, Callable[[HeldVoucher], str]]] = MappingProxyType(
    {
        "id": lambda held: held.id,
        "redeemable_id": lambda held: held.voucher.id,
        "redeemable_object": lambda _: "voucher",
        "holder_role": lambda held: role_of(held.voucher),
        "campaign_id": lambda held: held.voucher.campaign_id or "",
        "campaign_type": lambda held: held.campaign.campaign_type if held.campaign else "",
        "voucher_type": lambda held: held.voucher.type,
    }
)
_TIMES: Final[Mapping[str, Callable[[HeldVoucher], Millis]]] = MappingProxyType(
    {"created_at": lambda held: held.created_at}
)


def held_list(view: View, customer_id: str, given: list[Given], now: Millis) -> Body:
    """The page that the query asks for, in the order of the holdings' ids. Raises ApiError."""
    require_known(given, _PARAMETERS)
    limit = limit_of(given)
    conditions, _ = conditions_of(given)
    test = test_of(_FIELDS, _TIMES, given, now)
    order = single_parameter(given, "order")
    if order is not None and order.value not in ("id", "-id"):
        raise invalid_parameter(order.name, "must be `id` or `-id`")
    page = held_page(
        view,
        customer_id,
        now,
        test,
        limit,
        after=text_of(given, "starting_after_id"),
        descending=order is not None and order.value == "-id",
    )
    body: Body = {
        "object": "list",
        "data_ref": "data",
        "data": [held_body(each) for each in page.found],
        "total": len(page.found) if conditions else held_count(view, customer_id),
        "has_more": page.after is not None,
    }
    if page.after is not None:
        body["more_starting_after"] = page.after
    return body
