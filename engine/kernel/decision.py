"""What `decide` gives: the facts of one command."""

from dataclasses import dataclass

from schemas.assignments import RuleAssignment
from schemas.categories import Category
from schemas.customers import Customer
from schemas.errors import Refusal
from schemas.events import Event


@dataclass(frozen=True, slots=True)
class Decision:
    """Events, or a refusal, or both where the refusal itself is recorded as an event."""

    events: tuple[Event, ...] = ()
    refusal: Refusal | None = None
    #: The customer that the request named, as it was, where no event holds it.
    customer: Customer | None = None
    #: The assignments of validation rules to what the answer shows.
    assignments: tuple[RuleAssignment, ...] = ()
    #: The categories of what the answer shows, where no event holds them.
    categories: tuple[Category, ...] = ()
    #: How many of the last events follow from those before them and answer nothing.
    effects: int = 0
