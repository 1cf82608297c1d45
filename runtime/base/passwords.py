"""Passwords as they are kept: Argon2id, with its salt and costs in the PHC string format.

Costs as OWASP's Password Storage Cheat Sheet has them: 19 MiB, two passes, one lane.
"""

import os
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

MEMORY_KIB: Final = 19_456
PASSES: Final = 2
SALT_BYTES: Final = 16
HASH_BYTES: Final = 32


def hash_password(password: str) -> str:
    """The hash with its salt and costs, in the PHC string format."""
    return _hasher(os.urandom(SALT_BYTES)).derive_phc_encoded(password.encode())


def matches_hash(password: str, stored: str) -> bool:
    """Whether the hash is that of the password."""
    try:
        Argon2id.verify_phc_encoded(password.encode(), stored)
    except InvalidKey:
        return False
    return True


def _hasher(salt: bytes) -> Argon2id:
    return Argon2id(
        salt=salt, length=HASH_BYTES, iterations=PASSES, lanes=1, memory_cost=MEMORY_KIB
    )
