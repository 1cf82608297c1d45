"""Segments: who belongs to one, asked whenever it is needed.

Of a static segment the members are stored. Of the others the filter is asked about the customer as
it is at the moment, so a rule that names a segment is never behind. Fields are those of the
customer, its address and metadata (`address.city`, `metadata.vip`), and what it adds up to
(`summary.orders.total_amount`, as the API shows it).
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from engine.formulas.operands import property_of
from engine.kernel import tables
from engine.kernel.calendar import Moment, iso, iso_or_none
from engine.kernel.money import divide_half_up
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.rules.filters import parse_filter
from engine.rules.places import with_locations
from schemas.base import Millis
from schemas.customers import Customer, CustomerSummary
from schemas.personal import Address, PersonalData
from schemas.segments import Segment

_NOTHING: Final = CustomerSummary()
_NOBODY: Final = PersonalData()


def belongs_to_segment(
    view: View,
    segment: Segment,
    customer: Customer,
    now: Millis,
    summary: CustomerSummary | None = None,
) -> bool:
    """Whether the customer is in the segment; nobody in the bin is.

    `summary` is what the customer adds up to, where that is not what is stored.
    """
    if customer.deleted_at is not None:
        return False
    if segment.type == "static":
        return view.get(tables.SEGMENT_MEMBERS, segment.id, customer.id) is not None
    if segment.filter is None:
        return False
    moment = Moment(now, zone_of(view))
    return parse_filter(segment.filter)(partial(customer_field_of, view, customer, summary), moment)


def is_in_segment(view: View, segment_id: str, customer: Customer, now: Millis) -> bool:
    """Whether the customer is in the segment with that id; nobody is in one that is gone."""
    segment = view.get(tables.SEGMENTS, segment_id)
    return segment is not None and belongs_to_segment(view, segment, customer, now)


def segments_of(view: View, customer: Customer, now: Millis) -> list[Segment]:
    """The segments that the customer is in, by their ids."""
    if customer.deleted_at is not None:
        return []
    static = set(view.scan(tables.CUSTOMER_SEGMENTS, customer.id))
    return [
        each
        for each in view.scan(tables.SEGMENTS)
        if each.id in static
        or (each.type != "static" and belongs_to_segment(view, each, customer, now))
    ]


def is_customer_field(name: str) -> bool:
    """Whether filters can be about it."""
    if name in _FIELDS or name in _SUMMARY:
        return True
    kind, _, member = name.partition(".")
    return bool(member) and (
        kind == "metadata" or (kind == "address" and member in Address.__struct_fields__)
    )


def customer_field_of(
    view: View, customer: Customer, summary: CustomerSummary | None, name: str
) -> Any:
    """The value of a field of a customer; None: it has none."""
    data = customer.personal.data or _NOBODY
    if name.startswith("metadata."):
        return with_locations(view, property_of(data.metadata, name.removeprefix("metadata.")))
    if name.startswith("address."):
        lines = {} if data.address is None else data.address.lines()
        return lines.get(name.removeprefix("address."))
    read = _FIELDS.get(name)
    if read is not None:
        return read(customer, data)
    summed = _SUMMARY.get(name)
    if summed is None:
        return None
    summary = summary or view.get(tables.CUSTOMER_SUMMARIES, customer.id) or _NOTHING
    return summed(summary)


def _personal(name: str) -> Callable[[Customer, PersonalData], Any]:
    return lambda _, data: getattr(data, name)


_FIELDS: Final[Mapping[str, Callable[[Customer, PersonalData], Any]]] = MappingProxyType(
    {
        "id": lambda customer, _: customer.id,
        "created_at": lambda customer, _: iso(customer.created_at),
        "updated_at": lambda customer, _: iso_or_none(customer.updated_at),
    }
    | {
        name: _personal(name)
        for name in ("source_id", "name", "description", "email", "phone", "birthday", "birthdate")
    }
)


def _average(summary: CustomerSummary) -> int:
    return (
        divide_half_up(summary.orders_amount, summary.orders_count) if summary.orders_count else 0
    )


#: Source of the names: the API contract, section 10 (the customer's summary).
_SUMMARY: Final[Mapping[str, Callable[[CustomerSummary], Any]]] = MappingProxyType(
    {
        "summary.redemptions.total_redeemed": (
            lambda summary: max(summary.succeeded - summary.rolled_back, 0)
        ),
        "summary.redemptions.total_succeeded": lambda summary: summary.succeeded,
        "summary.redemptions.total_failed": lambda summary: summary.failed,
        "summary.redemptions.total_rolled_back": lambda summary: summary.rolled_back,
        "summary.redemptions.gift.redeemed_amount": lambda summary: summary.redeemed_amount,
        "summary.redemptions.gift.amount_to_go": lambda summary: summary.amount_to_go,
        "summary.redemptions.loyalty_card.redeemed_points": lambda summary: summary.redeemed_points,
        "summary.redemptions.loyalty_card.points_to_go": lambda summary: summary.points_to_go,
        "summary.orders.total_amount": lambda summary: summary.orders_amount,
        "summary.orders.total_count": lambda summary: summary.orders_count,
        "summary.orders.average_amount": _average,
        "summary.orders.last_order_amount": lambda summary: summary.last_order_amount,
        "summary.orders.last_order_date": lambda summary: iso_or_none(summary.last_order_at),
    }
)
