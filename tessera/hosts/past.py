"""States of then for the host `insight`, each made by a child process of the least priority.

A fold is Python through and through: a thread would hold up the host's loop, and a host of its own
would be there for nothing nearly always. A child is told its job in a line of its standard input,
says in lines of its output how far it is, and ends with its job, or with whoever started it.
"""

import asyncio
import gc
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec
import structlog
from starlette.requests import Request

from engine.fold import StateFold
from engine.kernel.calendar import iso
from fronts.query_string import invalid_parameter
from runtime.base.clock import clock_ms
from runtime.base.logging import configure_logging
from runtime.base.settings import PRIVATE_UMASK, Settings
from runtime.http.errors import ApiError, unavailable
from runtime.http.internal import positions_of
from runtime.http.routing import caller_of
from runtime.log.log import Log, LogError
from runtime.replica.past import PastJob, find_offset, fold_past, time_of
from runtime.replica.past_states import PastStates, StillFolding, TooManyFolds
from runtime.store.overlaid import OverlaidStore
from runtime.store.store import MemoryStore, RocksStore, Store, StoreError
from schemas.base import Millis
from schemas.errors import refuse
from schemas.topics import LEDGER
from services.validation.as_of import AS_OF, AsOf
from services.validation.past import Then
from tessera.console import read_settings
from tessera.hosts.parts import Parts, keys_folder

#: Of all who want the processor, the last.
NICENESS: Final = 19
#: How many new objects there are before a child looks through the young ones.
GC_YOUNG_MAX: Final = 20_000
#: After how many records a child says how far it is.
TELL_RECORDS: Final = 1000
#: How long whoever asks too early is told to wait, in seconds.
RETRY_SECONDS: Final = 5
#: A line that a child writes; longer ones are no words of it.
LINE_BYTES_MAX: Final = 4 * 1024 * 1024

log = structlog.get_logger(__name__)


def past_folder(settings: Settings) -> Path:
    """Where everything lies that is made of the past."""
    return settings.home / "past"


def past_parts(settings: Settings, name: str) -> Parts:
    """The parts of a process that folds the past: it keeps no keys, but begins with those of `insight`."""
    try:
        known: Store = RocksStore(keys_folder(settings, "insight"), read_only=True)
    except (FileNotFoundError, StoreError):
        known = MemoryStore()
    return Parts(settings, name, keys=OverlaidStore(known))


class Past:
    """The states of then, as requests ask for them."""

    def __init__(
        self,
        source: Log,
        states: PastStates,
        shortage: Callable[[], str | None],
        now_ms: Callable[[], Millis] = clock_ms,
    ) -> None:
        self._log = source
        self.states = states
        self._shortage = shortage
        self._now_ms = now_ms

    @asynccontextmanager
    async def open(self, request: Request, as_of: AsOf) -> AsyncIterator[Then]:
        """See `services.validation.past.OpenThen`."""
        project = caller_of(request).project
        (partition,) = {each for topic, each in positions_of(request) if topic == LEDGER}
        try:
            offset, moment = await self._find(as_of, partition)
            if self._shortage() is not None:
                raise unavailable(
                    "States of then are not made while there is too little disk space"
                )
            async with self.states.open(project, partition, offset) as store:
                yield Then(StateFold(store).settled_view(project), moment)
        except StillFolding as fault:
            refusal = refuse("unavailable", f"The state of then is being made: {fault}")
            raise ApiError(refusal, {"retry-after": str(RETRY_SECONDS)}) from fault
        except TooManyFolds as fault:
            refusal = refuse("too_many_requests", "Too many states of then are being made")
            raise ApiError(refusal, {"retry-after": str(RETRY_SECONDS)}) from fault
        except (LogError, StoreError) as fault:
            log.warning("no state of then", reason=str(fault))
            raise unavailable("The state of then cannot be made at the moment") from fault

    async def _find(self, as_of: AsOf, partition: int) -> tuple[int, Millis]:
        """Before which record, and when that was. Raises ApiError, LogError."""
        if as_of.moment is not None:
            if as_of.moment > self._now_ms():
                raise invalid_parameter(AS_OF, f"lies in the future: {iso(as_of.moment)}")
            return await find_offset(self._log, partition, as_of.moment), as_of.moment
        start, end = await self._log.bounds(LEDGER, partition)
        if as_of.partition != partition:
            raise invalid_parameter(AS_OF, f"has to be in the project's partition, {partition}")
        if not start <= as_of.offset < end:
            raise invalid_parameter(AS_OF, f"has to be from {partition}:{start} to :{end - 1}")
        entry = await self._log.read_at(LEDGER, partition, as_of.offset)
        return as_of.offset, time_of(entry)


async def fold_by_child(job: PastJob, tell: Callable[[int], None]) -> None:
    """Makes a state of then in a process of its own; see `runtime.replica.past_states.Run`."""
    async for line in run_child("tessera.hosts.past", msgspec.json.encode(job)):
        tell(int(line))


async def run_child(module: str, job: bytes) -> AsyncIterator[bytes]:
    """The lines that a child writes until it ends. Raises LogError when it fails."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE_BYTES_MAX,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        # the pipe stays open: its end tells the child that this process is gone
        process.stdin.write(job + b"\n")
        await process.stdin.drain()
        async for line in process.stdout:
            yield line.rstrip()
        if await process.wait():
            raise LogError(f"the child ended with {process.returncode}")
    finally:
        if process.returncode is None:
            process.kill()
            await asyncio.shield(process.wait())


def begin_child(name: str) -> tuple[Settings, bytes]:
    """What a child does first; its settings and its job."""
    os.nice(NICENESS)
    # what the imports made stays for good
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_YOUNG_MAX)
    os.umask(PRIVATE_UMASK)
    settings = read_settings()
    configure_logging(settings.log_format, name)
    job = sys.stdin.buffer.readline()

    def watch() -> None:
        # not by `sys.stdin`, whose lock would be held when this process ends
        os.read(sys.stdin.fileno(), 1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    return settings, job


async def fold_in_child(settings: Settings, job: PastJob) -> None:
    """Makes a state of then, and says how far it is. Raises LogError."""
    parts = past_parts(settings, "past")
    told = 0

    def tell(position: int) -> None:
        nonlocal told
        if position >= told + TELL_RECORDS:
            told = position
            sys.stdout.write(f"{position}\n")
            sys.stdout.flush()

    try:
        # whoever was forgotten by now is
        await parts.keyring.catch_up()
        await fold_past(parts.log, parts.codec, StateFold, job, tell)
    finally:
        await parts.close()


if __name__ == "__main__":
    _settings, _job = begin_child("past")
    asyncio.run(fold_in_child(_settings, msgspec.json.decode(_job, type=PastJob)))
