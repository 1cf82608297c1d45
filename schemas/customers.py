"""Customers: what changes them, beside the requests that name them, and what they add up to."""

from typing import Annotated

import msgspec
from msgspec import Meta

from schemas.api import CustomerInput, Text
from schemas.base import Metadata, Millis, Shape
from schemas.entities import Customer

CUSTOM_EVENT_NAME_LENGTH_MAX = 300


class CustomerSummary(Shape, frozen=True):
    """What a customer's redemptions and orders add up to; money in minor units.

    A stack counts as its children; its parent does not count.
    """

    succeeded: int = 0
    failed: int = 0
    rolled_back: int = 0
    rollbacks_failed: int = 0
    #: Credits of gift cards that were taken and not given back.
    redeemed_amount: int = 0
    #: What is left on the gift cards that the customer holds.
    amount_to_go: int = 0
    #: The same of loyalty cards, in points.
    redeemed_points: int = 0
    points_to_go: int = 0
    #: Orders that are paid or fulfilled now, and what was left to pay of them.
    orders_count: int = 0
    orders_amount: int = 0
    #: The newest of the orders that ever counted.
    last_order_id: str = ""
    last_order_amount: int = 0
    last_order_at: Millis | None = None


class CustomEvent(Shape, frozen=True):
    """Something that a customer did, as the shop names it."""

    id: str
    name: str
    customer_id: str
    created_at: Millis
    metadata: Metadata | None = None


# --- commands


class UpdateCustomer(Shape, tag="update_customer", frozen=True):
    """Sets what is named of a customer, null included; address and metadata are merged."""

    customer: str
    #: Exactly the fields of `PersonalData` that the caller named, in the encoding of the state.
    changes: msgspec.Raw


class DeleteCustomer(Shape, tag="delete_customer", frozen=True):
    """Moves a customer to the bin."""

    customer: str


class TrackCustomEvent(Shape, tag="track_custom_event", frozen=True):
    """Notes that a customer did something; creates the customer who is unknown."""

    event: Annotated[str, Meta(min_length=1, max_length=CUSTOM_EVENT_NAME_LENGTH_MAX)]
    customer: CustomerInput
    metadata: Metadata | None = None


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
    """The loyalty card that the event counts for."""

    code: Text


# --- events


class CustomerUnchanged(Shape, tag="customer.unchanged", frozen=True):
    """Nothing new was said of a customer; `customer` and `summary` are as they were."""

    customer: Customer
    summary: CustomerSummary | None = None


class CustomerDeleted(Shape, tag="customer.deleted", frozen=True):
    """A customer is in the bin; its source id is still taken."""

    customer: Customer


class CustomersSummed(Shape, tag="customer.summed", frozen=True):
    """The record changed what these customers add up to; by id, as they are after it."""

    summaries: dict[str, CustomerSummary]


class CustomEventTracked(Shape, tag="customer_event.tracked", frozen=True):
    """A customer did something."""

    event: CustomEvent
