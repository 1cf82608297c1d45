"""Passwords: hashed in a thread, a few at once, so that nobody can fill the memory."""

import asyncio
import os
from typing import Final

from runtime.base.passwords import hash_password, matches_hash
from runtime.http.errors import ApiError, invalid_payload
from schemas.errors import refuse
from services.catalog.users.guessable import is_guessable

RANDOM_BYTES: Final = 16
AT_ONCE_MAX: Final = 2
WAITING_MAX: Final = 50
LENGTH_MIN: Final = 12
LENGTH_MAX: Final = 128


class Passwords:
    """Hashes and compares."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE_MAX)
        self._waiting = 0
        #: Compared with where there is no user, so that it takes as long.
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """What is stored of a password. Raises ApiError 429."""
        return str(await self._run(hash_password, password))

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether the hash is that of the password; takes as long without one. Raises ApiError 429."""
        if not self._nobody:
            self._nobody = await self.hash(os.urandom(RANDOM_BYTES).hex())
        found = await self._run(matches_hash, password, stored or self._nobody)
        return bool(found) and stored is not None

    async def _run(self, call: object, *args: str) -> object:
        if self._waiting >= WAITING_MAX:
            raise ApiError(refuse("too_many_requests"), {"retry-after": "5"})
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(call, *args)  # type: ignore[arg-type]
        finally:
            self._waiting -= 1


def check_password(password: str, email: str, property_name: str) -> None:
    """Raises ApiError 400 naming the property for a password that is too easy to guess."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        wrong = f"must have {LENGTH_MIN} to {LENGTH_MAX} characters"
    elif password.strip().lower() == email:
        wrong = "must not be the e-mail address"
    elif is_guessable(password):
        wrong = "must not be one that is guessed first"
    else:
        return
    raise invalid_payload(f"Property `.{property_name}` {wrong}")
