"""What must hold after every storm, whatever went wrong in it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

from engine.fold import StateFold
from runtime.chain import Chain, entry_hash
from runtime.log import StoredEntry
from runtime.store import MemoryStore, Store
from schemas.events import RedemptionRolledBack, RedemptionSucceeded
from schemas.records import (
    CommandsLost,
    CommandsRestarted,
    Conflicted,
    Decided,
    Duplicate,
    Record,
    WriterStarted,
)
from tests.simulation.machines import record_decoder
from tests.simulation.world import QUANTITIES, World

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
    _check_one_record_each(applied)
    _check_one_decision_each(applied)
    _check_deadlines(world, applied)
    _check_limits(applied)


def _check_one_record_each(applied: list[tuple[int, Record]]) -> None:
    last = -1
    for offset, record in applied:
        if isinstance(record, WriterStarted):
            expected = last
        elif isinstance(record, CommandsLost | CommandsRestarted):
            assert record.from_offset == last + 1, f"gap at {offset} begins elsewhere"
            expected = record.to_offset - 1
        else:
            expected = last + 1
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
    in_time = {
        (command.id, command.sent_at)
        for appended_at, command in world.appended
        if command.sent_at - CLOCK_SKEW_MS <= appended_at <= command.deadline
    }
    punctual = {command_id for command_id, _ in in_time}
    for offset, record in applied:
        if isinstance(record, Decided):
            assert record.command_id in punctual, f"record {offset} decides a late command"


def _check_limits(applied: list[tuple[int, Record]]) -> None:
    taken: Counter[str] = Counter()
    for _, record in applied:
        for event in record.events if isinstance(record, Decided) else ():
            if isinstance(event, RedemptionSucceeded):
                for outcome in event.evaluation.outcomes:
                    if outcome.status == "APPLICABLE":
                        taken[outcome.id] += 1
                        over = taken[outcome.id] > QUANTITIES[outcome.id]
                        assert not over, f"{outcome.id} was redeemed too often"
            elif isinstance(event, RedemptionRolledBack):
                for each in event.rollbacks:
                    assert each.voucher is not None
                    taken[each.voucher.code] -= 1
                    assert taken[each.voucher.code] >= 0
