"""The ticker: has what time ended swept, so that the end of a session reaches the log.

Decisions do not need it (they compare with their own `now`); it looks at the writers' state and
sends a command only for a project in which something is due, so an idle log stays idle.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable

import structlog

from engine.expiry import is_due
from engine.fold import StateFold
from runtime.log import Entry, LogError
from schemas.base import Millis
from schemas.commands import Command, ExpireDue
from schemas.topics import COMMANDS

PERIOD_SECONDS = 1.0
DEADLINE_MS = 10_000

log = structlog.get_logger(__name__)


class Ticker:
    """Looks at the partitions that `serving` names, once a second."""

    def __init__(
        self,
        serving: Callable[[], Iterable[tuple[int, StateFold]]],
        send: Callable[[str, int, Entry], Awaitable[int]],
        encode: Callable[[Command], bytes],
        *,
        clock_ms: Callable[[], Millis],
    ) -> None:
        self._serving = serving
        self._send = send
        self._encode = encode
        self._clock_ms = clock_ms

    async def run(self) -> None:
        """Sweeps, until cancelled."""
        while True:
            await asyncio.sleep(PERIOD_SECONDS)
            for partition, fold in list(self._serving()):
                for project in fold.projects():
                    if is_due(fold.view(project), self._clock_ms()):
                        await self._sweep(partition, project)

    async def _sweep(self, partition: int, project: str) -> None:
        now = self._clock_ms()
        command = Command(
            id=f"cmd_{os.urandom(13).hex()}",
            project=project,
            sent_at=now,
            deadline=now + DEADLINE_MS,
            seed=os.urandom(16).hex(),
            key_kind="system",
            fingerprint="",
            body=ExpireDue(),
        )
        headers = (("type", b"expire_due"), ("id", command.id.encode()), ("version", b"1"))
        try:
            entry = Entry(project.encode(), self._encode(command), headers)
            await self._send(COMMANDS, partition, entry)
        except LogError as fault:
            log.warning("sweep not sent", project=project, reason=str(fault))
