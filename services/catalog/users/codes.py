"""The second factor: codes that a device makes of a secret, and codes for when it is lost.

Codes as RFC 6238 has them, with SHA-1, six digits and steps of 30 seconds, as all devices know
them; the step before and the one after count, too. The secret is encrypted with a key of the
installation, bound to its user, before any command names it.
"""

import base64
import hmac
import os
import secrets
from typing import Final
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schemas.base import Millis

SECRET_BYTES: Final = 20
NONCE_BYTES: Final = 12
STEP_MS: Final = 30_000
DIGITS: Final = 6
#: How many steps a clock may be off.
DRIFT: Final = 1
RECOVERY_CODES: Final = 10
ISSUER: Final = "Tessera"
#: Without what is easily taken for something else.
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_HALF: Final = 5


class SecondFactors:
    """Makes secrets and tells their codes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, user_id: str, secret: bytes) -> str:
        """The secret as the ledger has it."""
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(
            nonce + self._cipher.encrypt(nonce, secret, user_id.encode())
        ).decode()

    def find_step(self, user_id: str, box: str, code: str, now: Millis) -> int | None:
        """The step whose code it is; None where it is none of this moment."""
        secret = self._open(user_id, box)
        current = now // STEP_MS
        found = None
        for step in range(current - DRIFT, current + DRIFT + 1):
            if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
                found = step
        return found

    def _open(self, user_id: str, box: str) -> bytes:
        sealed = base64.b64decode(box)
        nonce, content = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, content, user_id.encode())
        except InvalidTag:
            # of another master key: no code is right
            return os.urandom(SECRET_BYTES)


def code_at(secret: bytes, step: int) -> str:
    """The code of a step. Source: RFC 4226, section 5.3."""
    digest = hmac.digest(secret, step.to_bytes(8), "sha1")
    begin = digest[-1] & 15
    number = int.from_bytes(digest[begin : begin + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def new_secret() -> bytes:
    """A secret of a device."""
    return os.urandom(SECRET_BYTES)


def secret_text(secret: bytes) -> str:
    """As a person types it into a device."""
    return base64.b32encode(secret).decode()


def otpauth_url(secret: bytes, email: str) -> str:
    """As a device reads it from a picture. Source: the Key URI Format of Google Authenticator."""
    label = quote(f"{ISSUER}:{email}")
    return f"otpauth://totp/{label}?secret={secret_text(secret)}&issuer={ISSUER}"


def new_recovery_codes() -> list[str]:
    """Codes that stand in for the device, each once; some 49 bits each."""
    return [f"{_draw()}-{_draw()}" for _ in range(RECOVERY_CODES)]


def plain_recovery_code(typed: str) -> str:
    """A recovery code however it is typed."""
    return "".join(each for each in typed.lower() if each in _ALPHABET)


def _draw() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_HALF))
