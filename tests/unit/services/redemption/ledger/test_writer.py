"""What the writer makes of a backlog, of poison, and of a machine that fails."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
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
from runtime.log.log import Entry, InDoubt, LogError, Reader, Unsent
from runtime.log.memory_log import MemoryAppender, MemoryLog
from runtime.log.sender import Sender
from runtime.replica.inbox import Handed
from runtime.replica.replica import Replica
from runtime.replica.woken import WokenReader
from runtime.store.store import MemoryStore, Store, StoreDamaged
from schemas.base import Millis
from schemas.commands import Command, CommandBody
from schemas.discounts import Discount
from schemas.projects import OpenProject
from schemas.records import Decided, Duplicate, Record, Unreadable, WriterStarted
from schemas.topics import COMMANDS, LEDGER
from schemas.vouchers import CreateVoucher, Voucher
from services.redemption.ledger.outfit import Decide, Identity, NoFront
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
        async with asyncio.timeout(20):
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


class Beside(Ledger):
    """A writer that decides what a front in its process hands over."""

    def __init__(self, decide_with: Decide = decide, *, wakes: bool = True) -> None:
        super().__init__(decide_with)
        self.front = Front(wakes=wakes)
        self.writer._front = self.front
        self.writer._inbox = self.front.inbox
        self.told: dict[str, list[LogError | tuple[Record, int]]] = {}

    def hand_over(self, body: CommandBody, command_id: str) -> Handed:
        now = time.time_ns() // 1_000_000
        said = self.told.setdefault(command_id, [])
        handed = Handed(
            command_of(body, command_id, len(self.told)),
            now,
            lambda *record: said.append(record),
            said.append,
        )
        self.front.inbox.put(handed)
        return handed

    async def serve_all(self) -> None:
        await self.serve(until=lambda: all(self.told.values()))

    def answers(self, command_id: str) -> list[str]:
        return [
            type(each[0] if isinstance(each, tuple) else each).__name__
            for each in self.told[command_id]
        ]


class Front(NoFront):
    """Remembers what it heard. One that does not wake its writer has it read the topic first."""

    def __init__(self, *, wakes: bool) -> None:
        super().__init__()
        self.wakes = wakes
        self.heard: list[str] = []
        self.noted: list[int] = []

    def wake(self, reader: Reader) -> Reader:
        return WokenReader(reader, self.inbox) if self.wakes else reader

    def suspend(self) -> None:
        self.heard.append("suspend")

    def forget(self) -> None:
        self.heard.append("forget")

    def note(self, applied: Iterable[tuple[Record, int]], end: int | None) -> None:
        self.noted += [offset for _, offset in applied]


async def test_what_is_handed_over_is_decided_after_what_the_topic_brought_and_told() -> None:
    ledger = Beside(wakes=False)
    ledger.ask(OpenProject(), "cmd_open")
    for code in "AB":
        ledger.hand_over(voucher(code), f"cmd_{code}")
    await ledger.serve_all()
    records = ledger.records()
    assert [(each.command_offset, getattr(each, "command_id", "")) for each in records] == [
        (0, "cmd_open"),
        (0, "cmd_A"),
        (0, "cmd_B"),
    ]
    assert ledger.told == {"cmd_A": [(records[1], 2)], "cmd_B": [(records[2], 3)]}
    # the front heard of each record, its own start and the topic's among them
    assert ledger.front.noted == [0, 1, 2, 3]
    # and the topic goes on where it was
    ledger.writer.stopping = False
    ledger.ask(voucher("C"), "cmd_C")
    await ledger.serve()
    assert [each.command_offset for each in ledger.records()] == [0, 0, 0, 1]


async def test_what_is_handed_over_fits_into_batches_and_does_not_wait_for_a_backlog() -> None:
    ledger = Beside(wakes=False)
    ledger.ask(OpenProject(), "cmd_open")
    for n in range(2 * BATCH_COMMANDS_MAX):
        ledger.ask(voucher(f"T{n}"), f"cmd_T{n}")
    for n in range(2 * BATCH_COMMANDS_MAX):
        ledger.hand_over(voucher(f"C{n}", 1500), f"cmd_C{n}")
    await ledger.serve_all()
    ids = [getattr(each, "command_id", "") for each in ledger.records()]
    handed = [each for each in ids if each.startswith("cmd_C")]
    assert handed == [f"cmd_C{n}" for n in range(2 * BATCH_COMMANDS_MAX)]
    assert ids.index("cmd_C0") <= BATCH_COMMANDS_MAX + 1


async def test_what_was_in_a_batch_in_doubt_is_decided_once_and_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledger = Beside()
    ledger.hand_over(OpenProject(), "cmd_open")
    append, left = MemoryAppender.append, [1]

    async def unacknowledged(self: MemoryAppender, entries: Sequence[Entry]) -> int:
        base = await append(self, entries)
        if left[0] and any(b"voucher.created" in each.value for each in entries):
            left[0] -= 1
            raise InDoubt("the acknowledgement was lost")
        return base

    monkeypatch.setattr(MemoryAppender, "append", unacknowledged)
    for code in "AB":
        ledger.hand_over(voucher(code), f"cmd_{code}")
    await ledger.serve_all()
    assert ledger.writer.doubts == 1
    kinds = [type(each) for each in ledger.records()]
    assert kinds == [Decided] * 3 + [Duplicate] * 3
    assert ledger.answers("cmd_A") == ledger.answers("cmd_B") == ["Duplicate"]


async def test_what_surely_was_not_sent_is_decided_when_the_log_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledger = Beside()
    ledger.hand_over(OpenProject(), "cmd_open")
    publish, left = ledger.codec.publish_pending, [1]
    handed = ledger.hand_over(voucher("A"), "cmd_A")
    seen: list[type] = []

    async def unreachable() -> None:
        if left[0] and handed.is_taken:
            left[0] -= 1
            seen.append(type(Handed.give_up(handed, "late")))
            handed.is_wanted = True
            raise Unsent("Kafka cannot be reached")
        await publish()

    monkeypatch.setattr(ledger.codec, "publish_pending", unreachable)
    await ledger.serve_all()
    # until it is known that it was not sent, nobody may say so
    assert seen == [InDoubt]
    assert ledger.answers("cmd_A") == ["Decided"]


async def test_what_nobody_waits_for_leaves_no_record() -> None:
    ledger = Beside()
    ledger.hand_over(OpenProject(), "cmd_open")
    gone = ledger.hand_over(voucher("A"), "cmd_A")
    ledger.hand_over(voucher("B"), "cmd_B")
    gone.is_wanted = False
    await ledger.serve(until=lambda: bool(ledger.told["cmd_B"]))
    assert [getattr(each, "command_id", "") for each in ledger.records()] == ["cmd_open", "cmd_B"]
    assert ledger.told["cmd_A"] == []


async def test_a_writer_that_stops_answers_what_is_in_flight_and_leaves_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledger = Beside()
    ledger.hand_over(OpenProject(), "cmd_open")
    append = MemoryAppender.append
    first = ledger.hand_over(voucher("A"), "cmd_A")

    async def stop_meanwhile(self: MemoryAppender, entries: Sequence[Entry]) -> int:
        if first.is_sent and not ledger.writer.stopping:
            ledger.writer.stopping = True
            ledger.hand_over(voucher("B"), "cmd_B")
        return await append(self, entries)

    monkeypatch.setattr(MemoryAppender, "append", stop_meanwhile)
    await ledger.serve(until=lambda: False)
    assert ledger.answers("cmd_A") == ["Decided"]
    assert ledger.told["cmd_B"] == []
    ledger.front.inbox.close()
    assert ledger.answers("cmd_B") == ["Unsent"]


async def test_a_machine_that_fails_over_what_was_handed_over_decides_it_afterwards() -> None:
    ledger = Beside(failing("A", StoreDamaged("bad block"), times=1))
    ledger.hand_over(OpenProject(), "cmd_open")
    ledger.hand_over(voucher("A"), "cmd_A")
    await ledger.serve_all()
    assert ledger.disk.wipes == 1
    assert ledger.answers("cmd_A") == ["Decided"]
    # what was wiped is not fresh before it is complete
    assert ledger.front.heard == ["suspend", "forget", "suspend"]


async def test_what_the_code_cannot_take_is_recorded_also_when_it_was_handed_over() -> None:
    ledger = Beside(failing("BAD", ZeroDivisionError("secret")))
    ledger.hand_over(OpenProject(), "cmd_open")
    ledger.hand_over(voucher("BAD"), "cmd_BAD")
    ledger.hand_over(voucher("B"), "cmd_B")
    await ledger.serve_all()
    assert ledger.answers("cmd_BAD") == ["Unreadable"]
    assert ledger.answers("cmd_B") == ["Decided"]
    assert ledger.buried == []


async def test_an_idle_writer_looks_when_the_log_ends_elsewhere() -> None:
    ledger = Beside()
    ledger.hand_over(OpenProject(), "cmd_open")

    def found() -> bool:
        if ledger.writer.records == 2:
            ledger.front.is_astray = ledger.writer.doubts == 0
        return ledger.writer.doubts == 1 and ledger.writer.serving

    await ledger.serve(until=found)
    assert ledger.front.heard == ["suspend", "suspend"]
