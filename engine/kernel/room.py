"""What rooms have in common: each holds its own tables of what it decides, folds and shows.

The hubs above (engine/decide.py, engine/evolve.py, engine/answers/answer.py) unite them. A type
that two rooms claim, or that nobody does, is a fault of the code and shows at the first import, or
in a test.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

from engine.kernel.decision import Decision
from engine.kernel.encode import Body
from engine.kernel.state import State, View
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal
from schemas.events import Event
from schemas.programs import Reacting
from schemas.projects import KeyKind
from schemas.records import Decided

V = TypeVar("V")

#: The facts of a command, or why there are none: what is seen, its envelope, its body, the time.
Decide = Callable[[View, Command, Any, Millis], Decision | Refusal]
#: What an event changes in the state, at the record's time.
Fold = Callable[[State, Any, Millis], None]


class Rendered(NamedTuple):
    """A status and its body; None where the answer has none."""

    status: int
    body: Body | None


NO_CONTENT: Final = Rendered(204, None)
#: The answer that an event of a record gives to its command, for a kind of key.
Show = Callable[[Any, Decided, KeyKind], Rendered]
#: What a room decides, by the type of the command's body; and what it folds, by that of the event.
Decisions = Mapping[type[Any], Decide]
Folds = Mapping[type[Any], Fold]
#: What follows of an event, for the campaigns that react (engine/effects.py), by its type.
Reactions = Mapping[type[Any], Callable[[View, Command, Reacting, Any, Millis], Iterable[Event]]]
#: What it answers a command with, by the type of the event.
Answers = Mapping[type[Any], Show]


def shows(body_of: Callable[..., Body], *members: str) -> Show:
    """The answer 200 with the body of these members of the event."""

    def show(event: Any, _: Decided, __: KeyKind) -> Rendered:
        return Rendered(200, body_of(*(getattr(event, name) for name in members)))

    return show


def shows_nothing(*_: object) -> Rendered:
    """The answer 204, which has no body."""
    return NO_CONTENT


def unite_tables(*tables: Mapping[type[Any], V]) -> Mapping[type[Any], V]:
    """One table of all; no two may have a line for the same type."""
    united: dict[type[Any], V] = {}
    for table in tables:
        twice = united.keys() & table.keys()
        if twice:
            raise ValueError(f"two rooms claim {sorted(each.__name__ for each in twice)}")
        united.update(table)
    return MappingProxyType(united)
