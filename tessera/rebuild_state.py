"""`tessera rebuild state`: folds the states of hosts anew from the ledger, beside those in use.

A whole one lies in `state/<host>/rebuilt` until its host takes it at its next start; of a system
that is stopped it is taken at once. Whoever is forgotten meanwhile must be in no file: so each is
compacted before it is whole, and hosts that clean up after somebody drop what they have not taken.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from engine.fold import PartFold, StateFold, StatePart, state_fingerprint
from runtime.base.settings import Settings
from runtime.keys.erasing import run_in_thread
from runtime.log.chain import Damage
from runtime.log.log import Log, LogError
from runtime.replica.replica import Decode, Replica
from runtime.store.folders import RebuiltFolder, StateFolder
from runtime.store.store import Store, StoreError
from schemas.topics import LEDGER
from services.distribution.worker.state import KEPT
from tessera.hosts.parts import Parts
from tessera.installation import reach_installation
from tessera.rebuild import TELL_SECONDS, RebuildError, Write

READ_WAIT_MS = 5000
#: How often a state is begun that is dropped since somebody is forgotten, and how long after.
ATTEMPTS_MAX = 60
RETRY_SECONDS = 1.0
_API, _DISTRIBUTION, _LEDGER = "api", "distribution", "ledger"


class HostState(NamedTuple):
    """A state that a host has, or would have once it has begun."""

    host: str
    partition: int
    #: What the host keeps, where that is not the whole state.
    part: StatePart | None

    @property
    def name(self) -> str:
        """As `tessera verify` calls it."""
        return f"state {self.host}/{self.partition}"

    def folder(self, home: Path) -> StateFolder:
        """Where it lies."""
        return StateFolder(home, self.host, self.partition, state_fingerprint(self.part))


def host_states(home: Path, partitions: int) -> Iterator[HostState]:
    """The states of the hosts that ran at this home, also those whose folders are gone."""
    for path in sorted((home / "state").glob("*/")):
        if path.name in (_API, _DISTRIBUTION):
            part = KEPT if path.name == _DISTRIBUTION else None
            yield from (HostState(path.name, each, part) for each in range(partitions))
        elif path.name.startswith(_LEDGER):
            # of the partitions only that are written there
            for own in range(partitions):
                if HostState(path.name, own, None).folder(home).path.exists():
                    yield HostState(path.name, own, None)


async def rebuild_states(settings: Settings, write: Write, tell: Write) -> None:
    """Rebuilds the states of all hosts. Raises RebuildError, NoInstallation."""
    async with reach_installation(settings) as installation:
        found = installation.settings
        async with _reading_parts(found) as parts:
            for state in host_states(found.home, found.partitions):
                began = time.monotonic()
                try:
                    records = await rebuild_until_whole(
                        parts.log, parts.codec, found.home, state, tell
                    )
                    if not installation.running:
                        state.folder(found.home).open().close()
                except (Damage, LogError, StoreError, OSError) as fault:
                    raise RebuildError(
                        f"{state.name} was not rebuilt, and is as it was: {fault}"
                    ) from fault
                rate = records / max(time.monotonic() - began, 0.001)
                taken = "its host takes it at its next start" if installation.running else "taken"
                write(f"{state.name}: {records} records, {rate:,.0f} a second; {taken}")


async def rebuild_until_whole(
    log: Log, decode: Decode, home: Path, state: HostState, tell: Write
) -> int:
    """As `rebuild_state`, again where somebody was forgotten meanwhile."""
    for _ in range(ATTEMPTS_MAX - 1):
        try:
            return await rebuild_state(log, decode, home, state, tell)
        except (StoreError, OSError):
            # it may be going at the moment
            await asyncio.sleep(RETRY_SECONDS)
            if not RebuiltFolder(state.folder(home).path).is_dropped():
                raise
        tell(f"{state.name}: somebody was forgotten meanwhile, so it begins again")
    return await rebuild_state(log, decode, home, state, tell)


async def rebuild_state(log: Log, decode: Decode, home: Path, state: HostState, tell: Write) -> int:
    """Folds one state to the end of the ledger, for its host to take; how many records there are.

    Raises Damage, LogError, StoreError; FileNotFoundError when somebody was forgotten meanwhile.
    """
    rebuilt = RebuiltFolder(state.folder(home).path)

    def make_fold(store: Store) -> StateFold:
        return StateFold(store) if state.part is None else PartFold(store, state.part)

    replica = Replica(log, state.partition, rebuilt, make_fold, decode)
    try:
        end = await log.end(LEDGER, state.partition)
        told = time.monotonic()
        while (position := replica.chain.state.position) + 1 < end:
            await replica.read(wait_ms=READ_WAIT_MS, until=end - 1)
            if replica.chain.state.position == position:
                raise LogError(f"nothing came from offset {position + 1} on")
            if time.monotonic() - told >= TELL_SECONDS:
                told = time.monotonic()
                tell(f"{state.name}: {replica.chain.state.position + 1} of {end} records")
        await run_in_thread(replica.store.compact)
    finally:
        await replica.close()
    rebuilt.complete()
    return end


@asynccontextmanager
async def _reading_parts(settings: Settings) -> AsyncIterator[Parts]:
    """What reads the ledger, with a folder of its own for the customers' keys."""
    with TemporaryDirectory(prefix="tessera-rebuild-") as folder:
        parts = Parts(settings, "rebuild", state=Path(folder))
        try:
            yield parts
        finally:
            await parts.close()
