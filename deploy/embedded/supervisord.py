"""`supervisord`, looking after its programs ten times a second instead of once.

It notices that a program ended only when its loop comes round, so the pace of the loop is how long
a dead host stays dead and how long each step of a stop takes.
"""

from typing import Any

from supervisor import poller, supervisord

LOOK_SECONDS = 0.1


class QuickPoller(poller.Poller):  # type: ignore[misc]  # the library has no types
    """Waits for output of the programs, but not for long."""

    def poll(self, timeout: float) -> Any:
        return super().poll(min(timeout, LOOK_SECONDS))


if __name__ == "__main__":
    poller.Poller = QuickPoller
    supervisord.main()
