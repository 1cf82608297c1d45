"""A world's ledger by the real writer: what it leaves are the very bytes that lie in the topics.

The front's commands, the writer, its codec and its chain, and a front's replica, over a log in
memory. Time stands until it is moved, and whatever is drawn by chance follows from a seed.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from itertools import count
from typing import cast

from engine.admission import find_seen
from engine.decide import decide
from engine.fold import StateFold
from engine.kernel.decision import Decision
from engine.kernel.overlay import ProjectState
from engine.kernel.state import View
from runtime.keys.codec import Codec
from runtime.keys.keyring import Keyring
from runtime.log.log import Entry, StoredEntry
from runtime.log.memory_log import MemoryLog
from runtime.log.sender import Sender
from runtime.replica.command_sender import Answered
from runtime.replica.commands import Commands
from runtime.replica.followed import Followed
from runtime.replica.replica import Replica
from runtime.store.store import MemoryStore, Store
from schemas.base import Millis
from schemas.commands import Command, CommandBody
from schemas.projects import KeyKind
from schemas.records import Decided, Duplicate
from schemas.topics import COMMANDS, LEDGER
from services.redemption.ledger.outfit import Identity
from services.redemption.ledger.writer import Writer
from tests.examples.corpus import WRAPPING_KEY
from tests.unit.services.ledger import Ledger

#: Long, since it is waited for by a real clock.
DEADLINE_MS = 60_000


class _Memory:
    """A folder in memory."""

    def open(self) -> Store:
        return MemoryStore()

    def wipe(self) -> Store:
        return MemoryStore()


def chances(seed: str) -> Callable[[int], bytes]:
    """A source of bytes that gives the same ones for the same seed."""
    numbers = count()

    def draw(size: int) -> bytes:
        return sha256(f"{seed}/{next(numbers)}".encode()).digest()[:size]

    return draw


#: The id of a command that the code of its day could not decide.
FAULTY = "cmd_faulty"


def _decide(view: View, command: Command, now: Millis) -> Decision:
    if command.id == FAULTY:
        raise ArithmeticError("a fault of the code")
    return decide(view, command, now)


class WrittenLedger(Ledger):
    """Has commands decided as the running system does, one at a time."""

    def __init__(self, seed: str) -> None:
        super().__init__()
        self.log = MemoryLog(self.time)
        self._seed = seed
        self._sender = Sender(self.log)
        codec = self._codec("front")
        self._followed = Followed(self._replica(codec))
        self._commands = Commands(
            self._sender,
            {0: self._followed},
            codec,
            lambda _: 0,
            self._first_offset,
            deadline_ms=DEADLINE_MS,
            clock_ms=self.time,
            random_bytes=chances(f"{seed}/commands"),
        )
        self._writers = 0
        self._encode = codec.encode_command
        self._following = asyncio.create_task(self._followed.follow())
        self._writing = self._new_writer()

    def time(self) -> Millis:
        return self.now

    @property
    def position(self) -> int:
        """The offset of the last record."""
        return self._followed.position

    def view(self, project: str) -> ProjectState:
        return cast("StateFold", self._followed.replica.fold).view(project)

    async def send(
        self,
        project: str,
        body: CommandBody,
        *,
        key_kind: KeyKind,
        channel: str = "API",
        channel_id: str = "",
        command_id: str | None = None,
        fingerprint: str = "",
        email_key: str | None = None,
        login: str | None = None,
    ) -> Answered:
        answered = await self._commands.send(
            project,
            body,
            key_kind=key_kind,
            channel=channel,
            channel_id=channel_id,
            command_id=command_id,
            fingerprint=fingerprint,
            email_key=email_key,
            login=login,
        )
        if isinstance(answered.record, Decided):
            self.records.append(answered.record)
        return answered

    def encoded(self, command: Command) -> bytes:
        """A command as it lies in its topic."""
        return self._encode(command)

    async def receive(self, value: bytes) -> None:
        """Finds something among the commands that no front of today sent, and records it."""
        _, end = await self.log.bounds(LEDGER, 0)
        self.log.append(COMMANDS, 0, [Entry(b"", value)])
        await self._written(end)

    async def lose_commands(self) -> None:
        """Commands are deleted before they were decided; the next writer says so."""
        await _ended(self._writing)
        self.log.append(COMMANDS, 0, [Entry(b"", b"never decided")] * 2)
        _, end = await self.log.bounds(COMMANDS, 0)
        self.log.drop_before(COMMANDS, 0, end)
        await self._take_over()

    async def begin_commands_anew(self) -> None:
        """The topic of commands is made again; the next writer says so."""
        await _ended(self._writing)
        self.log.truncate(COMMANDS, 0, 0)
        await self._take_over()

    async def _take_over(self) -> None:
        """Puts the next writer to work, until it has marked its start and the gap that it found."""
        _, end = await self.log.bounds(LEDGER, 0)
        self._writing = self._new_writer()
        await self._written(end + 1)

    async def _written(self, offset: int) -> None:
        """Returns when the record at `offset` is in the ledger, and folded."""
        async with asyncio.timeout(DEADLINE_MS / 1000):
            await self._followed.freshness.await_position(offset)

    async def close(self) -> None:
        """Ends everything."""
        await _ended(self._writing)
        await _ended(self._following)
        await self._sender.close()

    async def entries(self, topic: str) -> Sequence[StoredEntry]:
        """What lies in a topic."""
        first, end = await self.log.bounds(topic, 0)
        return self.log.since(topic, 0, first, end - first)

    def _new_writer(self) -> asyncio.Task[None]:
        """The task of a writer of its own name; there is one at a time."""
        self._writers += 1
        name = f"writer-{self._writers}"
        codec = self._codec(name)
        replica = self._replica(codec)
        writer = Writer(
            Identity(name, "ledger-0", "0.1.0"),
            self.log,
            replica,
            lambda: cast("StateFold", replica.fold),
            codec,
            spawn=asyncio.ensure_future,
            bury=self._bury,
            rest=lambda: asyncio.sleep(0),
            decide=_decide,
        )
        return asyncio.create_task(writer.run())

    def _codec(self, name: str) -> Codec:
        draw = chances(f"{self._seed}/{name}")
        keyring = Keyring(self.log, MemoryStore(), WRAPPING_KEY, random_bytes=draw)
        return Codec(keyring, self._sender)

    def _replica(self, codec: Codec) -> Replica:
        return Replica(self.log, 0, _Memory(), StateFold, codec)

    def _first_offset(self, record: Duplicate) -> int | None:
        seen = find_seen(self.view(record.project), record.command_id, record.at)
        return None if seen is None else seen.offset

    async def _bury(self, entries: Sequence[Entry]) -> None:
        """Dead letters lie in a topic of their own, of which there are no examples."""


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
