"""Custom events: what tracking one answers. Source: the API contract, section 10."""

from engine.customers.body import simple_customer_body
from engine.kernel.encode import Body
from schemas.custom_events import CustomEvent
from schemas.customers import Customer


def tracked_body(event: CustomEvent, customer: Customer | None) -> Body:
    """The event as its sender sees it; no referral and no loyalty card comes of it yet."""
    return {
        "object": "event",
        "type": event.name,
        "customer": simple_customer_body(customer) if customer else {"object": "customer"},
        "referral": None,
        "loyalty": None,
        "metadata": event.metadata or {},
    }
