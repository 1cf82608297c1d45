"""Custom events: what customers do, as the shop names it. Nothing is decided by them yet."""

from types import MappingProxyType

from engine.customers.decide import know_customer
from engine.event_schemas.decide import event_refusal
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.commands import Command
from schemas.custom_events import CustomEvent, CustomEventTracked, TrackCustomEvent
from schemas.errors import Refusal, refuse


def track_custom_event(
    view: View, command: Command, body: TrackCustomEvent, now: Millis
) -> Decision | Refusal:
    """Notes the event, where its schema lets it; its customer is created or completed by what it says."""
    wrong = event_refusal(view, body.event, body.metadata)
    if wrong is not None:
        return wrong
    known = know_customer(view, command, body.customer, now)
    if isinstance(known, Refusal):
        return known
    if known.customer is None:
        return refuse("missing_customer", "The event has to name its customer")
    event = CustomEvent(
        id=new_id(command.seed, "evcus_"),
        name=body.event,
        customer_id=known.customer.id,
        created_at=now,
        metadata=body.metadata,
    )
    return Decision((*known.events, CustomEventTracked(event)), customer=known.snapshot)


DECISIONS: Decisions = MappingProxyType(
    {
        TrackCustomEvent: track_custom_event,
    }
)
