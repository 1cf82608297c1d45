"""What is done with the rows that were chosen in a list, each by a call of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from services.dashboard.web.asking import ApiFault, SignedOut

#: How many calls run at once.
AT_ONCE: Final = 8


async def do_with_each(keys: Sequence[str], act: Callable[[str], Awaitable[Any]], done: str) -> str:
    """Asks the same for each, also where one is refused; how many were done, and why not all.

    `done`: what has become of them, as `deleted`. Raises SignedOut.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(key: str) -> ApiFault | None:
        async with gate:
            try:
                await act(key)
            except SignedOut:
                raise
            except ApiFault as fault:
                return fault
        return None

    faults = [each for each in await asyncio.gather(*map(one, keys)) if each is not None]
    said = f"{len(keys) - len(faults)} {done}"
    return f"{said}, {len(faults)} not: {faults[0].sentence}" if faults else said
