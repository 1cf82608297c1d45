"""Guesses at passwords and codes: slowed, and recorded where they were wrong.

Each counts before it is known to be one, so that many at once are slowed like many in a row. What
failed for a user is recorded behind the answer, no more often than guesses are taken; for an
address that nobody has, nothing is.
"""

import asyncio

import structlog
from starlette.requests import Request

from engine.kernel.state import View
from engine.users.failures import failures_of_address, failures_of_user
from runtime.base.faults import NotSent, OutcomeUnknown
from schemas.user_commands import NoteFailedSignIn
from schemas.users import User
from services.catalog.users.control import Control, place_of, short_hash, user_caller
from services.catalog.users.throttle import Recorded, Throttle

log = structlog.get_logger(__name__)


class Guess:
    """One that was let through, until it is known what it was."""

    def __init__(self, guesses: "Guesses", account: str, address: str) -> None:
        self._guesses = guesses
        self._account = account
        self._address = address

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
        recorded = Recorded(address=failures_of_address(view, key, now))
        if user is not None:
            of_user = failures_of_user(view, user.id, now)
            recorded = Recorded(of_user, recorded.address, user.last_sign_in_at or 0)
        account = short_hash(email)
        self.throttle.check(account, key, now, recorded)
        self.throttle.note_failure(account, key, now, recorded)
        return Guess(self, account, key)

    def record_failure(self, request: Request, user: User) -> None:
        """Has it recorded behind the answer, which takes no longer by it."""
        command = NoteFailedSignIn(user.id, place_of(request), self._address_key(request))
        task = asyncio.create_task(self._record(command))
        self._recording.add(task)
        task.add_done_callback(self._recording.discard)

    async def _record(self, command: NoteFailedSignIn) -> None:
        try:
            await self._control.send(user_caller(command.user_id), command)
        except (NotSent, OutcomeUnknown) as fault:
            log.warning("failed sign-in not recorded", reason=type(fault).__name__)

    def _address_key(self, request: Request) -> str:
        """The keyed hash of where a request came from: the ledger keeps no address by it."""
        return self._control.secrets.hash_token(f"ip/{place_of(request).ip}")
