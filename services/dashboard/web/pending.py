"""Who gave the right password and has a second factor to show: kept here, never in a page."""

import secrets
import time
from collections.abc import Callable
from typing import Final

#: How long the second factor may take.
PENDING_SECONDS: Final = 300.0
PENDING_MAX: Final = 1_000


class Pending:
    """What was typed before the second factor was asked for, by a number that nobody guesses."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, str, str]] = {}

    def keep(self, email: str, password: str) -> str:
        """Keeps both for a while; where there are too many, the oldest has to begin again."""
        now = self._clock()
        self._kept = {name: each for name, each in self._kept.items() if each[0] > now}
        if len(self._kept) >= PENDING_MAX:
            del self._kept[next(iter(self._kept))]
        name = secrets.token_urlsafe(24)
        self._kept[name] = (now + PENDING_SECONDS, email, password)
        return name

    def find(self, name: str) -> tuple[str, str] | None:
        """E-mail and password; None after a while."""
        ends, email, password = self._kept.get(name, (0.0, "", ""))
        return (email, password) if ends > self._clock() else None

    def drop(self, name: str) -> None:
        """Forgets them: somebody is signed in."""
        self._kept.pop(name, None)
