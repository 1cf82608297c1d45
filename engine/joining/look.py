"""The customers who are there are looked through for a program that they may join by themselves."""

from collections.abc import Callable, Iterable
from typing import Final

from engine.background.chunk import Chunk, share_of
from engine.background.decide import Do
from engine.campaigns.joining import joins_by_itself
from engine.kernel import tables
from engine.kernel.ids import numbered_command
from engine.kernel.state import State, View
from schemas.actions import AsyncAction, JoinCustomers, Rows
from schemas.base import Millis
from schemas.commands import Command
from schemas.events import Event

#: The cursor counts the places of customers by the first hexadecimal digits of their ids, which no
#: two of them share but by a rare chance; those who do are looked at together.
_PREFIX: Final = "cust_"
_DIGITS: Final = 13
PLACES: Final = 16**_DIGITS
#: A chunk ends after so many customers, or so many who joined.
CUSTOMERS_MAX: Final = 500
JOINS_MAX: Final = 40


#: What joins a customer to programs (engine/joining/react.py).
Join = Callable[[View, Command, Iterable[str], str, Millis], Iterable[Event]]


def looking_with(join: Join, fold: Callable[[State, Event, Millis], None]) -> Do:
    """The work: each customer is decided on by what those before made of the state."""

    def join_customers(
        view: View,
        command: Command,
        action: AsyncAction,
        work: JoinCustomers,
        _: Rows | None,
        now: Millis,
    ) -> Chunk:
        program = view.get(tables.CAMPAIGNS, work.campaign_id)
        if program is None or program.deleted_at is not None or not joins_by_itself(program):
            return Chunk((), 0)
        state = view.trial()
        events: list[Event] = []
        seen = joined = 0
        place = action.cursor
        most = share_of(command, JOINS_MAX)
        for customer in view.scan(tables.CUSTOMERS, after=_begin(place)):
            is_full = seen >= CUSTOMERS_MAX or joined >= most
            if is_full and _place_of(customer.id) > place:
                return Chunk(tuple(events), seen, cursor=place + 1, finished=False)
            place, seen = _place_of(customer.id), seen + 1
            own = numbered_command(command, "join", seen)
            told = [*join(state, own, (program.id,), customer.id, now)]
            joined += bool(told)
            for event in told:
                fold(state, event, now)
            events += told
        return Chunk(tuple(events), seen, cursor=PLACES, finished=True)

    return join_customers


def _begin(place: int) -> str:
    """What comes before the ids of a place, and after those of the places before it."""
    return f"{_PREFIX}{place:0{_DIGITS}x}"


def _place_of(customer_id: str) -> int:
    return int(customer_id[len(_PREFIX) : len(_PREFIX) + _DIGITS], 16)
