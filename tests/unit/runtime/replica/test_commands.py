"""How a front has commands decided: over a memory log, by the real writer, with real keys."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import cast

import msgspec
import pytest

from engine.admission import find_seen
from engine.fold import StateFold
from runtime.base.faults import NoSpace, NotSent, OutcomeUnknown, TooLarge
from runtime.http.payload import BODY_BYTES_MAX
from runtime.keys.codec import Codec
from runtime.keys.keyring import Keyring
from runtime.log.log import Entry, InDoubt, Unsent
from runtime.log.memory_log import MemoryLog
from runtime.log.sender import Sender
from runtime.replica.command_sender import Answered
from runtime.replica.commands import Commands
from runtime.replica.followed import Followed
from runtime.replica.replica import Replica
from runtime.store.store import MemoryStore, Store
from schemas.api import CustomerInput
from schemas.commands import CommandBody
from schemas.customers import UpsertCustomer
from schemas.projects import OpenProject
from schemas.records import Conflicted, Decided, Duplicate
from schemas.topics import COMMAND_BYTES_MAX, COMMANDS
from services.redemption.ledger.outfit import Identity
from services.redemption.ledger.writer import Writer

PROJECT = "p"
ANN = UpsertCustomer(CustomerInput(source_id="ann", name="Ann"))
BEN = UpsertCustomer(CustomerInput(source_id="ben", name="Ben"))


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Memory:
    """A folder in memory."""

    def __init__(self) -> None:
        self.store = MemoryStore()

    def open(self) -> Store:
        return self.store

    def wipe(self) -> Store:
        self.store = MemoryStore()
        return self.store


class Backbone:
    """A log, a front and, on demand, a writer; each with stores and keys of its own."""

    def __init__(self, *, deadline_ms: int = 5000) -> None:
        self.log = MemoryLog(now_ms)
        self.sender = Sender(self.log)
        self.followed = Followed(self.replica())
        self.commands = Commands(
            self.sender,
            {0: self.followed},
            self.codec(),
            lambda project: 0,
            self.first_offset,
            deadline_ms=deadline_ms,
            clock_ms=now_ms,
        )
        self.tasks = [asyncio.create_task(self.followed.follow())]

    def codec(self) -> Codec:
        return Codec(Keyring(self.log, MemoryStore(), b"k" * 32), self.sender)

    def replica(self) -> Replica:
        return Replica(self.log, 0, Memory(), StateFold, self.codec())

    def first_offset(self, record: Duplicate) -> int | None:
        fold = cast("StateFold", self.followed.replica.fold)
        seen = find_seen(fold.view(record.project), record.command_id, record.at)
        return None if seen is None else seen.offset

    def start_writer(self) -> Writer:
        replica = self.replica()

        async def bury(entries: Sequence[Entry]) -> None:
            raise AssertionError(f"{len(entries)} dead letters")

        writer = Writer(
            Identity("w", "h", "v"),
            self.log,
            replica,
            lambda: cast("StateFold", replica.fold),
            self.codec(),
            spawn=asyncio.ensure_future,
            bury=bury,
            rest=lambda: asyncio.sleep(0.01),
        )
        self.tasks.append(asyncio.create_task(writer.run()))
        return writer

    async def send(
        self, body: CommandBody, *, key: str | None = None, fingerprint: str = ""
    ) -> Answered:
        return await self.commands.send(
            PROJECT, body, key_kind="server", command_id=key, fingerprint=fingerprint
        )


@asynccontextmanager
async def backbone(*, writer: bool = True, deadline_ms: int = 5000) -> AsyncIterator[Backbone]:
    made = Backbone(deadline_ms=deadline_ms)
    try:
        if writer:
            made.start_writer()
            await made.send(OpenProject())
        yield made
    finally:
        for task in made.tasks:
            task.cancel()
        await asyncio.gather(*made.tasks, return_exceptions=True)
        await made.sender.close()


async def test_an_answer_is_the_commands_own_record_and_is_folded_here() -> None:
    async with backbone() as made:
        answered = await made.send(ANN)
        assert isinstance(answered.record, Decided)
        assert [type(each).__name__ for each in answered.record.events] == ["CustomerCreated"]
        assert made.followed.position >= answered.offset


async def test_while_space_is_short_nothing_is_sent() -> None:
    async with backbone() as made:
        made.commands._shortage = lambda: "only 1.0 MiB are left"
        before = await made.log.bounds(COMMANDS, 0)
        with pytest.raises(NoSpace):
            await made.send(ANN)
        assert await made.log.bounds(COMMANDS, 0) == before
        made.commands._shortage = lambda: None
        assert isinstance((await made.send(ANN)).record, Decided)


async def test_many_at_once_each_get_their_own() -> None:
    async with backbone() as made:
        bodies = [UpsertCustomer(CustomerInput(source_id=f"c{n}")) for n in range(200)]
        answers = await asyncio.gather(*map(made.send, bodies))
        offsets = {each.offset for each in answers}
        assert len(offsets) == len(bodies)
        for body, answered in zip(bodies, answers, strict=True):
            assert isinstance(answered.record, Decided)
            (event,) = answered.record.events
            assert event.customer.personal.data.source_id == body.customer.source_id  # type: ignore[union-attr]


async def test_a_repeated_command_gets_the_first_answer() -> None:
    async with backbone() as made:
        first = await made.send(ANN, key="idem_1", fingerprint="f")
        again = await made.send(ANN, key="idem_1", fingerprint="f")
        assert again == first


async def test_the_same_key_twice_at_once_gets_one_answer() -> None:
    async with backbone() as made:
        one, other = await asyncio.gather(
            made.send(ANN, key="idem_1", fingerprint="f"),
            made.send(ANN, key="idem_1", fingerprint="f"),
        )
        assert one == other


async def test_a_known_key_with_other_content_conflicts_also_at_once() -> None:
    async with backbone() as made:
        answers = await asyncio.gather(
            made.send(ANN, key="idem_1", fingerprint="f"),
            made.send(BEN, key="idem_1", fingerprint="g"),
        )
        kinds = sorted(type(each.record).__name__ for each in answers)
        assert kinds == [Conflicted.__name__, Decided.__name__]


async def test_without_a_writer_the_outcome_is_unknown_and_is_not_decided_later() -> None:
    async with backbone(writer=False, deadline_ms=100) as made:
        with pytest.raises(OutcomeUnknown) as raised:
            await made.send(ANN, key="idem_1")
        assert raised.value.command_id == "idem_1"
        assert (await made.log.bounds(COMMANDS, 0))[1] == 1


async def test_a_front_that_enqueued_nothing_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(topic: str, partition: int, entry: Entry) -> int:
        raise Unsent("the queue is full")

    async with backbone(writer=False) as made:
        monkeypatch.setattr(made.sender, "send", refuse)
        with pytest.raises(NotSent):
            await made.send(ANN)


#: As a client wrote it, and as many of it as a body holds.
WORST = {
    "numbers that are written out": b"1e15",
    "long numbers": b"1e308",
    "escapes": b'"\\u0001\\u0001\\u0001\\u0001"',
    "escaped letters": b'"\\u4e16\\u754c\\u4e16\\u754c"',
    "letters": '"世界世界"'.encode(),
    "text": b'"' + b"x" * 4096 + b'"',
}


@pytest.mark.parametrize("said", WORST.values(), ids=WORST)
async def test_whatever_a_body_may_hold_is_sent_or_refused_before(said: bytes) -> None:
    values = b"[" + b",".join([said] * (BODY_BYTES_MAX // (len(said) + 1) - 1)) + b"]"
    assert len(values) <= BODY_BYTES_MAX
    metadata = {"a": msgspec.json.decode(values)}
    body = UpsertCustomer(CustomerInput(source_id="ann", metadata=metadata))
    size = len(msgspec.json.encode(body))
    async with backbone() as made:
        if size > COMMAND_BYTES_MAX:
            with pytest.raises(TooLarge, match=f"at most {COMMAND_BYTES_MAX}"):
                await made.send(body)
        else:
            answered = await made.send(body)
            assert isinstance(answered.record, Decided)
        assert (await made.log.bounds(COMMANDS, 0))[1] == (1 if size > COMMAND_BYTES_MAX else 2)


async def test_the_largest_command_goes_into_a_batch_and_one_byte_more_does_not() -> None:
    async with backbone() as made:

        def sending(number: int, filler: int) -> Awaitable[Answered]:
            said = CustomerInput(source_id="ann", metadata={"a": "x" * filler})
            key = f"idem_{number:064x}"
            return made.send(UpsertCustomer(said), key=key, fingerprint="f" * 64)

        await sending(1, 0)
        sent = await made.log.read_at(COMMANDS, 0, 1)
        room = COMMAND_BYTES_MAX - len(sent.value)
        with pytest.raises(TooLarge):
            await sending(2, room + 1)
        assert isinstance((await sending(3, room)).record, Decided)
        sent = await made.log.read_at(COMMANDS, 0, 2)
        assert len(sent.value) == COMMAND_BYTES_MAX


async def test_a_lost_acknowledgement_leaves_the_outcome_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def doubt(topic: str, partition: int, entry: Entry) -> int:
        raise InDoubt("the connection was lost")

    async with backbone() as made:
        monkeypatch.setattr(made.sender, "send", doubt)
        with pytest.raises(OutcomeUnknown):
            await made.send(ANN)


async def test_an_answer_that_comes_before_its_acknowledgement_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with backbone() as made:
        send = made.sender.send

        async def acknowledged_late(topic: str, partition: int, entry: Entry) -> int:
            offset = await send(topic, partition, entry)
            await asyncio.sleep(0.1)
            return offset

        monkeypatch.setattr(made.sender, "send", acknowledged_late)
        assert isinstance((await made.send(ANN)).record, Decided)


async def test_whoever_waits_for_the_end_sees_what_was_there_when_it_came() -> None:
    async with backbone() as made:
        await asyncio.gather(*(made.send(UpsertCustomer(CustomerInput())) for _ in range(20)))
        waiting = [made.followed.freshness.prove_current(10.0) for _ in range(50)]
        assert all(await asyncio.gather(*waiting))
        _, end = await made.log.bounds("ledger", 0)
        assert made.followed.position == end - 1
