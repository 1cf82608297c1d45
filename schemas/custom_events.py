"""Custom events: what a customer did, in the client's own words."""

from typing import Annotated, Final

from msgspec import Meta

from schemas.api import CustomerInput, Text
from schemas.base import Metadata, Millis, Shape

CUSTOM_EVENT_NAME_LENGTH_MAX = 300


class CustomEvent(Shape, frozen=True):
    """Something that a customer did, as the shop names it."""

    id: str
    name: str
    customer_id: str
    created_at: Millis
    metadata: Metadata | None = None
    referral: "EventReferral | None" = None
    loyalty: "EventLoyalty | None" = None


class EventReferral(Shape, frozen=True):
    """The referral code by which the customer came, as it was found."""

    code: str
    voucher_id: str
    campaign_id: str
    referrer_id: str


class EventLoyalty(Shape, frozen=True):
    """The loyalty card that alone earns by the event, as it was found."""

    code: str
    voucher_id: str
    campaign_id: str


class CustomEventBody(Shape, frozen=True):
    """What the endpoints of custom events take."""

    event: Annotated[str, Meta(min_length=1, max_length=CUSTOM_EVENT_NAME_LENGTH_MAX)]
    customer: CustomerInput
    metadata: Metadata | None = None
    referral: "Referral | None" = None
    loyalty: "Loyalty | None" = None


class Referral(Shape, frozen=True):
    """Through whom the customer came."""

    code: Text
    referrer_id: Text | None = None


class Loyalty(Shape, frozen=True):
    """The loyalty card that alone earns by the event."""

    code: Text


class TrackCustomEvent(Shape, tag="track_custom_event", frozen=True):
    """Notes that a customer did something; creates the customer who is unknown."""

    event: Annotated[str, Meta(min_length=1, max_length=CUSTOM_EVENT_NAME_LENGTH_MAX)]
    customer: CustomerInput
    metadata: Metadata | None = None
    referral: Referral | None = None
    loyalty: Loyalty | None = None


class CustomEventTracked(Shape, tag="customer_event.tracked", frozen=True):
    """A customer did something."""

    event: CustomEvent


CustomEventCommand = TrackCustomEvent
CustomEventEvent = CustomEventTracked
#: What a shop tracks of its customers, which changes none of them.
CUSTOM_EVENTS: Final = frozenset({CustomEventTracked})
