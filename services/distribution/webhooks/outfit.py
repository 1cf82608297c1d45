"""What sends to webhooks is given: the log, ways to send, the time, how often and how long."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from runtime.log.log import Entry, Log
from schemas.base import Millis
from schemas.commands import CommandBody
from schemas.projects import KeyKind
from services.distribution.webhooks.records import Records
from services.distribution.webhooks.turns import Turns

#: The longest pause between two tries, in first pauses: with a minute, 12 tries take 23.5 hours.
PAUSES_MAX = 450


class Posts(Protocol):
    """Sends requests (runtime/http/outbound.py)."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer. Raises Unreachable."""


class SendsEntries(Protocol):
    """Appends single entries (runtime/log/sender.py)."""

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        """The entry's offset. Raises Unsent, InDoubt."""


class SendsCommands(Protocol):
    """Has commands decided (runtime/replica/commands.py)."""

    async def send(
        self,
        project: str,
        body: CommandBody,
        *,
        key_kind: KeyKind,
        channel: str = "API",
        command_id: str | None = None,
    ) -> Any:
        """The record that decides the command. Raises NotSent, OutcomeUnknown, NotDecided."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """What the senders of all partitions share."""

    log: Log
    sender: SendsEntries
    commands: SendsCommands
    posts: Posts
    #: The token that a project's webhooks are signed with.
    token_of: Callable[[str], str]
    clock_ms: Callable[[], Millis]
    turns: Turns
    retry_seconds: float
    attempts_max: int
    records: Records = field(default_factory=Records)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def pause_ms(self, attempts: int) -> int:
        """How long the pause is after that many tries."""
        pauses: int = min(1 << (attempts - 1), PAUSES_MAX)
        return math.ceil(1000 * self.retry_seconds * pauses)
