"""Erasures: personal data that has to become unreadable, because its keys are destroyed.

A customer who is forgotten has keys of their own, and so has an action whose rows named people, or
an export whose filters did.
The record says whose keys have to go, and stays; a task of the ledger destroys them
(services/redemption/ledger/eraser.py) and says so, in a record that ends the erasure.
"""

from typing import Final, Literal

from schemas.base import Millis, Shape, Unanswered


class Erasure(Shape, frozen=True):
    """Whose keys have to go: `id` is of what `kind` says, of a user also an invitation's; the owner is `project/id`."""

    project: str
    id: str
    kind: Literal["customer", "action", "export", "user"]

    @property
    def owner(self) -> str:
        """As keys name it."""
        return f"{self.project}/{self.id}"


class PermanentDeletion(Shape, frozen=True):
    """That a customer was forgotten."""

    id: str
    customer_id: str
    created_at: Millis


class ForgetCustomer(Shape, tag="forget_customer", frozen=True):
    """Removes a customer, in the bin or not, and all that is personal, for good."""

    customer: str


class EndErasures(Shape, tag="end_erasures", frozen=True):
    """The keys are destroyed; the ledger's own task sends it."""

    ids: tuple[str, ...]


class CustomerForgotten(Shape, tag="customer.forgotten", frozen=True):
    """A customer is gone for good, and their keys have to be destroyed."""

    deletion: PermanentDeletion


class ErasuresEnded(Unanswered, tag="erasures.ended", frozen=True):
    """The keys are destroyed: what they sealed cannot be read any more."""

    ids: tuple[str, ...]


ErasureCommand = ForgetCustomer | EndErasures
ErasureEvent = CustomerForgotten | ErasuresEnded
#: Customers who are forgotten; what they did stays, with nobody's name.
ERASURE_EVENTS: Final = frozenset({CustomerForgotten, ErasuresEnded})
