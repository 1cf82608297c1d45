"""Guesses are slowed: for each account and each address, more with each that fails.

Some may fail at once; then each further one has to wait twice as long as the one before, up to a
bound. It is known by hashes, in memory, of so many at most that nobody can fill it.
"""

from typing import Final, NamedTuple

from runtime.http.errors import ApiError
from schemas.base import Millis
from schemas.errors import refuse

FREE: Final = 5
#: An address may be that of a whole office.
FREE_OF_ADDRESS: Final = 20
DELAY_MS: Final = 2_000
DELAY_MS_MAX: Final = 300_000
#: After how long without a failure all is forgotten.
FORGOTTEN_MS: Final = 3_600_000
KNOWN_MAX: Final = 10_000


class _Failures(NamedTuple):
    times: int
    at: Millis


class Throttle:
    """The failures that are known."""

    def __init__(self) -> None:
        self._failures: dict[str, _Failures] = {}

    def check(self, account: str, address: str, now: Millis) -> None:
        """Raises ApiError 429 where the next guess has to wait."""
        wait = max(self._wait(account, FREE, now), self._wait(address, FREE_OF_ADDRESS, now))
        if wait > 0:
            seconds = str(-(-wait // 1000))
            details = f"After so many failures the next attempt is taken in {seconds} s"
            raise ApiError(refuse("too_many_requests", details), {"retry-after": seconds})

    def note_failure(self, account: str, address: str, now: Millis) -> None:
        """A guess was wrong. Noted before it is known, it also holds for those made at once."""
        for name in (account, address):
            known = self._failures.pop(name, None)
            times = 0 if known is None or known.at + FORGOTTEN_MS <= now else known.times
            while len(self._failures) >= KNOWN_MAX:
                del self._failures[next(iter(self._failures))]
            self._failures[name] = _Failures(times + 1, now)

    def note_success(self, account: str, address: str) -> None:
        """The person is who it is: the account begins anew; of the address this one guess."""
        self._failures.pop(account, None)
        self._take_back(address)

    def take_back(self, account: str, address: str) -> None:
        """It was no guess after all."""
        self._take_back(account)
        self._take_back(address)

    def _take_back(self, name: str) -> None:
        known = self._failures.get(name)
        if known is not None and known.times > 0:
            self._failures[name] = known._replace(times=known.times - 1)

    def _wait(self, name: str, free: int, now: Millis) -> Millis:
        known = self._failures.get(name)
        if known is None or known.times < free or known.at + FORGOTTEN_MS <= now:
            return 0
        # a shift is bounded before it is made
        delay = DELAY_MS << min(known.times - free, 20)
        return known.at + min(delay, DELAY_MS_MAX) - now
