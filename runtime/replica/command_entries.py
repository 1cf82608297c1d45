"""Commands as they lie in their topic, and those that the system itself sends there."""

import os
from typing import Final

from runtime.log.log import Entry
from schemas.base import Millis, tag_of
from schemas.commands import Command, CommandBody

#: How long a command of the system counts; no client waits for it.
DEADLINE_MS: Final = 10_000


def entry_of(command: Command, value: bytes) -> Entry:
    """The command as it lies in its topic; `value` is what it encodes to."""
    headers = (
        ("type", tag_of(type(command.body)).encode()),
        ("id", command.id.encode()),
        ("version", b"1"),
    )
    return Entry(command.project.encode(), value, headers)


def make_system_command(
    project: str, body: CommandBody, now: Millis, channel: str = "API"
) -> Command:
    """A command of the system, with an id and a seed drawn for it."""
    return Command(
        id=f"cmd_{os.urandom(13).hex()}",
        project=project,
        sent_at=now,
        deadline=now + DEADLINE_MS,
        seed=os.urandom(16).hex(),
        key_kind="system",
        fingerprint="",
        body=body,
        channel=channel,
    )
