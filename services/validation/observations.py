"""Observations on their way to the topic `validations`, behind the answers they are about.

An answer does not wait for its observation, but only so many may be on their way: beyond that the
service says that it is not available, rather than lose count. What the log did not take is tried
again; it may then be there twice, and its id tells. Numbers that are asked for afterwards wait for
what was on its way (`position`).
"""

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from runtime.http.errors import unavailable
from runtime.log.log import Entry, LogError
from runtime.log.sender import EntrySender
from schemas.base import tag_of
from schemas.observations import ValidationObserved
from schemas.topics import VALIDATIONS

PENDING_MAX = 10_000
#: How long who asks for numbers waits for what is on its way.
POSITION_SECONDS_MAX = 10.0
ATTEMPTS_MAX = 5
RETRY_SECONDS = 0.5

log = structlog.get_logger(__name__)

_encode = msgspec.json.Encoder().encode
_TYPE = tag_of(ValidationObserved).encode()


class Observations:
    """Sends observations in the background."""

    def __init__(
        self,
        sender: EntrySender,
        partition_of: Callable[[str], int],
        *,
        pending_max: int = PENDING_MAX,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self.lost = 0
        self._sender = sender
        self._partition_of = partition_of
        self._pending_max = pending_max
        self._retry_seconds = retry_seconds
        self._pending: dict[int, set[asyncio.Task[None]]] = {}
        self._positions: dict[int, int] = {}
        self._count = 0

    @property
    def full(self) -> bool:
        """Whether no more may be put on their way."""
        return self._count >= self._pending_max

    def observe(self, seen: ValidationObserved) -> None:
        """Puts an observation on its way. Raises ApiError 503 when too many are."""
        if self.full:
            raise unavailable("Validations cannot be recorded at the moment")
        partition = self._partition_of(seen.project)
        task = asyncio.create_task(self._send(partition, seen))
        tasks = self._pending.setdefault(partition, set())
        tasks.add(task)
        self._count += 1
        task.add_done_callback(lambda done: self._note_end(tasks, done))

    async def position(self, project: str, timeout_seconds: float = POSITION_SECONDS_MAX) -> int:
        """The offset up to which everything observed so far of a project lies; -1: nothing yet."""
        partition = self._partition_of(project)
        tasks = self._pending.get(partition)
        if tasks:
            await asyncio.wait(set(tasks), timeout=timeout_seconds)
        return self._positions.get(partition, -1)

    async def drain(self, timeout_seconds: float = 5.0) -> None:
        """Waits for what is on its way, when the host stops."""
        tasks = {task for each in self._pending.values() for task in each}
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_seconds)

    def _note_end(self, tasks: set[asyncio.Task[None]], task: asyncio.Task[None]) -> None:
        tasks.discard(task)
        self._count -= 1
        if not task.cancelled() and task.exception() is not None:
            self.lost += 1
            log.error("validation not recorded", exc_info=task.exception())

    async def _send(self, partition: int, seen: ValidationObserved) -> None:
        entry = Entry(
            seen.project.encode(),
            _encode(seen),
            (("type", _TYPE), ("id", seen.id.encode()), ("version", b"1")),
        )
        for attempt in range(ATTEMPTS_MAX):
            try:
                offset = await self._sender.send(VALIDATIONS, partition, entry)
            except LogError:
                if attempt == ATTEMPTS_MAX - 1:
                    raise
                await asyncio.sleep(self._retry_seconds)
            else:
                self._positions[partition] = max(self._positions.get(partition, -1), offset)
                return
