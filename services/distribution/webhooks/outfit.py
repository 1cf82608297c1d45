"""What sends to webhooks is given: the log, ways to send, the time, how often and how long."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from runtime.log.log import Log
from runtime.log.sender import EntrySender
from runtime.replica.command_sender import CommandSender
from schemas.base import Millis
from services.distribution.webhooks.records import Records
from services.distribution.webhooks.turns import Turns

#: The longest pause between two tries, in first pauses: with a minute, 12 tries take 23.5 hours.
PAUSES_MAX = 450


class Posts(Protocol):
    """Sends requests (runtime/http/outbound.py)."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer. Raises Unreachable."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """What the senders of all partitions share."""

    log: Log
    sender: EntrySender
    commands: CommandSender
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
