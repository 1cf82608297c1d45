"""The partitions that a process writes: as the host `ledger`, or beside a front that hands over commands."""

import asyncio
import hashlib
import platform
import uuid
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

from runtime.base.clock import clock_ms
from runtime.base.settings import Settings
from runtime.http.service import Part, Service, Task
from runtime.kafka.admin import client_options, delete_before
from runtime.kafka.group import PartitionGroup
from runtime.log.log import Entry
from runtime.replica.followed import Followed
from runtime.replica.replica import Replica
from schemas.topics import COMMANDS, DEAD_LETTERS
from services.redemption.ledger.eraser import Eraser, EraserOutfit
from services.redemption.ledger.outfit import Front, Identity
from services.redemption.ledger.partitions import Partitions
from services.redemption.ledger.serving import Serving
from services.redemption.ledger.ticker import Ticker
from services.redemption.ledger.writer import Writer
from tessera import __version__
from tessera.hosts.parts import Parts, fold_of

LEDGER_GROUP = "tessera-ledger"
#: How long a writer waits before it looks for a log that could not be reached.
REST_SECONDS = 0.2
#: How often it is looked for state that other code left for what is served by now.
CLEAN_UP_SECONDS = 10.0
#: Of the hash that a front is known by to the group.
MEMBER_DIGITS = 16


class Writing:
    """The writers of the partitions that Kafka assigns to this process. Give `service` to the host.

    `followed` are the replicas of a front, which lends those that are written here; a process
    without one opens its own.
    """

    def __init__(self, parts: Parts, followed: Mapping[int, Followed] | None = None) -> None:
        self._parts = parts
        self._followed = followed
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        #: Whether Kafka has said which partitions are written here; it may be none.
        self._is_told = False
        self.partitions = Partitions(self._open, self._close, self._fail)

    @property
    def service(self) -> Service:
        """The writers, and what looks after what they serve."""
        parts = self._parts
        group = PartitionGroup(
            client_options(parts.settings),
            topic=COMMANDS,
            group_id=LEDGER_GROUP,
            instance_id=name_member(parts.settings),
            on_assigned=self.take,
            on_revoked=self.give_back,
        )
        send, encode = parts.sender.send, parts.codec.encode_command
        tasks: dict[str, Task] = {
            "group": group.run,
            "ticker": Ticker(self._serving, send, encode, clock_ms=clock_ms).run,
            "eraser": Eraser(self._serving, _eraser_outfit(parts)).run,
            "writers": self._watch,
        }
        if self._followed is None:
            # A front cleans up what its replicas leave, lent or not.
            tasks["clean-up"] = self._clean_up
        return Service("ledger", tasks=tasks, lifespan=self._lifespan, health=self._health)

    async def take(self, partitions: frozenset[int]) -> None:
        """Writes these from now on."""
        await self.partitions.assigned(partitions)
        self._is_told = True

    async def give_back(self, partitions: frozenset[int]) -> None:
        """Writes these no longer; returns when their writers have stopped."""
        self._is_told = False
        await self.partitions.revoked(partitions)

    async def _open(self, partition: int) -> Writer:
        if self._followed is None:
            return _make_writer(self._parts, self._parts.replica(partition))
        followed = self._followed[partition]
        return _make_writer(self._parts, followed.replica, await followed.lend())

    async def _close(self, writer: Writer) -> None:
        if self._followed is None:
            await writer.replica.close()
        else:
            self._followed[writer.replica.partition].take_back()

    def _fail(self, fault: BaseException) -> None:
        if not self._failed.done():
            self._failed.set_exception(fault)

    async def _watch(self) -> None:
        await self._failed

    def _serving(self) -> list[Serving]:
        return [
            Serving(
                partition,
                fold_of(writer.replica),
                writer.replica.position.command_offset,
                writer.replica.position.chain.position,
            )
            for partition, writer in self.partitions.writers.items()
            if writer.serving
        ]

    async def _clean_up(self) -> None:
        cleaned: set[int] = set()
        while True:
            for partition in {each.partition for each in self._serving()} - cleaned:
                self._parts.folder(partition).remove_others()
                cleaned.add(partition)
            await asyncio.sleep(CLEAN_UP_SECONDS)

    @asynccontextmanager
    async def _lifespan(self) -> AsyncIterator[None]:
        yield
        await self.partitions.close()

    def _health(self) -> Mapping[str, Part]:
        # A front of several may have none to write; it serves all the same, by the topic.
        is_front = self._followed is not None
        if not self.partitions.writers and not (is_front and self._is_told):
            return {"ledger": Part("no partition is assigned yet")}
        return {
            f"writer {partition}": Part(
                self.partitions.faults.get(partition) or ("ok" if writer.serving else "taking over")
            )
            for partition, writer in sorted(self.partitions.writers.items())
        }


def name_member(settings: Settings) -> str:
    """What the group knows this process by, kept by its restarts.

    No two fronts share a home, since its state is open once; so nobody has to number them.
    """
    if settings.ledger == "apart":
        return f"ledger-{settings.ledger_slot}"
    own = f"{platform.node()}/{settings.home}".encode()
    return f"api-{hashlib.sha256(own).hexdigest()[:MEMBER_DIGITS]}"


def _make_writer(parts: Parts, replica: Replica, front: Front | None = None) -> Writer:
    async def bury(entries: Sequence[Entry]) -> None:
        await asyncio.gather(*(parts.sender.send(DEAD_LETTERS, 0, each) for each in entries))

    return Writer(
        Identity(f"w_{uuid.uuid4().hex}", platform.node(), __version__),
        parts.log,
        replica,
        lambda: fold_of(replica),
        parts.codec,
        spawn=_spawn,
        bury=bury,
        rest=lambda: asyncio.sleep(REST_SECONDS),
        front=front,
    )


def _eraser_outfit(parts: Parts) -> EraserOutfit:
    async def delete_commands(partition: int, before: int) -> None:
        await delete_before(parts.settings, COMMANDS, partition, before)

    return EraserOutfit(
        forget=partial(parts.keyring.forget, sender=parts.sender),
        delete_commands=delete_commands,
        send=parts.sender.send,
        encode=parts.codec.encode_command,
        clock_ms=clock_ms,
    )


def _spawn(append: Awaitable[int]) -> Awaitable[int]:
    task = asyncio.ensure_future(append)
    # A writer in doubt never asks for the outcome of what it had in flight.
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task
