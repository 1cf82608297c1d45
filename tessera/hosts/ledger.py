"""The host `ledger`: the writers, the ticker, the eraser."""

import asyncio
import os
import platform
import uuid
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

from runtime.base.clock import clock_ms
from runtime.base.settings import Settings
from runtime.http.host import Host, serve_host
from runtime.http.internal import InternalGate
from runtime.http.service import Part, Service
from runtime.kafka.admin import client_options, delete_before
from runtime.kafka.group import PartitionGroup
from runtime.keys.erasing import Erasing
from runtime.log.log import Entry
from schemas.topics import COMMANDS, DEAD_LETTERS
from services.redemption.ledger.eraser import Eraser, EraserOutfit
from services.redemption.ledger.outfit import Identity
from services.redemption.ledger.partitions import Partitions
from services.redemption.ledger.serving import Serving
from services.redemption.ledger.ticker import Ticker
from services.redemption.ledger.writer import Writer
from tessera import __version__
from tessera.hosts.erasing import StateCleaner
from tessera.hosts.parts import Parts, fold_of

LEDGER_GROUP = "tessera-ledger"
#: How long a writer waits before it looks for a log that could not be reached.
REST_SECONDS = 0.2
#: How often the ledger looks for state that other code left for what it serves by now.
CLEAN_UP_SECONDS = 10.0


async def run_ledger(settings: Settings) -> None:
    """The writers of the partitions that Kafka assigns to this process."""
    # A second process on one home keeps a state of its own.
    own = "" if settings.ledger_slot == "0" else f"-{settings.ledger_slot}"
    parts = Parts(settings, f"ledger{own}")
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def fail(fault: BaseException) -> None:
        if not failed.done():
            failed.set_exception(fault)

    partitions = Partitions(lambda partition: _writer(parts, partition), _close_writer, fail)
    group = PartitionGroup(
        client_options(settings),
        topic=COMMANDS,
        group_id=LEDGER_GROUP,
        instance_id=f"ledger-{settings.ledger_slot}",
        on_assigned=partitions.assigned,
        on_revoked=partitions.revoked,
    )

    def serving() -> list[Serving]:
        return [
            Serving(partition, fold_of(writer.replica), writer.replica.position.command_offset)
            for partition, writer in partitions.writers.items()
            if writer.serving
        ]

    ticker = Ticker(serving, parts.sender.send, parts.codec.encode_command, clock_ms=clock_ms)

    async def watch() -> None:
        await failed

    async def clean_up() -> None:
        cleaned: set[int] = set()
        while True:
            for partition in {each.partition for each in serving()} - cleaned:
                parts.folder(partition).remove_others()
                cleaned.add(partition)
            await asyncio.sleep(CLEAN_UP_SECONDS)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        yield
        await partitions.close()

    service = Service(
        "ledger",
        tasks={
            "customer-keys": parts.keep_keys,
            **({} if "X_INSIDE" in os.environ else {"group": group.run}),
            "ticker": ticker.run,
            "eraser": Eraser(serving, _eraser_outfit(parts)).run,
            "writers": watch,
            "clean-up": clean_up,
        },
        lifespan=lifespan,
        health=lambda: _ledger_health(partitions),
    )
    host = Host(
        "ledger",
        (parts.disk_watch(), _ledger_erasing(parts, partitions).service, service),
        InternalGate(parts.internal_secret),
    )
    try:
        await serve_host(host, bind="127.0.0.1", port=settings.ledger_port)
    finally:
        await parts.close()


def _writer(parts: Parts, partition: int, inbox=None, moved=lambda: None) -> Writer:
    replica = parts.replica(partition)

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
        inbox=inbox,
        moved=moved,
    )


def _ledger_erasing(parts: Parts, partitions: Partitions) -> Erasing:
    cleaner = StateCleaner(lambda: [each.replica.store for each in partitions.writers.values()])
    return Erasing(parts.keyring, cleaner.clean)


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


async def _close_writer(writer: Writer) -> None:
    await writer.replica.close()


def _ledger_health(partitions: Partitions) -> Mapping[str, Part]:
    if "X_INSIDE" in os.environ:
        return {"ledger": Part("ok")}
    if not partitions.writers:
        return {"ledger": Part("no partition is assigned yet")}
    return {
        f"writer {partition}": Part(
            partitions.faults.get(partition) or ("ok" if writer.serving else "taking over")
        )
        for partition, writer in sorted(partitions.writers.items())
    }
