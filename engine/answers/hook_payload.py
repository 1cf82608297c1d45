"""What is sent to webhooks: an event of the contract, by name, in the words of its body."""

from collections.abc import Iterator
from typing import NamedTuple

from engine.kernel.calendar import iso
from engine.kernel.encode import CHANNELS, Body, in_javascript_order, to_json
from engine.webhooks.ids import event_id
from schemas.records import Decided

#: Names of events, with their data.
Told = Iterator[tuple[str, Body]]


class HookEvent(NamedTuple):
    """One event for webhooks; `number` is its place in the record."""

    number: int
    name: str
    data: Body


def hook_payload(project: str, offset: int, record: Decided, event: HookEvent) -> bytes:
    """The body that is sent and signed: JavaScript that reads it writes the same, to the byte."""
    body = to_json(
        {
            "id": event_id(project, offset, event.number),
            "project_id": project,
            "created_at": iso(record.at),
            "type": event.name,
            "data": event.data,
            "source": _source(record),
            "event": event.name,
        }
    )
    return in_javascript_order(body)


def _source(record: Decided) -> Body:
    """Whence it came, as far as the record says."""
    source: Body = {"channel": CHANNELS[record.key_kind]}
    for event in record.events:
        key_id = getattr(event, "channel_id", "")
        if key_id and record.key_kind == "user":
            return source | {"user": {"id": key_id}}
        if key_id:
            return source | {"api_key": {"name": "", "app_id": key_id}}
    return source
