"""What webhooks are told of customers and their segments."""

from collections.abc import Callable
from typing import Any

from engine.answers.hook_payload import Told
from engine.customers.body import customer_body, customer_of, simple_customer_body
from engine.kernel.encode import Body
from engine.segments.body import simple_segment_body
from schemas.erasures import CustomerForgotten
from schemas.records import Decided
from schemas.segments import SegmentEntered, SegmentLeft


def tell_customer(name: str) -> Callable[[Any, Decided], Told]:
    """The customer as it is after the event."""

    def tell(event: Any, _: Decided) -> Told:
        yield name, {"customer": customer_body(event.customer)}

    return tell


def tell_forgotten_customer(event: CustomerForgotten, _: Decided) -> Told:
    """Nothing is left of a customer but the id."""
    yield "customer.deleted", {"customer": {"id": event.deletion.customer_id, "object": "customer"}}


def tell_segments(name: str) -> Callable[[Any, Decided], Told]:
    """One event for each segment that the customer enters or leaves."""

    def tell(event: SegmentEntered | SegmentLeft, record: Decided) -> Told:
        known = customer_of(record)
        shown: Body = {"id": event.customer_id, "object": "customer"}
        if known is not None and known.id == event.customer_id:
            shown = simple_customer_body(known)
        for segment_id, segment_name in event.segments.items():
            segment = simple_segment_body(segment_id, segment_name)
            yield name, {"customer": shown, "segment": segment}

    return tell
