"""Customers: what changes them, beside the requests that name them, and what they add up to."""

from typing import Final

import msgspec

from schemas.api import CustomerInput
from schemas.base import Millis, Shape, Unanswered
from schemas.personal import Personal


class CustomerReferral(Shape, frozen=True):
    """A referral as the customer who was referred shows it."""

    campaign_id: str
    referrer_id: str
    related_object_id: str
    related_object_type: str
    at: Millis


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
    #: How many customers were referred by this one, and how this one was, by program.
    referred_customers: int = 0
    referrals: tuple[CustomerReferral, ...] = ()


class Customer(Shape, frozen=True):
    """A customer; everything that identifies the person is in `personal`."""

    id: str
    personal: Personal
    created_at: Millis
    updated_at: Millis | None = None
    #: When it went to the bin; nobody finds it there, and its source id stays taken.
    deleted_at: Millis | None = None
    bin_entry_id: str | None = None


class UpdateCustomer(Shape, tag="update_customer", frozen=True):
    """Sets what is named of a customer, null included; address and metadata are merged."""

    customer: str
    #: Exactly the fields of `PersonalData` that the caller named, in the encoding of the state.
    changes: msgspec.Raw


class DeleteCustomer(Shape, tag="delete_customer", frozen=True):
    """Moves a customer to the bin."""

    customer: str


class UpsertCustomer(Shape, tag="upsert_customer", frozen=True):
    """Creates a customer or merges what is new about it."""

    customer: CustomerInput


class ProgramLoyalty(Shape, frozen=True):
    """What a customer has in a loyalty program: the points that are left, and the name of the tier."""

    points: int
    loyalty_tier: str | None = None


class CustomerLoyalty(Shape, frozen=True):
    """What a customer has in loyalty programs, by their ids."""

    campaigns: dict[str, ProgramLoyalty]
    #: Of the referral programs of whose codes the customer holds one: how many were referred, if any.
    referred: dict[str, int] = msgspec.field(default_factory=dict)


class CustomerUnchanged(Shape, tag="customer.unchanged", frozen=True):
    """Nothing new was said of a customer; `customer` and `summary` are as they were."""

    customer: Customer
    summary: CustomerSummary | None = None
    loyalty: CustomerLoyalty | None = None


class CustomerDeleted(Shape, tag="customer.deleted", frozen=True):
    """A customer is in the bin; its source id is still taken."""

    customer: Customer


class CustomersSummed(Unanswered, tag="customer.summed", frozen=True):
    """The record changed what these customers add up to; by id, as they are after it."""

    summaries: dict[str, CustomerSummary]


class CustomerCreated(Shape, tag="customer.created", frozen=True):
    """A customer exists."""

    customer: Customer


class CustomerUpdated(Shape, tag="customer.updated", frozen=True):
    """More, or other things, are known of a customer; `customer` is the whole after it."""

    customer: Customer
    #: What the customer adds up to, where the answer shows it.
    summary: CustomerSummary | None = None
    #: What the customer has in loyalty programs, where the answer shows it.
    loyalty: CustomerLoyalty | None = None


CustomerCommand = UpdateCustomer | DeleteCustomer | UpsertCustomer
CustomerEvent = (
    CustomerUnchanged | CustomerDeleted | CustomersSummed | CustomerCreated | CustomerUpdated
)
#: Customers and what they add up to; what they do is in other features' events.
CUSTOMER_EVENTS: Final = frozenset(
    {CustomerUnchanged, CustomerDeleted, CustomersSummed, CustomerCreated, CustomerUpdated}
)
