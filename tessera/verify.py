"""`tessera verify`: proof that the ledger is whole and that everything else is its fold.

1. Each partition's hash chain is read from its first record to its end.
2. Each host's state, opened read-only, is compared key by key with a fresh fold up to the position
   that it says it has.
3. Each table of the insight host is compared, by count and digest, with a table built from the
   fresh fold up to the table's own checkpoint.
It works while the system runs; nothing is changed by it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from engine.fold import StateFold, state_fingerprint
from runtime.chain import Damage, entry_hash
from runtime.folders import state_folders
from runtime.log import Corrupt, Log, OutOfRange
from runtime.replica import Applied, Decode, Position, Replica, stored_position
from runtime.settings import Settings
from runtime.sink_host import Filling, TableState
from runtime.sink_table import Applied as TableApplied
from runtime.sink_table import Place
from runtime.store import RocksStore, Store, StoreError
from schemas.topics import LEDGER, VALIDATIONS
from tessera.hosts import insight_fillings
from tessera.installation import reached
from tessera.parts import Parts
from tessera.report import Report
from tessera.verify_tables import (
    FreshTables,
    ask_insight,
    fresh_tables,
    insight_started,
    plain_records,
)

OnApplied = Callable[[list[Applied]], Awaitable[None]]


@dataclass(frozen=True)
class Snapshot:
    """A host's state as it was when it was opened."""

    host: str
    partition: int
    store: RocksStore
    position: Position


class FreshStorage:
    """Storage for the fresh fold, in a folder that lasts as long as the command."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self) -> Store:
        """See `runtime.replica.Storage`."""
        return RocksStore(self._path)

    def wipe(self) -> Store:
        """See `runtime.replica.Storage`."""
        raise OutOfRange("the ledger was cut while it was read")


class FreshFold:
    """One partition, read from its first record, checked and folded as it goes."""

    def __init__(self, log: Log, partition: int, decode: Decode, folder: Path) -> None:
        self._replica = Replica(log, partition, FreshStorage(folder), StateFold, decode)
        self._log = log
        self.partition = partition

    @property
    def position(self) -> int:
        """The offset of the last record read."""
        return self._replica.chain.state.position

    @property
    def position_of_chain(self) -> str:
        """The hash of the last record applied."""
        return self._replica.chain.state.head

    @property
    def voids(self) -> int:
        """How many records were void."""
        return self._replica.chain.state.voids

    @property
    def last_hash(self) -> str:
        """The hash of the last record read."""
        return self._replica.chain.state.last_hash

    @property
    def store(self) -> Store:
        """The fold so far."""
        return self._replica.store

    async def advance(self, to: int) -> AsyncIterator[list[Applied]]:
        """Reads up to offset `to`, inclusive. Raises Damage, Corrupt, OutOfRange."""
        while self.position < to:
            yield await self._replica.read(wait_ms=1000, until=to)

    async def close(self) -> None:
        """Gives everything back."""
        await self._replica.close()


def open_snapshots(home: Path, report: Report) -> list[Snapshot]:
    """Every host's state, as it is now."""
    found: list[Snapshot] = []
    for host, partition, path in state_folders(home, state_fingerprint()):
        try:
            store = RocksStore(path, read_only=True)
        except StoreError as fault:
            report.bad(f"state {host}/{partition} cannot be read: {fault}")
            continue
        found.append(Snapshot(host, partition, store, stored_position(store)))
    return found


async def verify_partition(
    log: Log,
    partition: int,
    decode: Decode,
    snapshots: list[Snapshot],
    report: Report,
    on_applied: OnApplied,
    until: int,
) -> None:
    """Checks one partition's chain and every state of it, at least up to the offset `until`."""
    _, end = await log.bounds(LEDGER, partition)
    stops = sorted(snapshots, key=lambda each: each.position.chain.position)
    with TemporaryDirectory(prefix="tessera-verify-") as folder:
        fold = FreshFold(log, partition, decode, Path(folder) / "state")
        try:
            for snapshot in stops:
                target = snapshot.position.chain.position
                if target >= end:
                    report.bad(
                        f"state {snapshot.host}/{partition} stands at {target}, but the ledger "
                        f"ends at {end}: the log lost records"
                    )
                    continue
                async for applied in fold.advance(target):
                    await on_applied(applied)
                compare(fold, snapshot, report)
            async for applied in fold.advance(max(end - 1, until)):
                await on_applied(applied)
        except (Damage, Corrupt) as fault:
            report.bad(f"{LEDGER}/{partition}: {fault}")
        else:
            voids = f", {fold.voids} void" if fold.voids else ""
            report.good(
                f"{LEDGER}/{partition}: {fold.position + 1} records{voids}, "
                f"chain whole, head {fold.position_of_chain[:16]}"
            )
        finally:
            await fold.close()


def compare(fold: FreshFold, snapshot: Snapshot, report: Report) -> None:
    """Whether a host's state is the fold of the ledger up to its position."""
    name = f"state {snapshot.host}/{fold.partition}"
    chain = snapshot.position.chain
    if chain.position >= 0 and chain.last_hash != fold.last_hash:
        report.bad(f"{name}: the record at {chain.position} is not the one it folded")
        return
    count = 0
    for ours, theirs in _pairs(_entries(fold.store), _entries(snapshot.store)):
        if ours != theirs:
            key = (ours or theirs or (b"", b""))[0].decode(errors="replace")
            report.bad(f"{name} differs from the ledger at {key}")
            return
        count += 1
    report.good(f"{name}: {count} entries equal the fold up to {chain.position}")


Item = tuple[bytes, bytes]


def _entries(store: Store) -> Iterator[Item]:
    return (item for item in store.scan(b"") if not item[0].startswith(b"~"))


def _pairs(
    left: Iterator[Item], right: Iterator[Item]
) -> Iterator[tuple[Item | None, Item | None]]:
    while True:
        pair = next(left, None), next(right, None)
        if pair == (None, None):
            return
        yield pair


async def verify(settings: Settings, report: Report) -> None:
    """Checks a whole installation, running or stopped; what does not hold is in the report."""
    async with reached(settings) as installation:
        settings = installation.settings
        with TemporaryDirectory(prefix="tessera-verify-") as folder:
            parts = Parts(settings, "verify", state=Path(folder))
            try:
                await _verify(parts, installation.running, report)
            finally:
                await parts.close()


async def _verify(parts: Parts, running: bool, report: Report) -> None:
    snapshots = open_snapshots(parts.settings.home, report)
    fillings = insight_fillings(parts)
    states = await _tables_of_insight(parts, running, report)
    async with fresh_tables(fillings, states) as fresh:
        for partition in range(parts.settings.partitions):
            place = Place(LEDGER, partition)

            async def fill(applied: list[Applied], place: Place = place) -> None:
                for record, offset, entry in applied:
                    digest = entry_hash(entry.key, entry.headers, entry.value)
                    await fresh.take(place, TableApplied(offset, digest, entry), record)

            own = [each for each in snapshots if each.partition == partition]
            await verify_partition(
                parts.log, partition, parts.codec, own, report, fill, fresh.last(place)
            )
        for filling in fillings:
            if filling.topic != LEDGER:
                await _fill_plain(parts, filling, fresh)
        await fresh.compare(report)


async def _tables_of_insight(parts: Parts, running: bool, report: Report) -> list[TableState]:
    settings = parts.settings
    first = {
        Place(VALIDATIONS, partition): (await parts.log.bounds(VALIDATIONS, partition))[0]
        for partition in range(settings.partitions)
    }
    try:
        async with nullcontext() if running else insight_started(settings):
            return await ask_insight(settings, parts.internal_secret, first)
    except (httpx.HTTPError, TimeoutError) as fault:
        report.bad(f"the tables cannot be checked, the insight host does not answer: {fault!r}")
        return []


async def _fill_plain(parts: Parts, filling: Filling, fresh: FreshTables) -> None:
    for partition in range(parts.settings.partitions):
        place = Place(filling.topic, partition)
        first, _ = await parts.log.bounds(*place)
        last = fresh.last(place)
        async for applied, record in plain_records(parts.log, filling, place, first, last):
            if record is not None:
                await fresh.take(place, applied, record)
