"""Commands and records as bytes.

Both are JSON that an SRE reads as it is, except that a record never shows what is personal: every
`Personal`, however deep, is written sealed with its owner's key (runtime/keys/keyring.py) as
`{"owner", "key", "box"}`, and `{"owner"}` once it is forgotten. Commands carry what a client said
in the clear and hold no `Personal`; their topic keeps them for seven days.

What comes out of the topic `commands` is not trusted: whatever its bytes are, `decode_command`
gives a command or raises UnreadableCommand, whose reason repeats nothing of the content.
"""

import re
from typing import Any

import msgspec

from runtime.keys.keyring import Keyring, KeyUnknown
from runtime.keys.sealing import Sealed
from runtime.log.log import StoredEntry
from runtime.log.sender import EntrySender
from schemas.commands import Command
from schemas.personal import Personal, PersonalData
from schemas.records import Record

#: Above what the fronts accept, and far below what a decoder's stack would take.
NESTING_MAX = 64

#: Possessive, and with an optional end, so that no input makes it try twice.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_PLACE = re.compile(r" - at `([^`]*)`$")


class UnreadableCommand(ValueError):
    """The bytes are not a command; the reason repeats nothing of them."""


class UnreadableRecord(ValueError):
    """The bytes are not a record of this version of the code."""


class _Stored(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `Personal` as a record holds it."""

    owner: str
    key: str | None = None
    box: str | None = None


class Codec:
    """The codec of one process. `keyring` seals and opens, `sender` publishes the keys it makes."""

    def __init__(self, keyring: Keyring, sender: EntrySender) -> None:
        self._keyring = keyring
        self._sender = sender
        self._encode_command = msgspec.json.Encoder().encode
        self._encode_record = msgspec.json.Encoder(enc_hook=self._seal).encode
        self._commands = msgspec.json.Decoder(Command)
        self._records: msgspec.json.Decoder[Record] = msgspec.json.Decoder(
            Record, dec_hook=self._open
        )
        self._data = msgspec.json.Decoder(PersonalData)
        self._encode_data = msgspec.json.Encoder().encode

    def encode_command(self, command: Command) -> bytes:
        """The command as it lies in its topic."""
        return self._encode_command(command)

    def decode_command(self, value: bytes) -> Command:
        """The command. Raises UnreadableCommand for any other bytes."""
        if is_nested_too_deep(value):
            raise UnreadableCommand(f"it is nested deeper than {NESTING_MAX} levels")
        try:
            return self._commands.decode(value)
        except msgspec.ValidationError as error:
            place = _PLACE.search(str(error))
            raise UnreadableCommand(
                f"it does not fit the schema at {place[1] if place else '$'}"
            ) from None
        except UnicodeDecodeError:
            raise UnreadableCommand("it holds text that is not UTF-8") from None
        except (msgspec.DecodeError, RecursionError, ValueError):
            raise UnreadableCommand("it is not valid JSON") from None

    def encode_record(self, record: Record) -> bytes:
        """The record, with what is personal sealed.

        It may use a key that was just made: append it after `publish_pending`.
        """
        return self._encode_record(record)

    def decode_record(self, value: bytes) -> Record:
        """The record, with what is personal opened.

        Raises KeyUnknown when keys must be read first, UnreadableRecord, KeyringError.
        """
        try:
            return self._records.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise UnreadableRecord(f"not a record: {error}") from error

    async def publish_pending(self) -> None:
        """Returns once every key that `encode_record` made is acknowledged. Raises LogError."""
        await self._keyring.publish_pending(self._sender)

    def now(self, entry: StoredEntry) -> Record | None:
        """The entry's record, or None when a customer's key must be read first."""
        try:
            return self.decode_record(entry.value)
        except KeyUnknown:
            return None

    async def later(self, entry: StoredEntry) -> Record:
        """The entry's record, after the keys were read to their end. Raises LogError."""
        await self._keyring.catch_up()
        while True:
            try:
                return self.decode_record(entry.value)
            except KeyUnknown as unknown:
                self._keyring.settle(unknown)

    def _seal(self, value: Any) -> Any:
        if not isinstance(value, Personal):
            raise NotImplementedError(f"a record cannot hold a {type(value).__name__}")
        if value.data is None:
            return _Stored(value.owner)
        sealed: Sealed = self._keyring.seal(value.owner, self._encode_data(value.data))
        return _Stored(value.owner, sealed["key"], sealed["box"])

    def _open(self, kind: type, value: Any) -> Any:
        if kind is not Personal:
            raise NotImplementedError(f"a record cannot hold a {kind.__name__}")
        stored = msgspec.convert(value, _Stored)
        if stored.key is None or stored.box is None:
            return Personal(stored.owner, None)
        data = self._keyring.open(stored.owner, stored.key, stored.box)
        return Personal(stored.owner, None if data is None else self._data.decode(data))


def is_nested_too_deep(value: bytes) -> bool:
    """Whether JSON nests deeper than NESTING_MAX; malformed bytes may give either answer."""
    if value.count(b"[") + value.count(b"{") <= NESTING_MAX:
        return False
    brackets = _STRING.sub(b"", value).translate(_BRACKETS, _ALL_BUT_BRACKETS)
    for _ in range(NESTING_MAX):
        brackets = brackets.replace(b"[]", b"")
    # what is left is deeper, or does not close
    return b"[" in brackets
