"""What is handed to a writer in the same process, and who is told what became of it."""

import asyncio
from collections.abc import Sequence

import pytest

from runtime.base.faults import NotSent, OutcomeUnknown
from runtime.log.log import Entry, InDoubt, LogError, OutOfRange, StoredEntry, Unsent
from runtime.log.memory_log import MemoryLog, MemoryReader
from runtime.replica.commands import hand_over
from runtime.replica.followed import Recorded
from runtime.replica.inbox import Handed, Inbox
from runtime.replica.woken import WokenReader
from schemas.commands import Command
from schemas.projects import OpenProject
from schemas.records import Record, WriterStarted
from schemas.topics import COMMANDS
from tests.unit.runtime.log.test_freshness import PATIENT, turns

NOW = 1000
RECORD = WriterStarted(command_offset=0, at=1, writer="w", host="h", code_version="v")


def command(command_id: str = "cmd_1", *, wait_ms: int = 60_000) -> Command:
    return Command(
        id=command_id,
        project="p",
        sent_at=NOW,
        deadline=NOW + wait_ms,
        seed="0",
        key_kind="server",
        fingerprint="f",
        body=OpenProject(),
    )


class Told:
    """A command that was handed over, and what was said of it."""

    def __init__(self, command_id: str = "cmd_1") -> None:
        self.said: list[LogError | tuple[Record, int]] = []
        self.handed = Handed(
            command(command_id), NOW, lambda *record: self.said.append(record), self.said.append
        )


def test_what_is_handed_over_is_taken_in_order_and_goes_back_in_order() -> None:
    inbox = Inbox()
    handed = [Told().handed for _ in range(4)]
    for each in handed:
        inbox.put(each)
    taken = [inbox.take() for _ in range(3)]
    assert taken == handed[:3]
    inbox.put_back(taken[1:])
    assert [inbox.take() for _ in range(3)] == handed[1:]
    assert not inbox


def test_what_nobody_waits_for_is_not_decided() -> None:
    inbox = Inbox()
    gone, there = Told(), Told()
    for each in (gone, there):
        inbox.put(each.handed)
    assert isinstance(gone.handed.give_up("late"), Unsent)
    assert inbox
    assert inbox.take() is there.handed
    assert not inbox


def test_what_nobody_waits_for_does_not_gather_where_no_writer_comes() -> None:
    inbox = Inbox()
    for _ in range(100):
        told = Told()
        inbox.put(told.handed)
        told.handed.give_up("late")
    assert len(inbox._waiting) == 1


def test_it_is_in_doubt_from_the_moment_it_is_taken_until_it_surely_was_not_sent() -> None:
    inbox = Inbox()
    told = Told()
    inbox.put(told.handed)
    assert isinstance(told.handed.give_up("late"), Unsent)
    told.handed.is_wanted = True
    taken = inbox.take()
    assert isinstance(taken.give_up("late"), InDoubt)
    inbox.put_back([taken])
    assert isinstance(taken.give_up("late"), Unsent)
    taken.is_sent = True
    assert isinstance(taken.give_up("late"), InDoubt)


def test_whoever_waits_when_the_writer_ends_is_told_so_and_what_is_known() -> None:
    inbox = Inbox()
    kept, sent = Told(), Told()
    inbox.put(kept.handed)
    inbox.put(sent.handed)
    sent.handed.is_sent = True
    inbox.close()
    assert [type(each) for each in kept.said] == [Unsent]
    assert [type(each) for each in sent.said] == [InDoubt]
    assert not inbox


async def test_a_front_gets_its_record_and_where_it_lies() -> None:
    inbox = Inbox()
    waiting = asyncio.create_task(hand_over(command(), NOW, inbox))
    await turns()
    inbox.take().tell(RECORD, 7)
    assert await waiting == Recorded(RECORD, 7)


async def test_a_front_that_nobody_came_to_in_time_sent_nothing() -> None:
    inbox = Inbox()
    with pytest.raises(NotSent, match="in time"):
        await hand_over(command(wait_ms=1), NOW, inbox)
    assert not inbox


@pytest.mark.parametrize("is_sent", [False, True])
async def test_a_front_whose_command_is_in_a_batch_does_not_know_when_time_is_over(
    is_sent: bool,
) -> None:
    inbox = Inbox()
    waiting = asyncio.create_task(hand_over(command(wait_ms=50), NOW, inbox))
    await turns()
    handed = inbox.take()
    handed.is_sent = is_sent
    with pytest.raises(OutcomeUnknown) as raised:
        await waiting
    assert raised.value.command_id == "cmd_1"
    # too late, and nobody minds
    handed.tell(RECORD, 7)
    handed.refuse(InDoubt("late"))


@pytest.mark.parametrize(("is_sent", "kind"), [(False, NotSent), (True, OutcomeUnknown)])
async def test_a_front_hears_that_the_writer_ended(is_sent: bool, kind: type[Exception]) -> None:
    inbox = Inbox()
    waiting = asyncio.create_task(hand_over(command(), NOW, inbox))
    await turns()
    handed = inbox.take()
    handed.is_sent = is_sent
    inbox.put_back([handed])
    inbox.close()
    with pytest.raises(kind):
        await waiting


async def test_a_client_that_went_away_leaves_nothing_to_decide() -> None:
    inbox = Inbox()
    waiting = asyncio.create_task(hand_over(command(), NOW, inbox))
    await turns()
    assert inbox
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert not inbox


class Closing(MemoryReader):
    """Notes that it was closed."""

    is_closed = False

    async def close(self) -> None:
        self.is_closed = True


class Topic:
    """A topic, and a reader of it that an inbox wakes."""

    def __init__(self) -> None:
        self.log = MemoryLog(lambda: NOW)
        self.inbox = Inbox()
        self.reader = Closing(self.log, COMMANDS, 0, 0)
        self.woken = WokenReader(self.reader, self.inbox)

    def append(self, value: bytes) -> None:
        self.log.append(COMMANDS, 0, [Entry(b"", value)])

    def read(self) -> asyncio.Task[Sequence[StoredEntry]]:
        return asyncio.create_task(self.woken.read(records_max=10, wait_ms=60_000))


async def test_a_read_ends_when_a_command_is_handed_over_and_loses_nothing() -> None:
    topic = Topic()
    reading = topic.read()
    await turns()
    topic.inbox.put(Told().handed)
    assert await asyncio.wait_for(reading, PATIENT) == ()
    # there is something to decide: it does not wait
    assert await topic.woken.read(records_max=10, wait_ms=60_000) == ()
    topic.append(b"a")
    await turns()
    (found,) = await topic.woken.read(records_max=10, wait_ms=60_000)
    assert (found.offset, found.value) == (0, b"a")
    topic.inbox.take()
    reading = topic.read()
    topic.append(b"b")
    (found,) = await asyncio.wait_for(reading, PATIENT)
    assert (found.offset, found.value) == (1, b"b")
    assert topic.woken.end == 2
    await topic.woken.close()


async def test_a_reads_fault_is_told_to_the_next_who_reads() -> None:
    topic = Topic()
    topic.append(b"a")
    reader = WokenReader(MemoryReader(topic.log, COMMANDS, 0, 9), topic.inbox)
    with pytest.raises(OutOfRange):
        await reader.read(records_max=1, wait_ms=60_000)
    await reader.close()


async def test_a_reader_is_closed_also_with_a_read_under_way() -> None:
    topic = Topic()
    assert await topic.woken.read(records_max=1, wait_ms=0) == ()
    await turns()
    await topic.woken.close()
    assert topic.reader.is_closed
