"""`tessera verify`: proof that the ledger is whole and that everything else is its fold.

1. Each partition's hash chain is read from its first record to its end.
2. Each host's state, opened read-only, is compared key by key with a fresh fold up to the position
   that it says it has.
3. Each table of the insight host is compared, by count and digest, with a table built from the
   fresh fold up to the table's own checkpoint.
It works while the system runs; nothing is changed by it.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.fold import StateFold, state_fingerprint
from runtime.chain import Damage
from runtime.folders import state_folders
from runtime.log import Corrupt, Log, OutOfRange
from runtime.replica import Applied, Decode, Position, Replica, stored_position
from runtime.store import RocksStore, Store, StoreError
from schemas.topics import LEDGER

PROGRESS_RECORDS = 50_000


@dataclass
class Report:
    """What was found, line by line; `faults` is empty when everything holds."""

    write: Callable[[str], None]
    faults: list[str] = field(default_factory=list)

    def good(self, text: str) -> None:
        """Something holds."""
        self.write(f"ok      {text}")

    def note(self, text: str) -> None:
        """Something that cannot be checked now."""
        self.write(f"note    {text}")

    def bad(self, text: str) -> None:
        """Something does not hold."""
        self.faults.append(text)
        self.write(f"DAMAGE  {text}")


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
    on_applied: Callable[[list[Applied]], None],
    until: int = -1,
) -> None:
    """Checks one partition's chain and every state of it; `until` is the least offset to reach."""
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
                    on_applied(applied)
                compare(fold, snapshot, report)
            async for applied in fold.advance(max(end - 1, until)):
                on_applied(applied)
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


def _pairs(left: Iterator[Item], right: Iterator[Item]) -> Iterator[tuple[Item | None, Item | None]]:
    while True:
        pair = next(left, None), next(right, None)
        if pair == (None, None):
            return
        yield pair
