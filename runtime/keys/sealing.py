"""How personal data is sealed with its owner's key, and that key wrapped: AES-GCM, random nonces.

A ciphertext is bound to its owner and key, so none can stand in the place of another.
"""

import base64
from collections.abc import Callable
from typing import TypedDict

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12

RandomBytes = Callable[[int], bytes]


class KeyringError(Exception):
    """A sealed value, or a wrapped key, is not what this installation sealed or wrapped."""


class Sealed(TypedDict):
    """A sealed value: the key's id, and nonce and ciphertext in base64."""

    key: str
    box: str


class _Wrapped(msgspec.Struct, frozen=True):
    """A data key as the topic holds it; `wrapped` is nonce and ciphertext."""

    wrapped: bytes


class Wrapping:
    """Wraps data keys with the installation's wrapping key."""

    def __init__(self, wrapping_key: bytes, random_bytes: RandomBytes) -> None:
        self._cipher = AESGCM(wrapping_key)
        self._random_bytes = random_bytes

    def wrap(self, owner: str, key: str, secret: bytes) -> bytes:
        """The data key as the topic holds it."""
        nonce = self._random_bytes(NONCE_BYTES)
        wrapped = nonce + self._cipher.encrypt(nonce, secret, _associated_data(owner, key))
        return msgspec.json.encode(_Wrapped(wrapped))

    def unwrap(self, owner: str, key: str, stored: bytes) -> bytes:
        """The data key. Raises KeyringError when another wrapped it, or it was changed."""
        try:
            wrapped = msgspec.json.decode(stored, type=_Wrapped).wrapped
            return self._cipher.decrypt(
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _associated_data(owner, key)
            )
        except (InvalidTag, ValueError, msgspec.DecodeError) as error:
            raise KeyringError(
                f"key {key} of {owner} was wrapped by another master key, or changed"
            ) from error


def require_wrapped(stored: bytes) -> None:
    """Raises ValueError, RecursionError for what no wrapped key looks like."""
    msgspec.json.decode(stored, type=_Wrapped)


def seal_box(cipher: AESGCM, owner: str, key: str, data: bytes, random_bytes: RandomBytes) -> str:
    """The box that holds the data."""
    nonce = random_bytes(NONCE_BYTES)
    box = nonce + cipher.encrypt(nonce, data, _associated_data(owner, key))
    return base64.b64encode(box).decode()


def open_box(cipher: AESGCM, owner: str, key: str, box: str) -> bytes:
    """What is in the box. Raises KeyringError when it is not one of this owner and key."""
    try:
        sealed = base64.b64decode(box, validate=True)
        return cipher.decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _associated_data(owner, key)
        )
    except (InvalidTag, ValueError) as error:
        raise KeyringError(f"what key {key} of {owner} sealed was changed") from error


def _associated_data(owner: str, key: str) -> bytes:
    """What a ciphertext is valid for, and nothing else."""
    return f"{owner}\0{key}".encode()
