"""Work that is done in small steps, so that whoever runs it may let others have their turn.

A step is little: an offer that is tried, a set of rules that is asked. What is looked at may change
between two steps, as it may between two pages.
"""

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")

#: Stops after each step; what it returns is what comes of all of them.
Steps = Generator[None, None, T]


def run_at_once(steps: Steps[T]) -> T:
    """What comes of the steps, with nobody else in between."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            done: T = end.value
            return done
