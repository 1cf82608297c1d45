"""Ordered bytes with atomic writes: what replicas keep their state in.

Two adapters pass one contract suite: memory, and RocksDB in a folder. A store is a cache of the
log: writes reach the operating system at once, so a killed process loses none, but nothing is
synced to disk; what a power cut takes, or damages, is folded again.

One process at a time writes to a folder. Any other may open it `read_only` meanwhile and sees it
as it was at some moment of the opening: RocksDB keeps the files of that moment open. It does not
protect the opening itself against the writer, which may just be replacing files; so the folder is
compared before and after, and the opening repeated while the two differ.

Faults: StoreError
          ├── StoreDamaged   the folder cannot be read; wipe it and fold again
          ├── StoreBusy      another process writes to the folder
          └── StoreFull      its disk has no room left; the message says where
"""

import shutil
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, TypeVar

from rocksdict import (
    AccessType,
    BlockBasedOptions,
    Cache,
    DbClosedError,
    DBCompactionStyle,
    DBCompressionType,
    Options,
    Rdict,
    ReadOptions,
    UniversalCompactOptions,
    WriteBatch,
)

from runtime.base.disk import is_full, reason_of

T = TypeVar("T")

BLOCK_CACHE_BYTES = 32 * 1024 * 1024
WRITE_BUFFER_BYTES = 8 * 1024 * 1024
WRITE_BUFFERS_MAX = 2
#: Beyond this, the oldest write buffer is flushed, so that an opening replays no more.
WAL_BYTES_MAX = 16 * 1024 * 1024
#: How many sorted runs lie beside each other before some are merged.
RUNS_MAX = 8
#: How much longer than the oldest run all others may be, in percent, before all are merged.
RUNS_OVER_OLDEST_PERCENT = 400
BLOOM_BITS_PER_KEY = 10
LOG_FILES_MAX = 2
#: How often a read-only opening is tried while the writer replaces files.
OPEN_ATTEMPTS_MAX = 50


class StoreError(Exception):
    """A fault of the store."""


class StoreDamaged(StoreError):
    """The folder cannot be read."""


class StoreBusy(StoreError):
    """Another process writes to the folder, or keeps changing it."""


class StoreFull(StoreError):
    """The disk has no room left."""


class Store(Protocol):
    """Ordered bytes with atomic writes."""

    def get(self, key: bytes) -> bytes | None:
        """The value at `key`."""

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, backwards: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """The pairs whose key begins with `prefix` and comes after `after`, in order of their keys.

        `backwards` turns the order round, and with it what comes after what. They are as they were
        when the first is taken.
        """

    def present(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those of the keys that have a value."""

    def write(self, changes: Mapping[bytes, bytes | None]) -> None:
        """Writes all changes, or none; None removes."""

    def compact(self) -> None:
        """Rewrites everything, so that no file has what was removed.

        It takes as long as the store is large: of whatever is to go, together, it is called once.
        It may run in a thread of its own, beside everything else; `close` ends it, and it then
        fails.
        """

    def close(self) -> None:
        """Gives the store back."""


def after_prefix(prefix: bytes) -> bytes | None:
    """The first key that sorts after every key with that prefix; None when there is none."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes((stripped[-1] + 1,)) if stripped else None


class MemoryStore:
    """A `Store` in memory, optionally with given content."""

    def __init__(self, content: Mapping[bytes, bytes] | None = None) -> None:
        self._values = dict(content or {})
        self._keys = sorted(self._values)

    def get(self, key: bytes) -> bytes | None:
        return self._values.get(key)

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, backwards: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        upper = after_prefix(prefix)
        first = bisect_left(self._keys, prefix)
        last = len(self._keys) if upper is None else bisect_left(self._keys, upper, first)
        if after is not None and backwards:
            last = min(last, bisect_left(self._keys, after))
        elif after is not None:
            first = max(first, bisect_right(self._keys, after))
        found = [(key, self._values[key]) for key in self._keys[first:last]]
        yield from reversed(found) if backwards else found

    def present(self, keys: Sequence[bytes]) -> set[bytes]:
        return {key for key in keys if key in self._values}

    def write(self, changes: Mapping[bytes, bytes | None]) -> None:
        for key, value in changes.items():
            if value is not None:
                if key not in self._values:
                    insort(self._keys, key)
                self._values[key] = value
            elif self._values.pop(key, None) is not None:
                del self._keys[bisect_left(self._keys, key)]

    def compact(self) -> None:
        """See `Store.compact`; there are no files."""

    def copy(self) -> "MemoryStore":
        """A store of its own with the same content, as a backup of a folder would hold it."""
        return MemoryStore(self._values)

    def close(self) -> None:
        """See `Store.close`; the content stays."""


class RocksStore:
    """A `Store` in a folder, which is made when it is missing (not when `read_only`).

    Raises StoreDamaged and StoreBusy, also on reads; FileNotFoundError for a missing folder that
    is opened `read_only`.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._compacting = Lock()
        if read_only:
            self._db = _open_read_only(path)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = _call_store(lambda: _open_store(path, AccessType.read_write()), path)

    def get(self, key: bytes) -> bytes | None:
        try:
            value: bytes | None = self._db.get(key)
        except Exception as error:
            raise _as_store_error(error, self.path) from error
        return value

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, backwards: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """See `Store.scan`; it holds files as long as it is not exhausted or dropped."""
        bounds = ReadOptions()
        upper = after_prefix(prefix)
        if upper is not None:
            bounds.set_iterate_upper_bound(upper)
        start = after if backwards else max(prefix, after or b"")
        try:
            pairs: Any = self._db.items(backwards=backwards, from_key=start, read_opt=bounds)
            for key, value in pairs:
                if backwards and not key.startswith(prefix):
                    break
                # a seek to a key stops there, if there is such a key
                if key != after:
                    yield key, value
        except Exception as error:
            raise _as_store_error(error, self.path) from error

    def present(self, keys: Sequence[bytes]) -> set[bytes]:
        found: Any = _call_store(lambda: self._db.get(list(keys)), self.path)
        return {key for key, value in zip(keys, found, strict=True) if value is not None}

    def write(self, changes: Mapping[bytes, bytes | None]) -> None:
        batch = WriteBatch(raw_mode=True)
        for key, value in changes.items():
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        _call_store(lambda: self._db.write(batch), self.path)

    def compact(self) -> None:
        """See `Store.compact`. Runs are merged all or none, so a range would take no less."""
        with self._compacting:
            _call_store(lambda: self._db.compact_range(None, None), self.path)

    def close(self) -> None:
        """See `Store.close`; a second time does nothing."""
        try:
            if self._compacting.locked():
                self._db.cancel_all_background(True)
            # nothing is closed that another thread is in
            with self._compacting:
                self._db.close()
        except DbClosedError:
            pass
        except Exception as error:
            # closed all the same: what was not flushed for it is in the log of writes
            if not str(error).startswith("Shutdown in progress"):
                raise _as_store_error(error, self.path) from error

    @staticmethod
    def destroy(path: Path) -> None:
        """Removes the folder with all it holds; nothing when it is missing.

        The caller has closed it. Raises StoreBusy when another process has it open for writing.
        """
        if not path.exists():
            return
        try:
            Rdict.destroy(str(path), _options())
        except Exception as error:
            fault = _as_store_error(error, path)
            if isinstance(fault, StoreBusy):
                raise fault from error
        shutil.rmtree(path, ignore_errors=True)


@cache
def _block_cache() -> Cache:
    """One for all stores of the process, so that the hot one has most of it."""
    return Cache(BLOCK_CACHE_BYTES)


def _options() -> Options:
    table = BlockBasedOptions()
    table.set_block_cache(_block_cache())
    # Filters and indexes stay in memory, a few bytes a key: in the cache they would have to fit
    # into one of its shards, and a large file's never do, so every look-up would read them anew.
    table.set_bloom_filter(BLOOM_BITS_PER_KEY, False)
    table.set_cache_index_and_filter_blocks(False)
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_block_based_table_factory(table)
    options.set_compression_type(DBCompressionType.lz4())
    # Most keys end in random characters, so by levels every few megabytes would be merged into all
    # there is: of a million new codes that was half of the processor time. Runs of like sizes are
    # merged a few times at all, and a look-up asks the filters of a few more files.
    runs = UniversalCompactOptions()
    runs.max_size_amplification_percent = RUNS_OVER_OLDEST_PERCENT
    options.set_compaction_style(DBCompactionStyle.universal())
    options.set_universal_compaction_options(runs)
    options.set_level_zero_file_num_compaction_trigger(RUNS_MAX)
    options.set_write_buffer_size(WRITE_BUFFER_BYTES)
    options.set_max_write_buffer_number(WRITE_BUFFERS_MAX)
    options.set_max_total_wal_size(WAL_BYTES_MAX)
    options.set_max_background_jobs(2)
    options.set_keep_log_file_num(LOG_FILES_MAX)
    options.set_max_log_file_size(1024 * 1024)
    options.set_stats_dump_period_sec(0)
    options.set_stats_persist_period_sec(0)
    return options


def _open_store(path: Path, mode: AccessType) -> Rdict:
    options = _options()
    # For a folder that exists, options of its one column family that are not passed here are
    # those that it was made with, with a cache of their own that is too small to be of use.
    families = {"default": options}
    return Rdict(str(path), options, column_families=families, access_type=mode)


def _open_read_only(path: Path) -> Rdict:
    if not (path / "CURRENT").exists():
        raise FileNotFoundError(f"there is no store in {path}")
    mode = AccessType.read_only(error_if_log_file_exist=False)
    for _ in range(OPEN_ATTEMPTS_MAX):
        before = _files(path)
        try:
            db = _call_store(lambda: _open_store(path, mode), path)
        except StoreError:
            if _files(path) == before:
                raise
            continue
        if _files(path) == before:
            return db
        db.close()
    raise StoreBusy(f"{path} changes all the time")


def _files(path: Path) -> list[tuple[str, int]]:
    """What changes when RocksDB replaces files: their names, and the length of the manifest."""
    found: list[tuple[str, int]] = []
    for file in sorted(path.iterdir()):
        if file.suffix in {".log", ".sst"}:
            found.append((file.name, 0))
        elif file.name.startswith("MANIFEST"):
            with suppress(FileNotFoundError):
                found.append((file.name, file.stat().st_size))
    return found


def _call_store(step: Callable[[], T], path: Path) -> T:
    try:
        return step()
    except Exception as error:
        raise _as_store_error(error, path) from error


def _as_store_error(error: Exception, path: Path) -> StoreError:
    """RocksDB's errors come as plain exceptions that begin with the name of their status."""
    text = str(error)
    if is_full(error):
        return StoreFull(reason_of(error, path))
    if text.startswith("Corruption"):
        return StoreDamaged(text)
    if text.startswith("IO error") and "lock" in text:
        return StoreBusy(text)
    return StoreError(text)
