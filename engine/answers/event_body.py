"""An event of the ledger as the log of events shows it."""

from decimal import Decimal
from typing import Any, Final

import msgspec

from engine.kernel.calendar import iso
from engine.kernel.encode import CHANNELS, Body
from schemas.base import tag_of
from schemas.personal import Personal
from schemas.records import Decided

#: Hashes of what a key or a person is known by: they say nothing to a reader.
HIDDEN: Final = frozenset({"token_hash", "guest_key", "fingerprint"})


def event_body(event_id: str, log_id: str, record: Decided, index: int) -> Body:
    """The event with that place in its record, without its data."""
    return {
        "id": event_id,
        "object": "event",
        "type": tag_of(type(record.events[index])),
        "created_at": iso(record.at),
        "log_id": log_id,
        "channel": CHANNELS[record.key_kind],
        "command": record.command_type,
    }


def event_data(event: Any) -> Body:
    """What it says, under the names that docs/events.md has; of who was forgotten only the id.

    What identifies a person is shown in the place of its reference.
    """
    shown: Body = plain_value(event)
    del shown["type"]
    return shown


def plain_value(value: Any) -> Any:
    """A part of an event as JSON has it, with the person in the place of the reference."""
    data = msgspec.to_builtins(value, builtin_types=(Decimal,), enc_hook=_open)
    return _without_hidden(data)


def _open(value: Any) -> Any:
    if not isinstance(value, Personal):
        raise NotImplementedError(f"cannot show a {type(value).__name__}")
    return None if value.data is None else msgspec.to_builtins(value.data)


def _without_hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_hidden(each) for k, each in value.items() if k not in HIDDEN}
    if isinstance(value, list | tuple):
        return [_without_hidden(each) for each in value]
    return value
