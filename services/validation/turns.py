"""Work of the engine, in turns with other requests of the host."""

import asyncio
from typing import Final, TypeVar

from engine.qualification.turns import Steps

T = TypeVar("T")

#: After how many steps others have their turn.
STEPS_AT_ONCE: Final = 10


async def run_in_turns(steps: Steps[T]) -> T:
    """What comes of the steps."""
    while True:
        for _ in range(STEPS_AT_ONCE):
            try:
                next(steps)
            except StopIteration as end:
                done: T = end.value
                return done
        await asyncio.sleep(0)
