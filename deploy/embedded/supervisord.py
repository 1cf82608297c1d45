"""`supervisord`, woken by the end of a program instead of looking for it.

It notices that a program ended only when its loop comes round, which else is once in a second; and
each step of what follows, a new start or the next part of a stop, takes another round. So a signal
ends the wait, and for a while afterwards the loop comes round often.
"""

import os
import signal
import time
from contextlib import suppress
from typing import Any

from supervisor import poller, supervisord

#: How often it looks after its programs once one of them ended, and for how long.
LOOK_SECONDS = 0.1
BUSY_SECONDS = 15.0


class WakingPoller(poller.Poller):  # type: ignore[misc]  # the library has no types
    """Waits for output of the programs, and for signals."""

    #: Where Python notes that a signal came.
    _wakes: int | None = None
    _busy_until = 0.0

    def poll(self, timeout: float) -> Any:
        # Not before the first wait: at its start the library closes what it does not know.
        if self._wakes is None:
            self._wakes = _wake_up()
            self.register_readable(self._wakes)
        is_busy = time.monotonic() < self._busy_until
        readable, writable = super().poll(min(timeout, LOOK_SECONDS) if is_busy else timeout)
        if self._wakes in readable:
            readable = [each for each in readable if each != self._wakes]
            with suppress(BlockingIOError):
                os.read(self._wakes, 4096)
            self._busy_until = time.monotonic() + BUSY_SECONDS
        return readable, writable


def _wake_up() -> int:
    """What becomes readable when a signal comes."""
    readable, writable = os.pipe()
    for each in (readable, writable):
        os.set_blocking(each, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    return readable


if __name__ == "__main__":
    poller.Poller = WakingPoller
    supervisord.main()
