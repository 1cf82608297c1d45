"""What the writer makes of commands that a front in its process hands over."""

import time
from collections.abc import Iterable, Sequence

import pytest

from engine.decide import decide
from runtime.log.log import Entry, InDoubt, LogError, Reader, Unsent
from runtime.log.memory_log import MemoryAppender
from runtime.replica.inbox import Handed
from runtime.replica.woken import WokenReader
from runtime.store.store import StoreDamaged
from schemas.commands import CommandBody
from schemas.projects import OpenProject
from schemas.records import Decided, Duplicate, Record
from services.redemption.ledger.outfit import Decide, NoFront
from services.redemption.ledger.writer import BATCH_COMMANDS_MAX
from tests.unit.services.redemption.ledger.test_writer import Ledger, command_of, failing, voucher


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


async def test_what_the_code_cannot_take_is_recorded_and_kept_also_when_it_was_handed_over() -> (
    None
):
    ledger = Beside(failing("BAD", ZeroDivisionError("secret")))
    ledger.hand_over(OpenProject(), "cmd_open")
    bad = ledger.hand_over(voucher("BAD"), "cmd_BAD")
    ledger.hand_over(voucher("B"), "cmd_B")
    await ledger.serve_all()
    assert ledger.answers("cmd_BAD") == ["Unreadable"]
    assert ledger.answers("cmd_B") == ["Decided"]
    (told,) = ledger.told["cmd_BAD"]
    assert isinstance(told, tuple)
    (letter,) = ledger.buried
    assert ledger.codec.decode_command(letter.value) == bad.command
    assert dict(letter.headers)["origin"] == f"ledger/0/{told[1]}".encode()
    assert b"secret" not in dict(letter.headers)["reason"]


async def test_an_idle_writer_looks_when_the_log_ends_elsewhere() -> None:
    ledger = Beside()
    ledger.hand_over(OpenProject(), "cmd_open")

    def found() -> bool:
        if ledger.writer.records == 2:
            ledger.front.is_astray = ledger.writer.doubts == 0
        return ledger.writer.doubts == 1 and ledger.writer.serving

    await ledger.serve(until=found)
    assert ledger.front.heard == ["suspend", "suspend"]
