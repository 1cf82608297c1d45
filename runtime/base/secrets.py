"""The keys of an installation, all derived from its master key, each for one purpose.

A key for one purpose says nothing about another's, and none leads back to the master key
(HKDF-SHA256). Losing the master key loses every customer's personal data and every token.
"""

import base64
import hmac
from dataclasses import dataclass, fields

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """One key of 32 bytes for each purpose; its name is part of how it is derived."""

    #: Hashes of API tokens.
    tokens: bytes
    #: Tracking ids of customers.
    tracking: bytes
    #: Command ids from clients' idempotency keys, and fingerprints of their plain requests.
    idempotency: bytes
    #: What the hosts of an installation know one another by.
    internal: bytes
    #: Signs access tokens.
    oauth: bytes
    #: Signs links to the files of exports.
    exports: bytes
    #: Signs what is sent to a project's webhooks.
    webhooks: bytes
    #: Tokens of keys that a request with an idempotency key makes.
    issuing: bytes
    #: Encrypts the secrets of users' second factors.
    second_factors: bytes
    #: Seeds of the draws of giveaways.
    draws: bytes
    #: Wraps the customers' data keys.
    wrapping: bytes

    @classmethod
    def from_master(cls, master: bytes) -> "Secrets":
        """The keys below a master key. Raises ValueError unless it has 32 bytes."""
        if len(master) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        return cls(**{field.name: _derive_key(master, field.name) for field in fields(cls)})

    def hash_token(self, token: str) -> str:
        """What is stored of a token: its HMAC-SHA256, hexadecimal."""
        return hmac.digest(self.tokens, token.encode(), "sha256").hex()

    def draw_seed(self, project: str, nonce: str) -> str:
        """The seed of a project's draw, 64 hexadecimal digits; derived, so that it is stored nowhere."""
        return hmac.digest(self.draws, f"{project}/{nonce}".encode(), "sha256").hex()

    def webhook_token(self, project: str) -> str:
        """What a project's webhooks are signed with; derived, so that it is stored nowhere.

        It reads `whsec_` and 32 bytes in base64, as Standard Webhooks wants it.
        """
        key = hmac.digest(self.webhooks, project.encode(), "sha256")
        return "whsec_" + base64.b64encode(key).decode()


def _derive_key(master: bytes, purpose: str) -> bytes:
    info = b"tessera/1/" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master)
