"""The log over a network that loses, delays and repeats, and whose broker may be restarted."""

from collections.abc import Sequence
from random import Random
from typing import Protocol

from runtime.log.log import Entry, InDoubt, OutOfRange, StoredEntry
from runtime.log.memory_log import MemoryAppender, MemoryLog, MemoryReader
from schemas.base import Millis
from schemas.topics import COMMANDS, LEDGER
from tests.simulation.scheduler import pause


class Weather(Protocol):
    """What a world decides for its network."""

    random: Random
    clock_ms: Millis

    def draw_fate(self) -> str:
        """What becomes of a batch."""


class SimReader(MemoryReader):
    """A reader whose connection dies with the broker."""

    def __init__(self, log: "SimLog", topic: str, partition: int, offset: int) -> None:
        super().__init__(log, topic, partition, offset)
        self._sim = log
        self._topic_epoch = log.epochs.get(topic, 0)

    async def read(self, *, records_max: int, wait_ms: int) -> Sequence[StoredEntry]:
        await pause()
        if self._topic == COMMANDS and self._topic_epoch != self._sim.epochs.get(COMMANDS, 0):
            raise OutOfRange("the topic was made anew")
        few = self._sim.world.random.choice((1, 2, records_max))
        return await super().read(records_max=min(few, records_max), wait_ms=wait_ms)


class SimAppender(MemoryAppender):
    """An appender over a network that loses, delays and repeats."""

    def __init__(self, log: "SimLog", topic: str, partition: int) -> None:
        super().__init__(log, topic, partition)
        self._sim = log
        self._epoch = log.epochs.get("broker", 0)

    async def append(self, entries: Sequence[Entry]) -> int:
        random = self._sim.world.random
        await pause()
        if self._epoch != self._sim.epochs.get("broker", 0):
            raise InDoubt("the broker was restarted")
        fate = self._sim.world.draw_fate()
        if fate == "lost":
            raise InDoubt("the batch was lost")
        if fate == "late":
            self._sim.late.append((self._topic, self._partition, list(entries)))
            raise InDoubt("the batch is somewhere")
        base = await super().append(entries)
        await pause(random.choice((0, 0, 1, 5)))
        if fate == "unacknowledged":
            raise InDoubt("the acknowledgement was lost")
        if fate == "without offset":
            raise InDoubt("the broker named no offset")
        return base


class SimLog(MemoryLog):
    """The memory log with faults."""

    def __init__(self, world: Weather) -> None:
        super().__init__(lambda: world.clock_ms)
        self.world = world
        self.epochs: dict[str, int] = {}
        self.late: list[tuple[str, int, list[Entry]]] = []
        #: Whether records were lost that were acknowledged.
        self.lost = False

    async def reader(self, topic: str, partition: int, offset: int) -> SimReader:
        await pause()
        return SimReader(self, topic, partition, offset)

    async def appender(self, topic: str, partition: int) -> SimAppender:
        await pause()
        return SimAppender(self, topic, partition)

    async def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        await pause()
        return await super().bounds(topic, partition)

    async def end(self, topic: str, partition: int) -> int:
        await pause()
        return await super().end(topic, partition)

    async def pause(self, topic: str, partition: int, wait_ms: int) -> None:
        await pause()

    def restart_broker(self, *, ledger_end: int | None = None) -> None:
        """Every connection dies, and what was on the way; unsynced records may be gone."""
        self.epochs["broker"] = self.epochs.get("broker", 0) + 1
        self.late.clear()
        if ledger_end is not None:
            self.lost = True
            self.truncate(LEDGER, 0, ledger_end)

    def reset_commands(self) -> None:
        """The topic `commands` was deleted and made anew."""
        self.epochs[COMMANDS] = self.epochs.get(COMMANDS, 0) + 1
        self.truncate(COMMANDS, 0, 0)
