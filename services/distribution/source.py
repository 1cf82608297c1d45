"""How this host reads a partition once, for two who keep something of it.

The worker's replica reads. What it has read and written it hands on: the records that count, and
where the chain stood before and after them. The outbox, when it stands where such a stretch
begins, takes it as it is: it fetches nothing, and no hash is made twice. Each of the two has a
store, a position and a task of its own, and compares itself with the log when it opens. So one
whose store is damaged, or that begins anew, or waits for something else than the ledger, leaves
the other alone: where no stretch fits, or none comes, the outbox reads by itself until one does.

Of most records only the head is read, for nearly all there is nothing to do.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec

from runtime.log.chain import ChainState
from runtime.log.log import StoredEntry
from runtime.replica.replica import Applied, Replica

#: How many stretches are kept for one who did not come to take them.
STRETCHES_MAX = 3
#: How long a sign of life of the one who reads is waited for: longer than a read of nothing takes.
LIFE_SECONDS = 5.0


class _Typed(msgspec.Struct, frozen=True, gc=False):
    type: str


class Head(msgspec.Struct, frozen=True):
    """What is read of every record. One that decides no command names no type of one."""

    command_id: str = ""
    command_type: str = ""
    project: str = ""
    events: tuple[_Typed, ...] = ()


_heads = msgspec.json.Decoder(Head)


class Skimmed(NamedTuple):
    """A record that counts; without a head it is nothing that is known here."""

    entry: StoredEntry
    head: Head | None


class Stretch(NamedTuple):
    """What was read at once: the records that count, and the chain before and after."""

    before: ChainState
    after: ChainState
    records: Sequence[Skimmed] = ()
    #: See `Replica.end`.
    end: int | None = None


class Source:
    """What the one who reads a partition hands on; it stands at `state`."""

    def __init__(self) -> None:
        self.state = ChainState()
        self._end: int | None = None
        self._stretches: deque[Stretch] = deque(maxlen=STRETCHES_MAX)
        self._moved = asyncio.Event()
        self._is_silent = False

    def begin(self, state: ChainState) -> None:
        """Notes where reading begins; what was handed on before may be of another log."""
        self.state = state
        self._stretches.clear()

    def hand_on(self, stretch: Stretch) -> None:
        """Takes what was read, maybe nothing, once it is written."""
        self.state, self._end = stretch.after, stretch.end
        if stretch.before != stretch.after:
            self._stretches.append(stretch)
        self._is_silent = False
        self._moved.set()

    async def next(self, state: ChainState) -> Stretch | None:
        """What follows `state`, maybe nothing for now; None: whoever stands there reads alone."""
        for _ in range(2):
            while self._stretches:
                if (stretch := self._stretches.popleft()).before == state:
                    return stretch
            # One that is behind may just not have its answer yet.
            if self.state.position > state.position or not await self._await_move():
                return None
            if self.state == state:
                return Stretch(state, state, (), self._end)
        return None

    async def _await_move(self) -> bool:
        """Whether there is a sign of life in time; once there was none, until there is one."""
        if not self._is_silent:
            self._is_silent = True
            self._moved.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LIFE_SECONDS):
                    await self._moved.wait()
        return not self._is_silent


class SkimmingReplica(Replica, ABC):
    """A replica that decodes only what it wants."""

    @abstractmethod
    def wants(self, head: Head) -> bool:
        """Whether the record may change anything here, or answer somebody."""

    async def _absorb(self, entries: Sequence[StoredEntry]) -> list[Applied]:
        records: list[Skimmed] = []
        try:
            for entry in entries:
                if self.chain.step(entry) or await self.chain.read(entry):
                    records.append(Skimmed(entry, _head_of(entry)))
        except BaseException:
            await self.drop_batch()
            raise
        return await self.take(Stretch(self.position.chain, self.chain.state, records))

    async def take(self, stretch: Stretch) -> list[Applied]:
        """Folds what is wanted of a stretch that begins here, and stands behind it then."""
        applied: list[Applied] = []
        self.fold.begin()
        try:
            for entry, head in stretch.records:
                if head is None or self.wants(head):
                    record = await self.decode(entry)
                    self.fold.apply(record, entry.offset)
                    applied.append(Applied(record, entry.offset, entry))
        except BaseException:
            await self.drop_batch()
            raise
        self.chain.state = stretch.after
        self.commit([each.record for each in applied])
        return applied


def _head_of(entry: StoredEntry) -> Head | None:
    try:
        return _heads.decode(entry.value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # whoever wants to know decodes it, and says what is wrong with it
        return None
