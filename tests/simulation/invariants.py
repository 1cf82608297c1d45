"""What must hold after every storm, whatever went wrong in it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

from engine.fold import StateFold
from runtime.log.chain import Chain, entry_hash
from runtime.log.log import StoredEntry
from runtime.store.store import MemoryStore, Store
from schemas.evaluations import Outcome
from schemas.events import Event
from schemas.records import (
    CommandsLost,
    CommandsRestarted,
    Conflicted,
    Decided,
    Duplicate,
    Record,
    WriterStarted,
)
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded
from schemas.sessions import SessionLocked, SessionReleased
from tests.simulation.fronts import record_decoder
from tests.simulation.world import GIFT_AMOUNT, QUANTITIES, World

#: How far a front's clock may be ahead of the broker's.
CLOCK_SKEW_MS = 5000


def state_of(store: Store) -> dict[bytes, bytes]:
    """A store's content without the reader's own position."""
    return {key: value for key, value in store.scan(b"") if not key.startswith(b"~")}


def history(entries: Sequence[StoredEntry]) -> list[tuple[int, Record]]:
    """The applied records of a log, by a plain reading of the chain."""

    async def reread(start: int, end: int) -> AsyncIterator[tuple[int, str]]:
        for entry in entries[start:end]:
            yield entry.offset, entry_hash(entry.key, entry.headers, entry.value)

    async def read() -> list[tuple[int, Record]]:
        chain = Chain(reread)
        return [
            (entry.offset, record_decoder.decode(entry.value))
            for entry in entries
            if await chain.read(entry)
        ]

    return asyncio.run(read())


def check(world: World, last_writer_store: Store) -> None:
    """Raises AssertionError naming what does not hold."""
    applied = history(world.ledger())
    fresh = StateFold(MemoryStore())
    fresh.begin()
    for offset, record in applied:
        fresh.apply(record, offset)
    state = {key: value for key, value in fresh.commit().items() if value is not None}
    assert state_of(last_writer_store) == state, "the writer's state is not the fold of the log"
    for reader in world.readers:
        folded = state_of(reader.followed.replica.store)
        assert folded == state, "a reader's state is not the fold of the log"
    _check_one_record_each(world, applied)
    _check_handovers(world, applied)
    _check_readings(world, applied)
    _check_one_decision_each(applied)
    _check_deadlines(world, applied)
    _check_limits(applied)


def _check_one_record_each(world: World, applied: list[tuple[int, Record]]) -> None:
    """The topic's commands have a record each, in order; what was handed over lies between."""
    last = -1
    appended = {(offset, command.id) for offset, _, command in world.appended}
    handed = {each.command.id for each in world.handovers}
    for offset, record in applied:
        if isinstance(record, WriterStarted):
            expected = last
        elif isinstance(record, CommandsLost | CommandsRestarted):
            assert record.from_offset == last + 1, f"gap at {offset} begins elsewhere"
            expected = record.to_offset - 1
        elif _command_id(record) in handed and record.command_offset == last:
            expected = last
        else:
            expected = last + 1
            command_id = _command_id(record)
            assert command_id is None or (expected, command_id) in appended, (
                f"record {offset} decides what was not sent"
            )
        assert record.command_offset == expected, (
            f"record {offset} decides command {record.command_offset}, not {expected}"
        )
        last = record.command_offset


def _check_one_decision_each(applied: list[tuple[int, Record]]) -> None:
    decided = Counter(r.command_id for _, r in applied if isinstance(r, Decided))
    repeated = [each for each, times in decided.items() if times > 1]
    assert not repeated, f"decided more than once: {repeated}"
    first = {r.command_id: offset for offset, r in applied if isinstance(r, Decided)}
    for offset, record in applied:
        if isinstance(record, Duplicate):
            assert first[record.command_id] < offset
        elif isinstance(record, Conflicted):
            assert record.command_id in first


def _check_deadlines(world: World, applied: list[tuple[int, Record]]) -> None:
    """A command is decided only by its own attempt that came in time."""
    punctual = {
        (offset, command.id)
        for offset, appended_at, command in world.appended
        if command.sent_at - CLOCK_SKEW_MS <= appended_at <= command.deadline
    }
    handed = {
        each.command.id
        for each in world.handovers
        if each.command.sent_at - CLOCK_SKEW_MS <= each.at <= each.command.deadline
    }
    for offset, record in applied:
        if isinstance(record, Decided):
            attempt = record.command_offset, record.command_id
            assert attempt in punctual or record.command_id in handed, (
                f"record {offset} decides a late command"
            )


def _command_id(record: Record) -> str | None:
    return getattr(record, "command_id", None) or None


def _check_handovers(world: World, applied: list[tuple[int, Record]]) -> None:
    """Who was told a record has it, one alone; who was told that there is none has none."""
    lies_at = dict(applied)
    records = Counter(_command_id(record) for _, record in applied)
    may_lie = Counter(command.id for _, _, command in world.appended)
    told: set[int] = set()
    for each in world.handovers:
        if not each.surely_left_nothing:
            may_lie[each.command.id] += 1
        if each.told is None:
            continue
        record, offset = each.told
        assert _command_id(record) == each.command.id, f"told of another command's record {offset}"
        if not world.log.lost:
            assert lies_at.get(offset) == record, f"told of record {offset}, which is not there"
            assert offset not in told, f"record {offset} answers twice"
            told.add(offset)
    for each in world.handovers:
        if not may_lie[each.command.id]:
            assert not records[each.command.id], f"{each.command.id} was not sent, and is decided"


def _check_readings(world: World, applied: list[tuple[int, Record]]) -> None:
    """A front shows the log up to its place, and nothing that is not in it."""
    if world.log.lost:
        return
    store = MemoryStore()
    fold = StateFold(store)
    left = list(applied)
    for reading in sorted(world.readings, key=lambda each: each.position):
        if not reading.is_proven:
            continue
        fold.begin()
        while left and left[0][0] <= reading.position:
            offset, record = left.pop(0)
            fold.apply(record, offset)
        store.write(fold.commit())
        assert reading.shown == state_of(store), "a front showed what is not in the log"


class _Taken:
    """What the history of a world took, and what its sessions hold; counted plainly."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self.quantity: Counter[str] = Counter()
        self.credits = 0
        #: By session key and code: until when, and how many credits.
        self.held: dict[tuple[str, str], tuple[int, int]] = {}

    def check(self, at: int, offset: int) -> None:
        live = {each: hold for each, hold in self.held.items() if hold[0] > at}
        for code, most in QUANTITIES.items():
            held = sum(1 for _, held_code in live if held_code == code)
            assert self.quantity[code] + held <= most, f"record {offset}: too much of {code}"
            assert self.quantity[code] >= 0
        held_credits = sum(credits for _, credits in live.values())
        assert self.credits >= 0, f"record {offset}: credits given back twice"
        assert self.credits + held_credits <= GIFT_AMOUNT, f"record {offset}: too many credits"

    def apply(self, event: Event) -> None:
        match event:
            case RedemptionSucceeded():
                for outcome in event.evaluation.outcomes:
                    self._redeem(outcome, event.session_key)
            case RedemptionRolledBack():
                for back in event.rollbacks:
                    assert back.voucher is not None
                    self.quantity[back.voucher.code] -= 1
                    self.credits -= back.credits or 0
            case SessionLocked():
                self._lock(event)
            case SessionReleased():
                self.held = {
                    each: hold
                    for each, hold in self.held.items()
                    if each != (event.session_key, self._code_of(event.voucher_id))
                }
            case _:
                pass

    def _redeem(self, outcome: Outcome, session_key: str | None) -> None:
        if outcome.status != "APPLICABLE":
            return
        assert outcome.taken is not None
        self.quantity[outcome.id] += 1
        self.credits += outcome.taken.credits or 0
        self.held.pop((session_key or "", outcome.id), None)

    def _lock(self, event: SessionLocked) -> None:
        key = event.session.key
        self.held = {each: hold for each, hold in self.held.items() if each[0] != key}
        for outcome in event.evaluation.outcomes:
            if outcome.status == "APPLICABLE":
                assert outcome.voucher is not None
                self._ids[outcome.voucher.id] = outcome.id
                credits = (outcome.taken.credits if outcome.taken else None) or 0
                self.held[key, outcome.id] = event.session.expires_at, credits

    def _code_of(self, voucher_id: str) -> str:
        return self._ids.get(voucher_id, "")


def _check_limits(applied: list[tuple[int, Record]]) -> None:
    taken = _Taken()
    for offset, record in applied:
        if isinstance(record, Decided):
            for event in record.events:
                taken.apply(event)
            taken.check(record.at, offset)
