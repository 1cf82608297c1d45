"""Custom events: what customers do, as the shop names it; what follows of one is decided after it."""

from types import MappingProxyType

from engine.customers.know import know_customer
from engine.customers.sameness import self_referral
from engine.event_schemas.decide import event_refusal
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_customer, find_voucher, unknown_customer
from engine.kernel.programs import find_member
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.commands import Command
from schemas.custom_events import (
    CustomEvent,
    CustomEventTracked,
    EventLoyalty,
    EventReferral,
    TrackCustomEvent,
)
from schemas.customers import Customer
from schemas.errors import Refusal, not_found, refuse


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
    referral = _referral(view, body, known.customer)
    if isinstance(referral, Refusal):
        return referral
    loyalty = _loyalty(view, body, known.customer)
    if isinstance(loyalty, Refusal):
        return loyalty
    event = CustomEvent(
        id=new_id(command.seed, "evcus_"),
        name=body.event,
        customer_id=known.customer.id,
        created_at=now,
        metadata=body.metadata,
        referral=referral,
        loyalty=loyalty,
    )
    return Decision((*known.events, CustomEventTracked(event)), customer=known.snapshot)


def _referral(
    view: View, body: TrackCustomEvent, customer: Customer
) -> EventReferral | Refusal | None:
    """The referral code that the event names, which has to be one, and somebody else's."""
    if body.referral is None:
        return None
    code, named = body.referral.code, body.referral.referrer_id
    voucher = find_voucher(view, code)
    if voucher is None:
        return not_found("voucher", code)
    if not voucher.is_referral_code or voucher.holder_id is None:
        return refuse("invalid_voucher", f"Nobody refers by {voucher.code}")
    if named is not None:
        referrer = find_customer(view, named)
        if referrer is None:
            return unknown_customer(named)
        if referrer.id != voucher.holder_id:
            return refuse("invalid_customer", f"Another customer refers by {voucher.code}")
    return self_referral(view, voucher, customer) or EventReferral(
        voucher.code, voucher.id, voucher.campaign_id or "", voucher.holder_id
    )


def _loyalty(
    view: View, body: TrackCustomEvent, customer: Customer
) -> EventLoyalty | Refusal | None:
    """The loyalty card that the event names, which has to be the customer's own."""
    if body.loyalty is None:
        return None
    card = find_member(view, body.loyalty.code)
    if isinstance(card, Refusal):
        return card
    if card.holder_id is None:
        return refuse("invalid_voucher", f"Nobody holds {card.code}")
    if card.holder_id != customer.id:
        return refuse("invalid_customer", f"Another customer holds {card.code}")
    return EventLoyalty(card.code, card.id, card.campaign_id or "")


DECISIONS: Decisions = MappingProxyType(
    {
        TrackCustomEvent: track_custom_event,
    }
)
