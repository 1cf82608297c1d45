"""`tessera verify`: proof that the ledger is whole and that everything else is its fold.

1. Each partition's hash chain is read from its first record to its end.
2. Each host's state, opened read-only, is compared key by key with a fresh fold up to the position
   that it says it has; see tessera/verify_fold.py.
3. Each table of the insight host is compared, by count and digest, with a table built from the
   fresh fold up to the position that the host says the table has; see tessera/verify_tables.py.

It works while the system runs, and changes nothing then. For a stopped system it starts the insight
host, which does what it does at every start: it brings its tables to the end of the log, and fills
one that is not of this log again. So what was wrong there and is mended by a start is not named.

What is wrong with the log, a state or a table ends up in the report, and the rest is still checked.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import msgspec

from engine.fold import StatePart, state_fingerprint
from runtime.base.settings import Settings
from runtime.clickhouse.sinks import TableState
from runtime.clickhouse.table import Filling, SourceEntry
from runtime.log.chain import Damage, entry_hash
from runtime.log.log import Log, LogError, Place
from runtime.replica.fresh_storage import FreshStorage
from runtime.replica.replica import Applied, Decode, Position, read_position
from runtime.store.folders import state_folders
from runtime.store.store import RocksStore, Store, StoreError
from schemas.topics import LEDGER
from services.distribution.worker.state import KEPT
from tessera.forgotten import Item, is_forgotten_since
from tessera.hosts.insight_tables import insight_fillings
from tessera.hosts.parts import Parts
from tessera.installation import reach_installation
from tessera.report import Report
from tessera.verify_fold import FreshFold, Unusable, require_usable
from tessera.verify_tables import (
    Behind,
    FreshTables,
    ask_insight,
    check_states,
    fresh_tables,
    insight_started,
    plain_records,
)

#: How often the tables of a system that was stopped are asked for, while they catch up.
STOPPED_ATTEMPTS_MAX = 6

OnApplied = Callable[[list[Applied]], Awaitable[None]]


@dataclass(frozen=True)
class Snapshot:
    """A host's state as it was when it was opened."""

    host: str
    partition: int
    store: RocksStore
    position: Position
    #: What the host keeps, where that is not the whole state.
    part: StatePart | None = None


def open_snapshots(home: Path, report: Report) -> list[Snapshot]:
    """Every host's state, as it is now."""
    found: list[Snapshot] = []
    parts: tuple[StatePart | None, ...] = (None, KEPT)
    folders = [
        (part, *each) for part in parts for each in state_folders(home, state_fingerprint(part))
    ]
    for part, host, partition, path in folders:
        name = f"state {host}/{partition}"
        try:
            store = RocksStore(path, read_only=True)
        except FileNotFoundError:
            report.note(f"{name} is not compared: there is nothing in {path}")
            continue
        except StoreError as fault:
            report.bad(f"{name} cannot be read: {fault}")
            continue
        try:
            found.append(Snapshot(host, partition, store, read_position(store), part))
        except (StoreError, msgspec.MsgspecError, ValueError) as fault:
            report.bad(f"{name} does not say how far it is: {fault}")
            store.close()
    return found


async def verify_partition(
    log: Log,
    partition: int,
    decode: Decode,
    snapshots: list[Snapshot],
    report: Report,
    on_applied: OnApplied,
    until: int,
) -> bool:
    """Checks one partition's chain and every state of it, at least up to the offset `until`.

    False when it could not be read so far; what stopped it is in the report.
    """
    stops = sorted(snapshots, key=lambda each: each.position.chain.position)
    with TemporaryDirectory(prefix="tessera-verify-") as folder:
        fold = FreshFold(log, partition, decode, FreshStorage(Path(folder) / "state"))
        try:
            _, end = await log.bounds(LEDGER, partition)
            while stops:
                target = stops[0].position.chain.position
                if target < end:
                    async for applied in fold.advance(target):
                        await on_applied(applied)
                _compare_at(fold, stops.pop(0), end, report)
            async for applied in fold.advance(max(end - 1, until)):
                await on_applied(applied)
        except (Damage, Unusable, LogError) as fault:
            report.bad(f"{LEDGER}/{partition}: {fault} (read up to offset {fold.chain.position})")
            for each in stops:
                report.note(f"state {each.host}/{partition} is not compared: it is beyond that")
            return False
        finally:
            await fold.close()
    chain = fold.chain
    voids = f", {chain.voids} void" if chain.voids else ""
    report.good(
        f"{LEDGER}/{partition}: {chain.position + 1} records{voids}, "
        f"chain whole, head {chain.head[:16]}"
    )
    return True


def _compare_at(fold: FreshFold, snapshot: Snapshot, end: int, report: Report) -> None:
    name, target = f"state {snapshot.host}/{fold.partition}", snapshot.position.chain.position
    if target >= end:
        report.bad(f"{name} stands at {target}, but the ledger ends at {end}: the log lost records")
        return
    try:
        compare_state(fold, snapshot, report)
    except StoreError as fault:
        report.bad(f"{name} cannot be read: {fault}")


def compare_state(fold: FreshFold, snapshot: Snapshot, report: Report) -> None:
    """Whether a host's state is the fold of the ledger up to its position."""
    name = f"state {snapshot.host}/{fold.partition}"
    chain = snapshot.position.chain
    if chain.position >= 0 and chain.last_hash != fold.chain.last_hash:
        report.bad(f"{name}: the record at {chain.position} is not the one it folded")
        return
    count = 0
    part = snapshot.part
    for ours, theirs in _pairs(_entries(fold.store, part), _entries(snapshot.store, part)):
        if ours != theirs and not is_forgotten_since(fold.store, ours, theirs):
            key = (ours or theirs or (b"", b""))[0].decode(errors="replace")
            report.bad(f"{name} differs from the ledger at {key}")
            return
        count += 1
    report.good(f"{name}: {count} entries equal the fold up to {chain.position}")


def _entries(store: Store, part: StatePart | None) -> Iterator[Item]:
    items = (item for item in store.scan(b"") if not item[0].startswith(b"~"))
    if part is None:
        return items
    return (item for item in items if item[0].partition(b"/")[0].decode() in part.tables)


def _pairs(
    left: Iterator[Item], right: Iterator[Item]
) -> Iterator[tuple[Item | None, Item | None]]:
    """What both have at each key, in order; None where one has nothing."""
    ours, theirs = next(left, None), next(right, None)
    while ours is not None or theirs is not None:
        takes_ours = ours is not None and (theirs is None or ours[0] <= theirs[0])
        takes_theirs = theirs is not None and (ours is None or theirs[0] <= ours[0])
        yield ours if takes_ours else None, theirs if takes_theirs else None
        ours = next(left, None) if takes_ours else ours
        theirs = next(right, None) if takes_theirs else theirs


async def verify_installation(settings: Settings, report: Report) -> None:
    """Checks a whole installation, running or stopped; what does not hold is in the report."""
    async with reach_installation(settings) as installation:
        settings = installation.settings
        with TemporaryDirectory(prefix="tessera-verify-") as folder:
            parts = Parts(settings, "verify", state=Path(folder))
            try:
                await _verify_parts(parts, installation.running, report)
            finally:
                await parts.close()


async def _verify_parts(parts: Parts, running: bool, report: Report) -> None:
    snapshots = open_snapshots(parts.settings.home, report)
    fillings = insight_fillings(parts)
    states = await _tables_of_insight(parts, fillings, running, report)
    async with fresh_tables(fillings, states) as fresh:
        for partition in range(parts.settings.partitions):
            place = Place(LEDGER, partition)

            async def fill(applied: list[Applied], place: Place = place) -> None:
                for record, offset, entry in applied:
                    digest = entry_hash(entry.key, entry.headers, entry.value)
                    with require_usable(offset):
                        await fresh.take(place, SourceEntry(offset, digest, entry), record)

            own = [each for each in snapshots if each.partition == partition]
            if not await verify_partition(
                parts.log, partition, parts.codec, own, report, fill, fresh.position(place)
            ):
                fresh.unread(place)
        for filling in fillings:
            if filling.topic != LEDGER:
                await _fill_plain(parts, filling, fresh, report)
        await fresh.compare(report)


async def _tables_of_insight(
    parts: Parts, fillings: Sequence[Filling], running: bool, report: Report
) -> list[TableState]:
    settings = parts.settings
    if not running:
        report.note("the insight host was started, which mends its tables where it can")
    try:
        before = await _ends(parts, fillings)
        async with nullcontext() if running else insight_started(settings):
            states = await ask_insight(
                settings,
                parts.internal_secret,
                before,
                attempts=1 if running else STOPPED_ATTEMPTS_MAX,
            )
        return check_states(fillings, states, before, await _ends(parts, fillings), report)
    except Behind as fault:
        report.bad(f"the tables cannot be checked, they are behind: {fault}")
    except (httpx.HTTPError, TimeoutError, msgspec.MsgspecError, LogError) as fault:
        report.bad(f"the tables cannot be checked, the insight host does not answer: {fault!r}")
    return []


async def _ends(parts: Parts, fillings: Sequence[Filling]) -> dict[Place, int]:
    places = [
        Place(filling.topic, each)
        for filling in fillings
        for each in range(parts.settings.partitions)
    ]
    return {place: (await parts.log.bounds(*place))[1] for place in places}


async def _fill_plain(parts: Parts, filling: Filling, fresh: FreshTables, report: Report) -> None:
    for partition in range(parts.settings.partitions):
        place = Place(filling.topic, partition)
        try:
            first, _ = await parts.log.bounds(*place)
            last = fresh.position(place)
            async for applied, record in plain_records(parts.log, filling, place, first, last):
                with require_usable(applied.offset):
                    await fresh.take(place, applied, record)
        except (Unusable, LogError) as fault:
            report.bad(f"{filling.topic}/{partition}: {fault}")
            fresh.unread(place)
