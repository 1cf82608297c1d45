"""Reports of how far files are: commands whose records the sinks bring back.

A report that nobody decided in time is sent again; one that counts no more does nothing.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import structlog

from runtime.log.log import Entry, LogError
from runtime.replica.command_entries import entry_of, make_system_command
from schemas.base import Millis
from schemas.commands import Command
from schemas.exports import ReportExport
from schemas.records import Decided, Record
from schemas.topics import COMMANDS
from services.audit.exports.progress import Progress

#: How often it is told how far a file is.
PROGRESS_SECONDS: Final = 5.0
RETRY_SECONDS: Final = 2.0
#: How long a record is waited for: longer than its command counts.
ANSWER_SECONDS: Final = 15.0

log = structlog.get_logger(__name__)


class Told(NamedTuple):
    """The record that decided a report, and where it lies."""

    record: Decided
    offset: int


@dataclass(frozen=True, slots=True)
class ReportOutfit:
    """What reports are sent with."""

    #: Appends a command; its offset. Raises LogError.
    send: Callable[[str, int, Entry], Awaitable[int]]
    encode: Callable[[Command], bytes]
    clock_ms: Callable[[], Millis]
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep)


class Reports:
    """Sends reports. Give `note` each record of a report, and of what was not decided."""

    def __init__(self, outfit: ReportOutfit) -> None:
        self._outfit = outfit
        self._expected: dict[str, asyncio.Future[tuple[Record, int]]] = {}

    def note(self, record: Record, offset: int) -> None:
        """Hears of a record that a sink read."""
        if self._expected:
            expected = self._expected.get(getattr(record, "command_id", ""))
            if expected is not None and not expected.done():
                expected.set_result((record, offset))

    async def report(self, project: str, partition: int, body: ReportExport) -> Told:
        """What decided the report, which is sent until something does."""
        while True:
            command = self._command(project, body)
            expected: asyncio.Future[tuple[Record, int]]
            expected = asyncio.get_running_loop().create_future()
            self._expected[command.id] = expected
            try:
                await self._send(partition, command)
                async with asyncio.timeout(ANSWER_SECONDS):
                    record, offset = await expected
                if isinstance(record, Decided):
                    return Told(record, offset)
            except (LogError, TimeoutError) as fault:
                log.warning("report not decided yet", reason=repr(fault))
                await self._outfit.sleep(RETRY_SECONDS)
            finally:
                del self._expected[command.id]

    async def tell(self, project: str, partition: int, body: ReportExport) -> None:
        """Sends a report that nothing hangs on."""
        try:
            await self._send(partition, self._command(project, body))
        except LogError as fault:
            log.warning("progress not told", reason=str(fault))

    async def _send(self, partition: int, command: Command) -> None:
        await self._outfit.send(
            COMMANDS, partition, entry_of(command, self._outfit.encode(command))
        )

    def _command(self, project: str, body: ReportExport) -> Command:
        return make_system_command(project, body, self._outfit.clock_ms(), channel="SYSTEM")


class Telling:
    """Tells now and then how far one file is, beside its writing."""

    def __init__(
        self,
        tell: Callable[[Progress], Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._told_at = clock()
        self._task: asyncio.Task[None] | None = None

    def note(self, progress: Progress) -> None:
        """Hears how far it is."""
        if self._clock() < self._told_at + PROGRESS_SECONDS:
            return
        self._told_at = self._clock()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(progress))

    def end(self) -> None:
        """Nothing more is told: the end is told otherwise."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self, progress: Progress) -> None:
        await self._tell(progress)
