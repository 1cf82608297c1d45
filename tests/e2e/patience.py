"""A client that is told to come back later does so: no story depends on how fast the machine is.

503 says that nothing was carried out, for instance since a replica has had no processor for a
second. Whatever else is answered is what was asked for.
"""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 30.0
BACK_OFF_SECONDS = 0.2


def answered(ask: Callable[[], T], status: Callable[[T], int]) -> T:
    """The first answer that is not 503; the last one where they all are."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while status(answer := ask()) == 503 and time.monotonic() < deadline:
        time.sleep(BACK_OFF_SECONDS)
    return answer
