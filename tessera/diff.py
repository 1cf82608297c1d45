"""`tessera diff`: what the state is at one position of the ledger and was not at another.

A partition is folded anew up to the first position, and on to the second. What is written on that
way is noted once with what was there before, on disk, so memory does not grow with the history.
What was forgotten since is not known at either position.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple, Self
from urllib.parse import unquote

from engine.kernel import tables
from runtime.base.settings import Settings
from runtime.log.chain import Damage
from runtime.log.log import Log, LogError, OutOfRange, Place
from runtime.replica.fresh_storage import FreshStorage
from runtime.replica.replica import Decode
from runtime.store.store import RocksStore, Store
from schemas.base import Millis
from schemas.topics import LEDGER
from tessera.entity import mask_plain
from tessera.hosts.parts import Parts
from tessera.installation import reach_installation
from tessera.selection import object_of, offset_at, read_time
from tessera.tail import escape_text
from tessera.verify_fold import FreshFold, Unusable

#: What the ledger remembers for itself; shown where its table is named.
_MEMORY: Final = frozenset({tables.SEEN.name, tables.SEEN_FROM.name})
_ABSENT: Final = b""
_VALUE_LENGTH_MAX: Final = 200

Write = Callable[[str], None]


class Position(NamedTuple):
    """Before the record at `offset`, or before the first one of `moment` or later."""

    offset: int | None = None
    moment: Millis | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Which differences, and how."""

    project: str | None = None
    tables: frozenset[str] = frozenset()
    reveal: bool = False
    as_json: bool = False


class Difference(NamedTuple):
    """An entry of the state that is not what it was; None: there is or was none."""

    table: str
    project: str
    #: Its id, or what finds it.
    key: str
    before: Any
    after: Any


def read_position(text: str, now: Millis) -> Position:
    """An offset, or a time as `read_time` takes it. Raises BadTime."""
    if text.isascii() and text.isdecimal():
        return Position(offset=int(text))
    return Position(moment=read_time(text, now))


async def diff_installation(
    settings: Settings,
    partitions: Sequence[int],
    positions: tuple[Position, Position | None],
    shown: Shown,
    write: Write,
    tell: Write,
) -> None:
    """Writes the differences in these partitions. Raises NoInstallation, LogError, StoreError."""
    async with reach_installation(settings) as installation:
        with TemporaryDirectory(prefix="tessera-diff-") as folder:
            parts = Parts(installation.settings, "diff", state=Path(folder))
            try:
                for partition in partitions:
                    offsets = await find_offsets(parts.log, partition, *positions)
                    tell(f"{LEDGER}/{partition}: from {offsets[0]} to {offsets[1]}")
                    path = Path(folder) / str(partition)
                    found = await diff_partition(parts.log, partition, parts.codec, path, *offsets)
                    with found:
                        for each in found.differences(shown):
                            write(difference_line(each, shown))
            finally:
                await parts.close()


async def find_offsets(
    log: Log, partition: int, first: Position, second: Position | None
) -> tuple[int, int]:
    """How many records count at each position. Raises OutOfRange where one is not in the log."""
    place = Place(LEDGER, partition)
    _, end = await log.bounds(*place)
    found = []
    for position in (first, second or Position(offset=end)):
        if position.moment is not None:
            found.append(await offset_at(log, place, position.moment))
        else:
            found.append(position.offset or 0)
    if found[0] > found[1] or found[1] > end:
        raise OutOfRange(f"{place} has {end} records; from {found[0]} to {found[1]} is no way")
    return found[0], found[1]


async def diff_partition(
    log: Log, partition: int, decode: Decode, folder: Path, first: int, second: int
) -> "Differing":
    """Folds up to both positions; `folder` is used meanwhile, and as long as the answer is."""
    storage = _NotingStorage(folder)
    fold = FreshFold(log, partition, decode, storage)
    try:
        async for _ in fold.advance(first - 1):
            pass
        storage.store.notes = RocksStore(folder / "before")
        async for _ in fold.advance(second - 1):
            pass
    except (Damage, Unusable) as fault:
        await fold.close()
        raise LogError(f"{LEDGER}/{partition}: {fault}") from fault
    return Differing(fold.store, storage.store.notes)


class Differing:
    """The state at the second position, and what was where it was written since the first."""

    def __init__(self, store: Store, notes: Store) -> None:
        self._store = store
        self._notes = notes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()
        self._notes.close()

    def differences(self, shown: Shown) -> Iterator[Difference]:
        """In order of table, project and key."""
        for key, before in self._notes.scan(b""):
            after = self._store.get(key) or _ABSENT
            if before == after or key.startswith(b"~"):
                continue
            table, project, *rest = map(unquote, key.decode().split("/"))
            if shown.project not in (None, project):
                continue
            if table in shown.tables or (not shown.tables and table not in _MEMORY):
                yield Difference(table, project, "/".join(rest), _plain(before), _plain(after))


def _plain(value: bytes) -> Any:
    if value == _ABSENT:
        return None
    found = object_of(value)
    return json.loads(value) if found is None else found


def difference_line(found: Difference, shown: Shown) -> str:
    """A difference for a reader or, with `as_json`, for a program."""
    before, after = found.before, found.after
    if not shown.reveal:
        before, after = mask_plain(before), mask_plain(after)
    if shown.as_json:
        named = {"table": found.table, "project": found.project, "key": found.key}
        changed = {"before": before, "after": after}
        return json.dumps(named | changed, separators=(",", ":"))
    sign = "+" if before is None else "-" if after is None else "~"
    return escape_text(f"{sign} {found.table} {found.project} {found.key}  {_words(before, after)}")


def _words(before: Any, after: Any) -> str:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return " -> ".join(_short(each) for each in (before, after) if each is not None)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if not names:
        return "personal fields"
    return "; ".join(
        f"{name}: {_short(before.get(name))} -> {_short(after.get(name))}" for name in names
    )


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _VALUE_LENGTH_MAX else f"{text[:_VALUE_LENGTH_MAX]}..."


class _NotingStore(RocksStore):
    """A store that notes what was there before the first write to each key, once it has `notes`."""

    notes: Store | None = None

    def write(self, changes: Mapping[bytes, bytes | None]) -> None:
        if self.notes is not None:
            new = set(changes) - self.notes.present(list(changes))
            self.notes.write({key: self.get(key) or _ABSENT for key in new})
        super().write(changes)


class _NotingStorage(FreshStorage):
    """Storage for a fresh fold into a store that can note."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "state")
        self.store = _NotingStore(folder / "state")

    def open(self) -> Store:
        return self.store
