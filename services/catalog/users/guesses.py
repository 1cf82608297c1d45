"""Guesses at passwords and codes: slowed, and recorded where they were wrong.

Each counts before it is known to be one, so that many at once are slowed like many in a row. What
failed for a user is recorded behind the answer, no more often than guesses are taken. So are guesses
at an account that nobody has, or else a restart, and another process, would tell it from one that
somebody has: but only once they are slowed, many in one record, and no more often than every
`TELL_MS` (throttle.py), so that nobody who is not signed in can fill the ledger.
"""

import asyncio

import structlog
from starlette.requests import Request

from engine.kernel.state import View
from engine.users.failures import failures_at_nobody, failures_of_address, failures_of_user
from runtime.base.faults import NotSent, OutcomeUnknown
from schemas.user_commands import NoteFailedSignIn, NoteGuesses
from schemas.users import User
from services.catalog.users.control import Control, place_of, short_hash, user_caller
from services.catalog.users.throttle import Recorded, Throttle

log = structlog.get_logger(__name__)


class Guess:
    """One that was let through, until it is known what it was."""

    def __init__(self, guesses: "Guesses", account: str, address: str, *, slows: bool) -> None:
        self._guesses = guesses
        self._account = account
        self._address = address
        #: Whether the next one has to wait.
        self.slows = slows

    def succeed(self) -> None:
        """The person is who it is."""
        self._guesses.throttle.note_success(self._account, self._address)

    def take_back(self) -> None:
        """It was no guess after all."""
        self._guesses.throttle.take_back(self._account, self._address)


class Guesses:
    """Lets guesses through, or has them wait."""

    def __init__(self, control: Control, throttle: Throttle) -> None:
        self._control = control
        self.throttle = throttle
        self._recording: set[asyncio.Task[None]] = set()

    def begin(self, request: Request, view: View, email: str, user: User | None) -> Guess:
        """A guess at the account with that address, whose user it is. Raises ApiError 429."""
        now, key = self._control.clock_ms(), self._address_key(request)
        of_address = failures_of_address(view, key, now).added(failures_at_nobody(view, key, now))
        if user is None:
            nobody = failures_at_nobody(view, self._account_key(email), now)
            recorded = Recorded(nobody, of_address)
        else:
            of_user = failures_of_user(view, user.id, now)
            recorded = Recorded(of_user, of_address, user.last_sign_in_at or 0)
        account = short_hash(email)
        self.throttle.check(account, key, now, recorded)
        slows = self.throttle.note_failure(account, key, now, recorded)
        return Guess(self, account, key, slows=slows)

    def record_failure(self, request: Request, user: User) -> None:
        """Has it recorded behind the answer, which takes no longer by it."""
        command = NoteFailedSignIn(user.id, place_of(request), self._address_key(request))
        self._begin_recording(user.id, command)

    def record_nobody(self, request: Request, email: str, guess: Guess) -> None:
        """Has guesses at accounts that nobody has recorded once they are slowed, all that are untold."""
        names = (self._account_key(email), self._address_key(request))
        now = self._control.clock_ms()
        to_tell = self.throttle.note_nobody(names, now, slows=guess.slows)
        if to_tell:
            self._begin_recording("", NoteGuesses(to_tell))

    def _begin_recording(self, user_id: str, command: NoteFailedSignIn | NoteGuesses) -> None:
        task = asyncio.create_task(self._record(user_id, command))
        self._recording.add(task)
        task.add_done_callback(self._recording.discard)

    async def _record(self, user_id: str, command: NoteFailedSignIn | NoteGuesses) -> None:
        try:
            await self._control.send(user_caller(user_id), command)
        except (NotSent, OutcomeUnknown) as fault:
            log.warning("failed sign-in not recorded", reason=type(fault).__name__)

    def _account_key(self, email: str) -> str:
        """The keyed hash of an account that nobody has: the ledger keeps no address by it."""
        return self._control.secrets.hash_token(f"nobody/{email}")

    def _address_key(self, request: Request) -> str:
        """The keyed hash of where a request came from: the ledger keeps no address by it."""
        return self._control.secrets.hash_token(f"ip/{place_of(request).ip}")
