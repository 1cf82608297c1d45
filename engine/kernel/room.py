"""What rooms have in common: each holds its own tables of what it decides and what it folds.

The hubs above (engine/decide.py, engine/evolve.py) unite them. A type that two rooms claim, or that
nobody does, is a fault of the code and shows at the first import, or in a test.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from engine.kernel.decision import Decision
from engine.kernel.state import State, View
from schemas.base import Millis
from schemas.commands import Command

V = TypeVar("V")

#: The facts of a command: what is seen, its envelope, its body, the time.
Decide = Callable[[View, Command, Any, Millis], Decision]
#: What an event changes in the state, at the record's time.
Fold = Callable[[State, Any, Millis], None]
#: What a room decides, by the type of the command's body; and what it folds, by that of the event.
Decisions = Mapping[type[Any], Decide]
Folds = Mapping[type[Any], Fold]


def unite(*tables: Mapping[type[Any], V]) -> Mapping[type[Any], V]:
    """One table of all; no two may have a line for the same type."""
    united: dict[type[Any], V] = {}
    for table in tables:
        twice = united.keys() & table.keys()
        if twice:
            raise ValueError(f"two rooms claim {sorted(each.__name__ for each in twice)}")
        united.update(table)
    return MappingProxyType(united)
