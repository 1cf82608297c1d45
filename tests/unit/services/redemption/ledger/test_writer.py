"""What the writer makes of a backlog, of poison, and of a machine that fails."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import cast

import msgspec
import pytest

from engine.decide import decide
from engine.fold import StateFold
from engine.kernel.decision import Decision
from engine.kernel.state import View
from runtime.keys.codec import Codec
from runtime.keys.keyring import Keyring
from runtime.keys.sealing import KeyringError
from runtime.log.log import Entry, Unsent
from runtime.log.memory_log import MemoryLog
from runtime.log.sender import Sender
from runtime.replica.replica import Replica
from runtime.store.store import MemoryStore, Store, StoreDamaged
from schemas.base import Millis
from schemas.commands import Command, CommandBody
from schemas.discounts import Discount
from schemas.projects import OpenProject
from schemas.records import Decided, Record, Unreadable, WriterStarted
from schemas.topics import COMMANDS, LEDGER
from schemas.vouchers import CreateVoucher, Voucher
from services.redemption.ledger.outfit import Decide, Identity
from services.redemption.ledger.writer import BATCH_COMMANDS_MAX, Writer

PROJECT = "p"


def command_of(body: CommandBody, command_id: str, number: int) -> Command:
    now = time.time_ns() // 1_000_000
    return Command(
        id=command_id,
        project=PROJECT,
        sent_at=now,
        deadline=now + 60_000,
        seed=f"{number:032x}",
        key_kind="server",
        fingerprint="f" * 64,
        body=body,
    )


class Disk:
    """A folder in memory that counts how often it was wiped."""

    def __init__(self) -> None:
        self.wipes = 0

    def open(self) -> Store:
        return MemoryStore()

    def wipe(self) -> Store:
        self.wipes += 1
        return MemoryStore()


class QuickLog(MemoryLog):
    """A log whose readers look again soon, so that one that waits hears of its end."""

    async def pause(self, topic: str, partition: int, wait_ms: int) -> None:
        await super().pause(topic, partition, min(wait_ms, 10))


class Ledger:
    """One writer over a memory log."""

    def __init__(self, decide_with: Decide = decide) -> None:
        self.log = QuickLog(lambda: time.time_ns() // 1_000_000)
        self.disk = Disk()
        self.buried: list[Entry] = []
        self.rests = 0
        self.codec = Codec(Keyring(self.log, MemoryStore(), b"k" * 32), Sender(self.log))
        replica = Replica(self.log, 0, self.disk, StateFold, self.codec)
        self.writer = Writer(
            Identity("w", "h", "v"),
            self.log,
            replica,
            lambda: cast("StateFold", self.writer.replica.fold),
            self.codec,
            spawn=asyncio.ensure_future,
            bury=self.bury,
            rest=self.rest,
            decide=decide_with,
        )

    async def bury(self, entries: Sequence[Entry]) -> None:
        self.buried += entries

    async def rest(self) -> None:
        self.rests += 1
        await asyncio.sleep(0)

    def ask(self, body: CommandBody, command_id: str) -> None:
        command = command_of(body, command_id, len(self.log.since(COMMANDS, 0, 0, 10**9)))
        self.log.append(COMMANDS, 0, [Entry(PROJECT.encode(), msgspec.json.encode(command))])

    async def serve(self, *, until: Callable[[], bool] | None = None) -> None:
        """Runs the writer until everything is decided, or `until`."""
        end = len(self.log.since(COMMANDS, 0, 0, 10**9))
        task = asyncio.create_task(self.writer.run())
        done = until or (lambda: self.writer.replica.position.command_offset == end - 1)
        async with asyncio.timeout(120):
            while not done() and not task.done():  # noqa: ASYNC110  it has no event
                await asyncio.sleep(0.005)
        self.writer.stopping = True
        await task

    def records(self) -> list[Record]:
        entries = self.log.since(LEDGER, 0, 0, 10**9)
        records = [self.codec.decode_record(each.value) for each in entries]
        return [each for each in records if not isinstance(each, WriterStarted)]


def voucher(code: str, filler: int = 0) -> CreateVoucher:
    return CreateVoucher(
        Voucher(
            id="",
            code=code,
            type="DISCOUNT_VOUCHER",
            created_at=0,
            discount=Discount(type="AMOUNT", amount_off=1),
            metadata={"filler": "x" * filler},
        )
    )


@pytest.mark.parametrize("filler", range(1100, 1900, 100))
async def test_a_backlog_of_any_record_size_fits_into_batches(filler: int) -> None:
    ledger = Ledger()
    ledger.ask(OpenProject(), "cmd_open")
    for n in range(BATCH_COMMANDS_MAX):
        ledger.ask(voucher(f"C{n}", filler), f"idem_{n:064x}")
    await ledger.serve()
    records = ledger.records()
    assert len(records) == BATCH_COMMANDS_MAX + 1
    assert all(isinstance(each, Decided) and each.refusal is None for each in records)


def failing(code: str, fault: Exception, times: int = 10**9) -> Decide:
    """Decides as ever but for one code, which raises so many times."""
    left = times

    def with_fault(view: View, command: Command, now: Millis) -> Decision:
        nonlocal left
        if isinstance(command.body, CreateVoucher) and command.body.voucher.code == code and left:
            left -= 1
            raise fault
        return decide(view, command, now)

    return with_fault


async def test_a_command_that_the_code_cannot_take_is_recorded_and_the_next_is_decided() -> None:
    ledger = Ledger(failing("BAD", ZeroDivisionError("secret")))
    ledger.ask(OpenProject(), "cmd_open")
    for code in ("A", "BAD", "B"):
        ledger.ask(voucher(code), f"cmd_{code}")
    await ledger.serve()
    kinds = [type(each) for each in ledger.records()]
    assert kinds == [Decided, Decided, Unreadable, Decided]
    assert getattr(ledger.records()[2], "command_id", None) == "cmd_BAD"
    assert len(ledger.buried) == 1
    assert dict(ledger.buried[0].headers)["origin"] == b"commands/0/2"
    assert b"secret" not in dict(ledger.buried[0].headers)["reason"]


async def test_a_decision_that_does_not_fold_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apply = StateFold.apply

    def refuse(self: StateFold, record: Record, offset: int) -> None:
        if isinstance(record, Decided) and record.command_id == "cmd_BAD":
            raise KeyError("BAD")
        apply(self, record, offset)

    monkeypatch.setattr(StateFold, "apply", refuse)
    ledger = Ledger()
    ledger.ask(OpenProject(), "cmd_open")
    for code in ("BAD", "B"):
        ledger.ask(voucher(code), f"cmd_{code}")
    await ledger.serve()
    assert [type(each) for each in ledger.records()] == [Decided, Unreadable, Decided]


async def test_a_damaged_state_is_wiped_and_no_command_is_blamed_for_it() -> None:
    ledger = Ledger(failing("A", StoreDamaged("bad block"), times=1))
    ledger.ask(OpenProject(), "cmd_open")
    ledger.ask(voucher("A"), "cmd_A")
    await ledger.serve()
    assert ledger.disk.wipes == 1
    assert [type(each) for each in ledger.records()] == [Decided, Decided]
    assert ledger.buried == []


async def test_a_wrong_master_key_ends_the_writer_and_no_command_is_blamed_for_it() -> None:
    ledger = Ledger(failing("A", KeyringError("another master key")))
    ledger.ask(OpenProject(), "cmd_open")
    ledger.ask(voucher("A"), "cmd_A")
    with pytest.raises(KeyringError):
        await ledger.serve()
    assert not any(isinstance(each, Unreadable) for each in ledger.records())


async def test_a_log_that_cannot_be_reached_is_not_asked_without_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledger = Ledger()
    asked = 0

    async def unreachable(topic: str, partition: int) -> object:
        nonlocal asked
        asked += 1
        raise Unsent("Kafka cannot be reached")

    monkeypatch.setattr(ledger.log, "appender", unreachable)
    await ledger.serve(until=lambda: asked >= 5)
    assert ledger.rests >= 4
