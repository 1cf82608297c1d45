"""Where a keyring keeps what in its store."""

from typing import Final

#: Up to where the topic was read.
POSITION: Final = b"~position"
KEYS: Final = b"key/"
NOTED: Final = b"erased/"


def key_place(owner: str, key: str) -> bytes:
    """A wrapped key of an owner; without a key the beginning of all of theirs."""
    return KEYS + f"{owner}/{key}".encode()


def noted_place(owner: str) -> bytes:
    """That an owner was forgotten, until nothing is left of them."""
    return NOTED + owner.encode()


def current_place(owner: str) -> bytes:
    """The id of the newest key of an owner."""
    return f"current/{owner}".encode()
