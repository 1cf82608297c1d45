"""Guesses are slowed: for each account and each address, more with each that fails.

Some may fail at once; then each further one has to wait twice as long as the one before, up to a
bound. What failed is known from the ledger, so a restart forgets nothing and all processes know the
same. What the ledger does not know yet is known here by hashes: guesses that are being checked, and
those at accounts that nobody has until they are told (guesses.py); of so many at most that nobody
can fill the memory.
"""

from typing import Final, NamedTuple

from engine.users.failures import NO_FAILURES, Failures
from runtime.http.errors import ApiError
from schemas.base import Millis
from schemas.errors import refuse
from schemas.user_commands import NOTED_MAX

FREE: Final = 5
#: An address may be that of a whole office.
FREE_OF_ADDRESS: Final = 20
DELAY_MS: Final = 2_000
DELAY_MS_MAX: Final = 300_000
KNOWN_MAX: Final = 10_000
#: How long after one record of guesses at nobody the next may come.
TELL_MS: Final = 10_000


class Recorded(NamedTuple):
    """What the ledger knows of the account and the address of a guess."""

    account: Failures = NO_FAILURES
    address: Failures = NO_FAILURES
    #: When the account was let in last: what failed before counts in no process any more.
    let_in_at: Millis = 0


NOT_RECORDED: Final = Recorded()


class Throttle:
    """The failures that this process knows."""

    def __init__(self) -> None:
        self._failures: dict[str, Failures] = {}
        #: By keyed hashes, guesses at nobody that the ledger was not told of.
        self._untold: dict[str, int] = {}
        self._told_at: Millis = 0

    def check(
        self, account: str, address: str, now: Millis, recorded: Recorded = NOT_RECORDED
    ) -> None:
        """Raises ApiError 429 where the next guess has to wait."""
        of_account, of_address = self._joined(account, address, now, recorded)
        wait = max(_wait(of_account, FREE, now), _wait(of_address, FREE_OF_ADDRESS, now))
        if wait > 0:
            seconds = str(-(-wait // 1000))
            details = f"After so many failures the next attempt is taken in {seconds} s"
            raise ApiError(refuse("too_many_requests", details), {"retry-after": seconds})

    def note_failure(
        self, account: str, address: str, now: Millis, recorded: Recorded = NOT_RECORDED
    ) -> bool:
        """A guess was wrong. Noted before it is known, it also holds for those made at once.

        Tells whether the next one has to wait.
        """
        known = self._joined(account, address, now, recorded)
        for name, failures in zip((account, address), known, strict=True):
            self._failures.pop(name, None)
            while len(self._failures) >= KNOWN_MAX:
                del self._failures[next(iter(self._failures))]
            self._failures[name] = Failures(failures.times + 1, now)
        of_account, of_address = known
        return of_account.times + 1 >= FREE or of_address.times + 1 >= FREE_OF_ADDRESS

    def note_nobody(
        self, names: tuple[str, ...], now: Millis, *, slows: bool
    ) -> tuple[tuple[str, int], ...]:
        """A guess was at an account that nobody has, by the keyed hashes that it is to be known by.

        Gives what the ledger is to be told, with how often each: all that it was not told of, once
        guesses are slowed, and not again too soon.
        """
        for name in names:
            times = self._untold.pop(name, 0)
            while len(self._untold) >= NOTED_MAX:
                del self._untold[next(iter(self._untold))]
            self._untold[name] = times + 1
        if not slows or now < self._told_at + TELL_MS:
            return ()
        told, self._untold, self._told_at = tuple(self._untold.items()), {}, now
        return told

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

    def _joined(
        self, account: str, address: str, now: Millis, recorded: Recorded
    ) -> tuple[Failures, Failures]:
        """What is known here and in the ledger of both."""
        of_account = self._failures.get(account, NO_FAILURES)
        if of_account.at < recorded.let_in_at:
            of_account = NO_FAILURES
        of_address = self._failures.get(address, NO_FAILURES)
        return (
            of_account.as_of(now).joined(recorded.account),
            of_address.as_of(now).joined(recorded.address),
        )


def _wait(failures: Failures, free: int, now: Millis) -> Millis:
    if failures.times < free:
        return 0
    # a shift is bounded before it is made
    delay = DELAY_MS << min(failures.times - free, 20)
    return failures.at + min(delay, DELAY_MS_MAX) - now
