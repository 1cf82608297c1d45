"""`tessera replay`: the records of a topic once more, to the terminal, a file or another topic.

What was selected is read once, in order, partition after partition, in memory of one batch. A copy
of a record has its key, headers and content to the byte, so a copied ledger keeps its chain; its
time is that of the copying.
"""

import asyncio
import base64
import json
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from runtime.base.settings import Settings
from runtime.kafka.admin import TopicError, client_options, ensure_topics
from runtime.kafka.log import KafkaLog
from runtime.log.log import (
    BATCH_OVERHEAD_BYTES,
    Appender,
    Entry,
    Log,
    LogError,
    Place,
    StoredEntry,
    entry_bytes,
)
from schemas.topics import BATCH_BYTES_MAX, CUSTOMER_KEYS, TOPICS, Topic
from tessera.installation import reach_installation
from tessera.selection import ANY, Wanted, find_matching, find_range
from tessera.tail import record_line

#: What can be replayed. Not the customers' keys: a copy of them would outlive who is forgotten.
REPLAYABLE: Final = tuple(each.name for each in TOPICS if each.name != CUSTOMER_KEYS)
#: After how many records it says how far it is.
PROGRESS_RECORDS: Final = 50_000
#: A topic that was just made is known to its leaders a moment later.
LEADER_SECONDS_MAX: Final = 30.0
RETRY_SECONDS: Final = 0.2

Write = Callable[[str], None]


class ReplayError(Exception):
    """What was asked for cannot be done, or ended on its way; the message says how to go on."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records of which topic."""

    topic: str
    wanted: Wanted = ANY
    #: None: all there are.
    partition: int | None = None
    #: The first offset of the partition.
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the records go; nowhere named: to the terminal."""

    file: Path | None = None
    topic: str | None = None
    #: The brokers of the other cluster; None: this one.
    kafka: str | None = None
    as_json: bool = False


class Target(Protocol):
    """Takes records in order."""

    async def take(self, place: Place, entry: StoredEntry) -> None:
        """Takes a record, or says why it cannot by ReplayError or LogError."""

    async def finish(self) -> None:
        """Sees that all that was taken has arrived."""


async def replay_installation(
    settings: Settings, selection: Selection, destination: Destination, write: Write, tell: Write
) -> None:
    """Replays a topic of the installation that the settings name.

    `write` prints a record, `tell` how far it is. Raises ReplayError, NoInstallation, LogError.
    """
    require_sensible(selection, destination)
    async with reach_installation(settings) as installation:
        log = KafkaLog(client_options(installation.settings))
        try:
            async with _open_target(installation.settings, selection, destination, write) as target:
                await replay(log, _places(selection, settings.partitions), selection, target, tell)
        finally:
            await log.close()


def require_sensible(selection: Selection, destination: Destination) -> None:
    """Raises ReplayError for what must not be, before anything is opened."""
    if selection.topic not in REPLAYABLE:
        raise ReplayError(
            f"The topic is one of {', '.join(REPLAYABLE)}; {CUSTOMER_KEYS} is not copied, since a "
            "copy would outlive who is forgotten."
        )
    if destination.file is not None and destination.topic is not None:
        raise ReplayError("Name a file or a topic, not both.")
    if destination.kafka is not None and destination.topic is None:
        raise ReplayError("--to-kafka needs the topic there: --to-topic.")
    if destination.kafka is None and destination.topic in {each.name for each in TOPICS}:
        raise ReplayError(
            f"{destination.topic} is a topic of this installation: what is put there would be "
            "decided, or break its chain. Name another topic, or another cluster by --to-kafka."
        )


async def replay(
    log: Log, places: Sequence[Place], selection: Selection, target: Target, tell: Write
) -> None:
    """Gives the selected records of the partitions to the target. Raises LogError, ReplayError."""
    taken = 0
    for place in places:
        start, end = await find_range(log, place, selection.wanted, selection.offset)
        seen = 0
        async for entry in find_matching(log, place, start, end, selection.wanted):
            await target.take(place, entry)
            taken += 1
            seen += 1
            if seen % PROGRESS_RECORDS == 0:
                tell(f"{place}: at {entry.offset} of {end}, {taken} records so far")
    await target.finish()
    tell(f"{taken} records of {selection.topic} replayed")


def _places(selection: Selection, partitions: int) -> list[Place]:
    (topic,) = (each for each in TOPICS if each.name == selection.topic)
    count = topic.partitions or partitions
    if selection.partition is None:
        return [Place(topic.name, each) for each in range(count)]
    if selection.partition >= count:
        raise ReplayError(f"--partition of {topic.name} is 0 to {count - 1}.")
    return [Place(topic.name, selection.partition)]


@asynccontextmanager
async def _open_target(
    settings: Settings, selection: Selection, destination: Destination, write: Write
) -> AsyncIterator[Target]:
    if destination.file is not None:
        with _new_file(destination.file) as file:
            yield LineTarget(lambda line: file.write(line + "\n"), file_line)
    elif destination.topic is not None:
        there = settings
        if destination.kafka is not None:
            there = settings.model_copy(update={"kafka": destination.kafka})
        (source,) = (each for each in TOPICS if each.name == selection.topic)
        topic = replace(source, name=destination.topic)
        async with _topic_target(there, topic) as target:
            yield target
    else:
        as_json = destination.as_json
        yield LineTarget(write, lambda place, entry: record_line(place[1], entry, as_json=as_json))


def _new_file(path: Path) -> Any:
    try:
        return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w")
    except OSError as fault:
        raise ReplayError(f"{path} cannot be made: {fault.strerror}.") from None


@asynccontextmanager
async def _topic_target(settings: Settings, topic: Topic) -> AsyncIterator["TopicTarget"]:
    try:
        await ensure_topics(settings, topics=(topic,))
    except TopicError as fault:
        raise ReplayError(str(fault)) from fault
    log = KafkaLog(client_options(settings))
    target = TopicTarget(log, topic.name)
    try:
        for partition in range(topic.partitions or settings.partitions):
            await _await_leader(log, Place(topic.name, partition))
        yield target
    finally:
        await target.abandon()
        await log.close()


async def _await_leader(log: Log, place: Place) -> None:
    """Returns when whoever leads a new partition knows of it. Raises LogError."""
    until = time.monotonic() + LEADER_SECONDS_MAX
    while True:
        try:
            await log.bounds(*place)
        except LogError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(RETRY_SECONDS)
        else:
            return


class LineTarget:
    """Writes a line for each record."""

    def __init__(
        self, write: Callable[[str], object], line_of: Callable[[Place, StoredEntry], str]
    ) -> None:
        self._write = write
        self._line_of = line_of

    async def take(self, place: Place, entry: StoredEntry) -> None:
        self._write(self._line_of(place, entry))

    async def finish(self) -> None:
        pass


class TopicTarget:
    """Appends records to the partitions of the same number of another topic, batch by batch."""

    def __init__(self, log: Log, topic: str) -> None:
        self._log = log
        self._topic = topic
        self._appenders: dict[int, Appender] = {}
        self._batch: list[Entry] = []
        self._size = BATCH_OVERHEAD_BYTES
        #: Where the first record of the batch comes from.
        self._first: tuple[Place, int] | None = None

    async def take(self, place: Place, entry: StoredEntry) -> None:
        copy = Entry(entry.key, entry.value, entry.headers)
        size = entry_bytes(copy)
        is_other = self._first is not None and self._first[0] != place
        if self._batch and (is_other or self._size + size > BATCH_BYTES_MAX):
            await self._send()
        if self._first is None:
            self._first = (place, entry.offset)
        self._batch.append(copy)
        self._size += size

    async def finish(self) -> None:
        if self._batch:
            await self._send()

    async def abandon(self) -> None:
        """Gives the connections back."""
        for appender in self._appenders.values():
            with suppress(LogError):
                await appender.abandon()

    async def _send(self) -> None:
        assert self._first is not None
        place, offset = self._first
        try:
            if place.partition not in self._appenders:
                appender = await self._log.appender(self._topic, place.partition)
                self._appenders[place.partition] = appender
            await self._appenders[place.partition].append(self._batch)
        except LogError as fault:
            raise ReplayError(
                f"{self._topic} has all before {place} offset {offset}; what follows may be there "
                f"or not: {fault}. Look at its end, and go on with --partition {place.partition} "
                "--offset."
            ) from fault
        self._batch = []
        self._size = BATCH_OVERHEAD_BYTES
        self._first = None


def file_line(place: Place, entry: StoredEntry) -> str:
    """A record as one JSON object, to the byte; what is no text is in base64 (`..._base64`)."""
    shown: dict[str, Any] = {
        "topic": place.topic,
        "partition": place.partition,
        "offset": entry.offset,
        "timestamp": entry.timestamp,
    }
    for name, content in (("key", entry.key), ("value", entry.value)):
        shown.update(_text_or_base64(name, content))
    shown["headers"] = [
        _text_or_base64("value", value) | {"name": name} for name, value in entry.headers
    ]
    return json.dumps(shown, separators=(",", ":"))


def _text_or_base64(name: str, content: bytes) -> dict[str, str]:
    try:
        return {name: content.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(content).decode()}
