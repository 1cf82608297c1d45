"""The worker over a ledger that decides at once, refuses, or does not answer."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any

import pytest

from engine.evolve import FOLDS
from engine.fold import PartFold
from engine.kernel import tables
from runtime.base.faults import NotDecided, NotSent, OutcomeUnknown
from runtime.replica.command_sender import Answered
from runtime.store.store import MemoryStore
from schemas.actions import (
    GiveUpAction,
    ImportVouchers,
    RowsStaged,
    RunChunk,
    StagedRowsDropped,
    StageRows,
    StartAction,
)
from schemas.commands import CommandBody
from schemas.projects import KeyKind, ProjectOpened, TimeZoneSet
from services.distribution.worker.state import KEPT
from services.distribution.worker.worker import CHUNK_FAILURES_MAX, CHUNKS_AHEAD, Open, Worker
from tests.unit.engine.background.test_actions import new
from tests.unit.engine.world import PROJECT, World, voucher

STEPS_MAX = 500


class Ledger:
    """A world as the worker sees it; it counts time in the worker's own sleeps."""

    def __init__(self) -> None:
        self.world = World()
        self.sent: list[CommandBody] = []
        self.faults: dict[int, list[Exception]] = {}
        self.others = 0
        #: How many records of others come with each of the worker's.
        self.chatter = 0
        self.at = 0.0
        self.slept: list[float] = []
        self.under_way = 0
        self.most_under_way = 0
        self.steps = count()

    def open_actions(self) -> Sequence[Open]:
        found = []
        for each in self.world.fold.open_actions():
            action = self.world.view.get(tables.ACTIONS, each.id)
            assert action is not None
            found.append(Open(each.project, action))
        return found

    async def await_change(self) -> None:
        await self.sleep(0)

    def records(self) -> int:
        return self.world.offset + self.others

    async def send(
        self, project: str, body: CommandBody, *, key_kind: KeyKind, **_: Any
    ) -> Answered:
        assert (project, key_kind) == (PROJECT, "system")
        self.sent.append(body)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(0)
        self.at += 0.02
        self.others += self.chatter
        self.under_way -= 1
        if isinstance(body, RunChunk) and self.faults.get(body.number):
            raise self.faults[body.number].pop(0)
        return Answered(self.world.when(body), 0, self.world.offset)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds
        if next(self.steps) > STEPS_MAX or not self.open_actions():
            raise asyncio.CancelledError
        await asyncio.sleep(0)

    def start(self, action_id: str, *sets: str) -> None:
        for number, codes in enumerate(sets):
            self.world.when(StageRows(action_id, number, tuple(map(new, codes)), number + 1))
        work = ImportVouchers()
        self.world.when(StartAction(action_id, "VOUCHERS.IMPORT", work, len(sets), len(sets)))

    def status(self, action_id: str) -> tuple[str, int]:
        action = self.world.view.get(tables.ACTIONS, action_id)
        assert action is not None
        return action.status, action.done


async def work(ledger: Ledger, share: float = 0.25) -> Worker:
    worker = Worker(ledger, ledger, share=share, clock=lambda: ledger.at, sleep=ledger.sleep)
    with suppress(asyncio.CancelledError):
        await worker.run()
    return worker


async def test_actions_are_done_in_turns_several_chunks_ahead() -> None:
    ledger = Ledger()
    ledger.start("aa_1", *"ABCDEFGHIJKLMNOPQRST")
    ledger.start("aa_2", "u", "v")
    await work(ledger)
    assert ledger.status("aa_1") == ("DONE", 20)
    assert ledger.status("aa_2") == ("DONE", 2)
    assert ledger.most_under_way == CHUNKS_AHEAD
    order = [each.action_id for each in ledger.sent if isinstance(each, RunChunk)]
    assert order.index("aa_2") < len(order) - 1 - order[::-1].index("aa_1")


async def test_while_others_write_it_takes_its_share_one_chunk_at_a_time() -> None:
    ledger = Ledger()
    ledger.start("aa_1", *"ABCDEFGHIJ")
    ledger.chatter = 10
    await work(ledger, share=0.25)
    assert ledger.status("aa_1") == ("DONE", 10)
    rests = [each for each in ledger.slept if each == pytest.approx(0.06)]
    assert len(rests) >= 5


@pytest.mark.parametrize("fault", [NotSent("down"), OutcomeUnknown("cmd_1")])
async def test_a_ledger_that_does_not_answer_is_asked_again(fault: Exception) -> None:
    ledger = Ledger()
    ledger.start("aa_1", *"ABCD")
    ledger.faults = {1: [fault, fault]}
    worker = await work(ledger)
    assert ledger.status("aa_1") == ("DONE", 4)
    assert worker.health().state == "ok"


async def test_a_chunk_that_can_never_be_decided_ends_its_action_alone() -> None:
    ledger = Ledger()
    ledger.start("aa_1", *"ABCD")
    ledger.start("aa_2", "e")
    ledger.faults = {2: [NotDecided("Unreadable")] * 10}
    await work(ledger)
    assert ledger.status("aa_1") == ("FAILED", 2)
    assert ledger.status("aa_2") == ("DONE", 1)
    (given_up,) = [each for each in ledger.sent if isinstance(each, GiveUpAction)]
    assert (given_up.number, given_up.fault) == (2, "Unreadable")
    tries = [each for each in ledger.sent if isinstance(each, RunChunk) and each.number == 2]
    assert len(tries) >= CHUNK_FAILURES_MAX


def test_the_part_of_the_state_that_is_kept_equals_the_whole() -> None:
    world = World().given(voucher("A"))
    part_store = MemoryStore()
    part = PartFold(part_store, KEPT)
    fold_in = world.fold_in

    def both(record: object) -> None:
        fold_in(record)  # type: ignore[arg-type]
        part.begin()
        part.apply(record, world.offset)  # type: ignore[arg-type]
        part_store.write(part.commit())

    world.fold_in = both  # type: ignore[method-assign]
    world.when(StageRows("aa_1", 0, (new("B"),)))
    world.when(StartAction("aa_1", "VOUCHERS.IMPORT", ImportVouchers(), 1, 1))
    assert [each.id for each in part.open_actions()] == ["aa_1"]
    world.when(RunChunk("aa_1", 0))
    assert part.open_actions() == []
    kept = dict(part_store.scan(b""))
    names = {key.partition(b"/")[0].decode() for key in kept}
    assert names == {tables.ACTIONS.name}
    whole = {
        key: value
        for key, value in world.bytes.items()
        if key.partition(b"/")[0].decode() in KEPT.tables and key in kept
    }
    assert kept == whole


def test_no_event_that_changes_what_is_kept_is_missed() -> None:
    kept_by = ("engine.projects.fold", "engine.background.fold")
    changing = {event for event, fold in FOLDS.items() if fold.__module__ in kept_by}
    assert changing - KEPT.events == {
        RowsStaged,
        StagedRowsDropped,
        ProjectOpened,
        TimeZoneSet,
    }
    # what opens a project changes this table alone; so do metadata schemas and its time zone
    assert tables.OPENED.name not in KEPT.tables
