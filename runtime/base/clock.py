"""The clock of this machine; whoever needs the time takes it as an argument."""

import time

from schemas.base import Millis


def clock_ms() -> Millis:
    """The time of this machine, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000
