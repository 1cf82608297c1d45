"""Custom events: what tracking one answers. Source: the API contract, section 10."""

from types import MappingProxyType

from engine.customers.body import customer_of, short_customer_body
from engine.customers.browser_body import customer_for_browser
from engine.kernel.encode import Body
from engine.kernel.room import Answers, Rendered
from schemas.custom_events import CustomEvent, CustomEventTracked, EventLoyalty, EventReferral
from schemas.customers import Customer
from schemas.projects import KeyKind
from schemas.records import Decided


def tracked_body(event: CustomEvent, customer: Customer | None) -> Body:
    """The event as its sender sees it."""
    return {
        "object": "event",
        "type": event.name,
        "customer": short_customer_body(customer) if customer else {"object": "customer"},
        "referral": event.referral and event_referral_body(event.referral),
        "loyalty": event.loyalty and event_loyalty_body(event.loyalty),
        "metadata": event.metadata or {},
    }


def event_referral_body(referral: EventReferral) -> Body:
    """By which code the customer came."""
    return {
        "id": referral.voucher_id,
        "code": referral.code,
        "referrer_id": referral.referrer_id,
    }


def event_loyalty_body(loyalty: EventLoyalty) -> Body:
    """Which card earns by the event."""
    return {"id": loyalty.voucher_id, "code": loyalty.code}


def _custom_event_tracked(
    event: CustomEventTracked, record: Decided, key_kind: KeyKind
) -> Rendered:
    customer = customer_of(record)
    if customer is not None and key_kind == "client":
        customer = customer_for_browser(customer)
    return Rendered(200, tracked_body(event.event, customer))


ANSWERS: Answers = MappingProxyType(
    {
        CustomEventTracked: _custom_event_tracked,
    }
)
