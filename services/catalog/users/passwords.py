"""Passwords: hashed with Argon2id in a thread, a few at once, so that nobody can fill the memory.

Costs as OWASP's Password Storage Cheat Sheet has them: 19 MiB, two passes, one lane.
"""

import asyncio
import os
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from runtime.http.errors import ApiError, invalid_payload
from schemas.errors import refuse

MEMORY_KIB: Final = 19_456
PASSES: Final = 2
SALT_BYTES: Final = 16
HASH_BYTES: Final = 32
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
            self._nobody = await self.hash(os.urandom(SALT_BYTES).hex())
        found = await self._run(_matches, password, stored or self._nobody)
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


def hash_password(password: str) -> str:
    """The hash with its salt and costs, in the PHC string format."""
    return _hasher(os.urandom(SALT_BYTES)).derive_phc_encoded(password.encode())


def check_password(password: str, email: str, property_name: str) -> None:
    """Raises ApiError 400 naming the property for a password that is too easy to guess."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        wrong = f"must have {LENGTH_MIN} to {LENGTH_MAX} characters"
    elif password.strip().lower() == email:
        wrong = "must not be the e-mail address"
    elif len(set(password)) == 1:
        wrong = "must not be one character alone"
    else:
        return
    raise invalid_payload(f"Property `.{property_name}` {wrong}")


def _matches(password: str, stored: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password.encode(), stored)
    except InvalidKey:
        return False
    return True


def _hasher(salt: bytes) -> Argon2id:
    return Argon2id(
        salt=salt, length=HASH_BYTES, iterations=PASSES, lanes=1, memory_cost=MEMORY_KIB
    )
