"""The state of one project as it was before a record of its partition: a fold that ends there.

What was folded lies in folders that nobody writes to any more. A fold goes on from such a folder in
one of its own: the files that RocksDB never changes are linked, the few others copied. On a long way
it leaves further folders behind, from which others can go on.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from runtime.log.log import Log, LogError, Place, StoredEntry
from runtime.replica.fresh_storage import FreshStorage
from runtime.replica.replica import Decode, Fold, Replica
from runtime.store.store import Store
from schemas.base import Millis
from schemas.records import Record, WriterStarted
from schemas.topics import LEDGER

#: After how many records a fold leaves a folder behind, at least.
KEPT_EVERY_RECORDS: Final = 50_000
#: How long a record that is there is waited for.
SILENCE_MS_MAX: Final = 5000
#: What a file is called that is never written to again.
_FINAL: Final = ".sst"


class _Head(msgspec.Struct):
    """What is looked at of a record to find one by its time."""

    at: Millis


class PastJob(msgspec.Struct, frozen=True):
    """What is to be folded: to before `offset`, from what lies in `base`, if anything does."""

    project: str
    partition: int
    offset: int
    #: The folder of the project's states of then; each is named by its offset.
    folder: str
    base: int | None = None
    #: After how many records a folder is left behind on the way.
    every: int = KEPT_EVERY_RECORDS


_head: Final = msgspec.json.Decoder(_Head)
#: Stands for a record that is not the project's: it changes nothing.
_FOREIGN: Final = WriterStarted(-1, 0, "", "", "")


def time_of(entry: StoredEntry) -> Millis:
    """When the record was decided."""
    return _head.decode(entry.value).at


async def find_offset(log: Log, partition: int, moment: Millis) -> int:
    """The first offset whose record is of after that moment; the end when none is."""
    low, high = await log.bounds(LEDGER, partition)
    while low < high:
        middle = (low + high) // 2
        if time_of(await log.read_at(LEDGER, partition, middle)) <= moment:
            low = middle + 1
        else:
            high = middle
    return low


class OwnRecords:
    """A `Decode` that decodes one project's records, and passes over all others."""

    def __init__(self, decode: Decode, project: str) -> None:
        self._decode = decode
        self._key = project.encode()

    def now(self, entry: StoredEntry) -> Record | None:
        return self._decode.now(entry) if entry.key == self._key else _FOREIGN

    async def later(self, entry: StoredEntry) -> Record:
        return await self._decode.later(entry)


async def fold_past(
    log: Log,
    decode: Decode,
    make_fold: Callable[[Store], Fold],
    job: PastJob,
    tell: Callable[[int], None],
) -> None:
    """Makes the folder that the job asks for; `tell` is given how far it is. Raises LogError."""
    folder = Path(job.folder)
    working = folder / "working"
    shutil.rmtree(working, ignore_errors=True)
    if job.base is not None:
        link_state(folder / str(job.base), working)
    stops = range(((job.base or 0) // job.every + 1) * job.every, job.offset, job.every)
    for stop in (*stops, job.offset):
        await _fold_to(log, decode, make_fold, job, working, stop, tell)
        link_state(working, folder / str(stop))
    shutil.rmtree(working, ignore_errors=True)


async def _fold_to(
    log: Log,
    decode: Decode,
    make_fold: Callable[[Store], Fold],
    job: PastJob,
    working: Path,
    stop: int,
    tell: Callable[[int], None],
) -> None:
    replica = Replica(
        log, job.partition, FreshStorage(working), make_fold, OwnRecords(decode, job.project)
    )
    try:
        while replica.chain.state.position < stop - 1:
            before = replica.chain.state.position
            await replica.read(wait_ms=SILENCE_MS_MAX, until=stop - 1)
            if replica.chain.state.position == before:
                place = Place(LEDGER, job.partition)
                raise LogError(f"nothing came of {place} from offset {before + 1} on")
            tell(replica.chain.state.position + 1)
    finally:
        await replica.close()


def link_state(state: Path, into: Path) -> None:
    """A state of its own with the same content, of one that nobody has open for writing."""
    made = into.with_name(f"{into.name}.new")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    for file in _files(state):
        if file.suffix == _FINAL:
            os.link(file, made / file.name)
        else:
            shutil.copyfile(file, made / file.name)
    shutil.rmtree(into, ignore_errors=True)
    made.rename(into)


def _files(state: Path) -> Iterator[Path]:
    for file in state.iterdir():
        if file.is_file() and file.name != "LOCK" and not file.name.startswith("LOG"):
            yield file
