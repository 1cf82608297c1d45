"""A replica that is lent to a writer beside the front: folded once, and never called fresh too soon."""

import asyncio
from collections.abc import Mapping
from typing import cast

import pytest

from engine.fold import StateFold
from runtime.base.faults import TooLarge
from runtime.replica.followed import Followed
from runtime.store.store import MemoryStore
from schemas.api import CustomerInput
from schemas.customers import UpsertCustomer
from schemas.records import Conflicted, Decided, Unreadable
from schemas.topics import COMMAND_BYTES_MAX, COMMANDS, LEDGER
from services.redemption.ledger.outfit import Identity
from services.redemption.ledger.writer import Writer
from tests.unit.runtime.log.test_freshness import PATIENT, turns
from tests.unit.runtime.replica.test_commands import ANN, BEN, Backbone, backbone
from tests.unit.runtime.replica.test_followed import Ledger

SOON = 0.05


async def until_folded(ledger: Ledger, position: int) -> None:
    await asyncio.wait_for(ledger.freshness.await_position(position), PATIENT)


async def test_a_lent_replica_is_left_alone_and_followed_on_when_it_is_back() -> None:
    ledger = Ledger()
    ledger.append()
    async with ledger.followed_now():
        await until_folded(ledger, 0)
        loan = await ledger.followed.lend()
        ledger.append()
        await turns()
        assert ledger.followed.position == 0
        replica = ledger.followed.replica
        found: list[int] = []
        await replica.catch_up(lambda applied: found.extend(each.offset for each in applied))
        loan.note((), None)
        assert found == [1]
        assert await ledger.freshness.prove_current(PATIENT)
        ledger.followed.take_back()
        ledger.append()
        await until_folded(ledger, 2)


async def test_a_replica_is_lent_also_over_a_batch_which_the_writer_folds_then() -> None:
    ledger = Ledger()
    ledger.append()
    async with ledger.followed_now():
        await until_folded(ledger, 0)
        ledger.slow.go_on.clear()
        ledger.append()
        await turns()
        # it has been read, but not been written
        assert ledger.followed.position == 1
        loan = await ledger.followed.lend()
        assert ledger.followed.position == 0
        ledger.slow.go_on.set()
        found: list[int] = []
        await ledger.followed.replica.catch_up(
            lambda applied: found.extend(each.offset for each in applied)
        )
        assert found == [1]
        loan.note((), None)
        assert await ledger.freshness.prove_current(PATIENT)


async def test_a_replica_that_is_lent_again_at_once_is_not_followed_in_between() -> None:
    ledger = Ledger()
    async with ledger.followed_now():
        await ledger.followed.lend()
        await turns()
        ledger.followed.take_back()
        await ledger.followed.lend()
        ledger.append()
        await turns()
        assert ledger.followed.position == -1
        ledger.followed.take_back()
        await until_folded(ledger, 0)


async def test_a_lent_replica_is_proven_by_what_the_writer_notes() -> None:
    ledger = Ledger()
    ledger.append()
    async with ledger.followed_now():
        await until_folded(ledger, 0)
        loan = await ledger.followed.lend()
        # nobody else wrote: what was folded is all there is
        assert await ledger.freshness.prove_current(PATIENT)
        loan.suspend()
        assert not await ledger.freshness.prove_current(SOON)
        loan.note((), None)
        assert await ledger.freshness.prove_current(PATIENT)
        assert not loan.is_astray


async def test_a_lent_replica_that_is_wiped_is_fresh_when_it_is_folded_anew() -> None:
    ledger = Ledger()
    for _ in range(3):
        ledger.append()
    async with ledger.followed_now():
        await until_folded(ledger, 2)
        loan = await ledger.followed.lend()
        assert await ledger.freshness.prove_age(1.0, PATIENT)
        ledger.followed.replica.wipe()
        loan.forget()
        loan.suspend()
        assert not await ledger.freshness.prove_age(1.0, SOON)
        waiting = asyncio.create_task(ledger.freshness.prove_current(PATIENT))
        await turns()
        assert not waiting.done()
        await ledger.followed.replica.catch_up(lambda _: loan.note((), None))
        assert await waiting


async def test_a_lent_replica_of_a_log_that_lost_records_has_its_writer_look() -> None:
    ledger = Ledger()
    for _ in range(3):
        ledger.append()
    async with ledger.followed_now():
        await until_folded(ledger, 2)
        loan = await ledger.followed.lend()
        ledger.log.truncate(LEDGER, 0, 1)
        assert not await ledger.freshness.prove_current(SOON)
        assert loan.is_astray
        loan.suspend()
        assert not loan.is_astray
        assert not await ledger.followed.replica.open()
        loan.forget()
        await ledger.followed.replica.catch_up(lambda _: loan.note((), None))
        assert await ledger.freshness.prove_current(PATIENT)
        assert not loan.is_astray


async def test_a_lent_replica_behind_what_another_wrote_has_its_writer_look() -> None:
    ledger = Ledger()
    ledger.append()
    async with ledger.followed_now():
        await until_folded(ledger, 0)
        loan = await ledger.followed.lend()
        ledger.append()
        assert not loan.is_astray
        assert not await ledger.freshness.prove_current(SOON)
        assert loan.is_astray


class Full(MemoryStore):
    """A store whose next write fails."""

    fault: Exception | None = None

    def write(self, changes: Mapping[bytes, bytes | None]) -> None:
        fault, self.fault = self.fault, None
        if fault is not None:
            raise fault
        super().write(changes)


async def test_a_replica_that_comes_back_over_a_failed_write_goes_on_from_what_is_written() -> None:
    ledger = Ledger()
    ledger.folder.store = store = Full()
    ledger.followed = ledger.follower(ledger.slow)
    ledger.freshness = ledger.followed.freshness
    ledger.append()
    async with ledger.followed_now():
        await until_folded(ledger, 0)
        await ledger.followed.lend()
        ledger.append()
        store.fault = OSError("no space left")
        with pytest.raises(OSError, match="no space"):
            await ledger.followed.replica.catch_up()
        await ledger.followed.replica.stop_reading()
        ledger.followed.take_back()
        assert await ledger.freshness.prove_current(PATIENT)
        written = dict(store.scan(b""))
        assert b'"position":1' in written[b"~position"]


def beside(made: Backbone) -> asyncio.Task[None]:
    """Has a writer decide in the front's process, as a partition that is assigned to it."""

    async def serve() -> None:
        loan = await made.followed.lend()
        replica = made.followed.replica
        writer = Writer(
            Identity("w", "h", "v"),
            made.log,
            replica,
            lambda: cast("StateFold", replica.fold),
            made.codec(),
            spawn=asyncio.ensure_future,
            bury=lambda _: asyncio.sleep(0),
            rest=lambda: asyncio.sleep(0),
            front=loan,
        )
        try:
            await writer.run()
        finally:
            made.followed.take_back()

    task = asyncio.create_task(serve())
    made.tasks.append(task)
    return task


async def lent(followed: Followed) -> None:
    async with asyncio.timeout(PATIENT):
        while followed.loan is None:  # noqa: ASYNC110  it has no event
            await asyncio.sleep(0)


async def test_a_command_is_decided_beside_the_front_and_read_there_at_once() -> None:
    async with backbone() as made:
        made.tasks.pop().cancel()
        beside(made)
        await lent(made.followed)
        answered = await made.send(ANN, key="idem_1", fingerprint="f")
        assert isinstance(answered.record, Decided)
        assert made.followed.position == answered.offset
        assert await made.followed.freshness.prove_current(PATIENT)
        assert await made.send(ANN, key="idem_1", fingerprint="f") == answered
        assert isinstance((await made.send(BEN, key="idem_1", fingerprint="g")).record, Conflicted)
        # only what opened the project took the way through the topic
        assert (await made.log.bounds(COMMANDS, 0))[1] == 1


@pytest.mark.parametrize("is_beside", [False, True])
async def test_a_command_is_too_large_wherever_its_writer_is(is_beside: bool) -> None:
    async with backbone() as made:
        if is_beside:
            made.tasks.pop().cancel()
            beside(made)
            await lent(made.followed)
        assert isinstance((await made.send(BEN)).record, Decided)
        before = made.log.end_now(LEDGER, 0)
        large = CustomerInput(source_id="ann", metadata={"a": "x" * COMMAND_BYTES_MAX})
        with pytest.raises(TooLarge):
            await made.send(UpsertCustomer(large))
        assert made.log.end_now(LEDGER, 0) == before


async def test_reads_go_on_beside_an_idle_writer_when_the_log_lost_records() -> None:
    async with backbone() as made:
        made.tasks.pop().cancel()
        beside(made)
        await lent(made.followed)
        await made.send(ANN)
        made.log.truncate(LEDGER, 0, 1)
        async with asyncio.timeout(PATIENT):
            while not await made.followed.freshness.prove_current(1.0):
                pass
        assert made.followed.position == made.log.end_now(LEDGER, 0) - 1


async def test_whoever_sent_by_the_topic_is_told_when_the_writer_beside_decides() -> None:
    async with backbone(writer=False) as made:
        sending = asyncio.create_task(made.send(ANN))
        await turns()
        assert (await made.log.bounds(COMMANDS, 0))[1] == 1
        beside(made)
        assert isinstance((await asyncio.wait_for(sending, PATIENT)).record, Decided)


async def test_a_front_goes_on_by_the_topic_after_its_writer() -> None:
    async with backbone() as made:
        made.tasks.pop().cancel()
        writing = beside(made)
        await lent(made.followed)
        await made.send(ANN)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        made.start_writer()
        answered = await made.send(BEN)
        assert isinstance(answered.record, Decided)
        assert (await made.log.bounds(COMMANDS, 0))[1] == 2


async def test_a_record_of_another_attempt_is_not_kept_for_whoever_gets_its_offset() -> None:
    async with backbone(writer=False) as made:
        followed = made.followed
        followed.expect("idem_1")
        # handed over at another front while this one sends
        followed.tell(
            [(Conflicted(8, 1, "idem_1", "p"), 20), (Conflicted(9, 1, "idem_1", "p"), 21)]
        )
        assert (await followed.answer_to("idem_1", 9, PATIENT)).offset == 21
        followed.forget("idem_1", 9)
        # `commands` was made anew
        followed.expect("idem_2")
        with pytest.raises(TimeoutError):
            await followed.answer_to("idem_2", 8, SOON)
        followed.forget("idem_2", 8)


async def test_what_another_attempt_waits_for_outlives_one_that_was_not_sent() -> None:
    async with backbone(writer=False) as made:
        followed = made.followed
        followed.expect("idem_1")
        followed.expect("idem_1")
        followed.tell([(Conflicted(8, 1, "idem_1", "p"), 20)])
        followed.forget("idem_1", None)
        assert (await followed.answer_to("idem_1", 8, SOON)).offset == 20
        followed.forget("idem_1", 8)


async def test_a_command_that_made_the_code_raise_answers_nobody_elses() -> None:
    async with backbone(writer=False) as made:
        followed = made.followed
        for each in ("idem_1", "idem_2"):
            followed.expect(each)
        waiting = asyncio.create_task(followed.answer_to("idem_1", 8, PATIENT))
        await turns()
        # one that another front decided itself has the offset of the topic's last one
        followed.tell([(Unreadable(8, 1, "raised", "idem_3"), 20)])
        await turns()
        assert not waiting.done()
        followed.tell([(Unreadable(8, 1, "raised", "idem_1"), 21)])
        assert (await waiting).offset == 21
        # also before it is known where the command lies
        followed.tell([(Unreadable(9, 1, "raised", "idem_2"), 22)])
        assert (await followed.answer_to("idem_2", 9, SOON)).offset == 22
        followed.forget("idem_1", 8)
        followed.forget("idem_2", 9)


async def test_a_repeat_that_was_handed_over_does_not_hide_the_first_record() -> None:
    async with backbone(writer=False) as made:
        followed = made.followed
        followed.expect("idem_1")
        first = Decided(
            command_offset=8,
            at=1,
            command_id="idem_1",
            command_type="t",
            project="p",
            fingerprint="f",
        )
        followed.tell([(first, 20), (Conflicted(8, 1, "idem_1", "p"), 21)])
        found = await followed.answer_to("idem_1", 8, PATIENT)
        assert (found.record, found.offset) == (first, 20)
        followed.forget("idem_1", 8)
