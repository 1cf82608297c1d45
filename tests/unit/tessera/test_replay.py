"""What `tessera replay` copies, where to, and what it refuses."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from runtime.log.log import Entry, InDoubt, Place
from runtime.log.memory_log import MemoryAppender, MemoryLog
from schemas.topics import BATCH_BYTES_MAX, COMMANDS, CUSTOMER_KEYS, LEDGER
from tessera.replay import (
    Destination,
    LineTarget,
    ReplayError,
    Selection,
    TopicTarget,
    file_line,
    replay,
    require_sensible,
)
from tessera.selection import Wanted

COPY = "copy"
HEADERS = (("type", b"any"), ("prev", b"\x00\xff"))


class Logs(MemoryLog):
    """A log with a topic of two partitions, whose clock goes on with each record."""

    def __init__(self) -> None:
        self.now = 0
        super().__init__(lambda: self.now)

    def fill(self, records: int, *, size: int = 10) -> None:
        for number in range(records):
            self.now += 1000
            value = b'{"type":"%d","x":"%s"}' % (number % 3, b"x" * size)
            self.append(LEDGER, number % 2, [Entry(b"p%d" % (number % 4), value, HEADERS)])

    def stored(self, topic: str, partition: int) -> list[Entry]:
        end = self.end_now(topic, partition)
        return [Entry(*each[2:]) for each in self.since(topic, partition, 0, end)] if end else []


async def copy(log: Logs, selection: Selection, partitions: Sequence[int] = (0, 1)) -> list[str]:
    """What was said meanwhile."""
    said: list[str] = []
    target = TopicTarget(log, COPY)
    places = [Place(LEDGER, each) for each in partitions]
    await replay(log, places, selection, target, said.append)
    await target.abandon()
    return said


async def test_a_copy_is_the_same_to_the_byte_and_in_the_same_partition() -> None:
    log = Logs()
    log.fill(2001)
    assert (await copy(log, Selection(LEDGER)))[-1] == "2001 records of ledger replayed"
    for partition in (0, 1):
        assert log.stored(COPY, partition) == log.stored(LEDGER, partition)


async def test_batches_are_no_larger_than_the_topic_takes() -> None:
    log = Logs()
    log.fill(40, size=BATCH_BYTES_MAX // 5)
    await copy(log, Selection(LEDGER))
    assert log.stored(COPY, 1) == log.stored(LEDGER, 1)


async def test_what_was_selected_is_copied_alone() -> None:
    log = Logs()
    log.fill(100)
    wanted = Wanted(projects=frozenset(("p2",)), types=("0",), after=20_000, before=70_000)
    await copy(log, Selection(LEDGER, wanted))
    expected = [n for n in range(100) if n % 4 == 2 and n % 3 == 0 and 20 <= n + 1 <= 70]
    assert len(log.stored(COPY, 0)) == len(expected)
    assert log.stored(COPY, 1) == []


async def test_it_goes_on_from_an_offset() -> None:
    log = Logs()
    log.fill(100)
    await copy(log, Selection(LEDGER, partition=1, offset=40), (1,))
    assert log.stored(COPY, 1) == log.stored(LEDGER, 1)[40:]


async def test_who_cannot_know_whether_it_arrived_is_told_where_to_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = Logs()
    log.fill(20, size=BATCH_BYTES_MAX // 5)
    appended: list[int] = []
    append = MemoryAppender.append

    async def fail_later(self: MemoryAppender, entries: Sequence[Entry]) -> int:
        if appended:
            raise InDoubt("no answer")
        appended.append(len(entries))
        return await append(self, entries)

    monkeypatch.setattr(MemoryAppender, "append", fail_later)
    with pytest.raises(ReplayError, match=r"has all before ledger/0 offset (\d+);.*--partition 0"):
        await copy(log, Selection(LEDGER))
    assert len(log.stored(COPY, 0)) == appended[0]


@pytest.mark.parametrize(
    ("selection", "destination", "reason"),
    [
        ("unknown", Destination(), "The topic is one of commands, ledger"),
        (CUSTOMER_KEYS, Destination(), "would outlive who is forgotten"),
        (LEDGER, Destination(file=Path("x"), topic="y"), "a file or a topic, not both"),
        (LEDGER, Destination(kafka="h:1"), "--to-kafka needs"),
        (LEDGER, Destination(topic=COMMANDS), "commands is a topic of this installation"),
        (LEDGER, Destination(topic=CUSTOMER_KEYS), "is a topic of this installation"),
    ],
)
def test_what_must_not_be_is_refused(selection: str, destination: Destination, reason: str) -> None:
    with pytest.raises(ReplayError, match=reason):
        require_sensible(Selection(selection), destination)


def test_a_topic_of_the_same_name_may_be_filled_on_another_cluster() -> None:
    require_sensible(Selection(LEDGER), Destination(topic=LEDGER, kafka="other:9092"))


async def test_a_line_of_a_file_holds_every_byte() -> None:
    log = Logs()
    entries = [Entry(b"shop", b'{"a": 1}', HEADERS), Entry(b"\xff", b"\x00\xfe", ())]
    log.append(LEDGER, 1, entries)
    lines: list[str] = []
    target = LineTarget(lines.append, file_line)
    await replay(log, [Place(LEDGER, 1)], Selection(LEDGER), target, lambda _: None)
    assert [_entry_of(json.loads(each)) for each in lines] == entries
    assert json.loads(lines[1])["offset"] == 1
    assert json.loads(lines[0])["value"] == '{"a": 1}'


def _entry_of(line: dict[str, Any]) -> Entry:
    headers = tuple((each["name"], _bytes_of(each, "value")) for each in line["headers"])
    return Entry(_bytes_of(line, "key"), _bytes_of(line, "value"), headers)


def _bytes_of(line: dict[str, Any], name: str) -> bytes:
    if name in line:
        return str(line[name]).encode()
    return base64.b64decode(line[f"{name}_base64"])
