"""What `tessera diff` finds between two positions of a ledger."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from runtime.keys.codec import Codec
from runtime.keys.keyring import Keyring
from runtime.log.chain import ChainState, chain_entry
from runtime.log.log import Entry, LogError, OutOfRange
from runtime.log.memory_log import MemoryLog
from runtime.store.store import MemoryStore
from schemas.records import Record
from schemas.topics import LEDGER
from tessera.diff import (
    Difference,
    Position,
    Shown,
    diff_partition,
    difference_line,
    find_offsets,
    read_position,
)
from tests.unit.services.audit.examples import (
    PROJECT,
    created,
    customer_created,
    decided,
)


class Ledger:
    """A ledger of real records; a second passes before each."""

    def __init__(self) -> None:
        self.now = 0
        self.log = MemoryLog(lambda: self.now)
        self.codec = Codec(Keyring(self.log, MemoryStore(), b"w" * 32), self)
        self._head = ChainState().head

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        return self.log.append(topic, partition, [entry])

    async def fill(self, records: Sequence[Record]) -> None:
        for record in records:
            value = self.codec.encode_record(record)
            await self.codec.publish_pending()
            entry, self._head = chain_entry(Entry(PROJECT.encode(), value), self._head)
            self.now += 1000
            self.log.append(LEDGER, 0, [entry])

    async def diff(
        self,
        folder: Path,
        first: int,
        second: int,
        shown: Shown = Shown(),  # noqa: B008
    ) -> list[Difference]:
        found = await diff_partition(self.log, 0, self.codec, folder, first, second)
        with found:
            return list(found.differences(shown))


@pytest.fixture
async def ledger() -> Ledger:
    made = Ledger()
    await made.fill([decided(created(f"C{n}"), command=n) for n in range(5)])
    await made.fill([decided(customer_created(1), command=5)])
    return made


def codes(found: list[Difference]) -> list[str]:
    return [each.after["code"] for each in found if each.table == "voucher"]


async def test_what_came_between_is_there_and_was_not(ledger: Ledger, tmp_path: Path) -> None:
    found = await ledger.diff(tmp_path, 2, 4)
    assert codes(found) == ["C2", "C3"]
    assert {each.before for each in found if each.table == "voucher"} == {None}
    assert {each.project for each in found} == {PROJECT}


async def test_nothing_lies_between_a_position_and_itself(ledger: Ledger, tmp_path: Path) -> None:
    for offset in (0, 3, 6):
        assert await ledger.diff(tmp_path / str(offset), offset, offset) == []


async def test_from_the_beginning_to_the_end_is_all_of_the_state(
    ledger: Ledger, tmp_path: Path
) -> None:
    assert codes(await ledger.diff(tmp_path, 0, 6)) == [f"C{n}" for n in range(5)]


async def test_the_memory_of_commands_is_shown_where_it_is_named(
    ledger: Ledger, tmp_path: Path
) -> None:
    assert "seen" not in {each.table for each in await ledger.diff(tmp_path / "a", 0, 6)}
    named = await ledger.diff(tmp_path / "b", 0, 6, Shown(tables=frozenset({"seen"})))
    assert {each.table for each in named} == {"seen"}
    assert await ledger.diff(tmp_path / "c", 0, 6, Shown(project="another")) == []


async def test_personal_fields_are_masked_unless_they_are_asked_for(
    ledger: Ledger, tmp_path: Path
) -> None:
    (found,) = [each for each in await ledger.diff(tmp_path, 5, 6) if each.table == "customer"]
    plain = json.dumps(found.after)
    names = [value for value in _strings(found.after) if "@" in value]
    assert names
    assert names[0] in plain
    assert names[0] not in difference_line(found, Shown())
    assert names[0] not in difference_line(found, Shown(as_json=True))
    assert names[0] in difference_line(found, Shown(reveal=True, as_json=True))


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _strings(each)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (None, {"a": 1}, '+ t p k  {"a": 1}'),
        ({"a": 1}, None, '- t p k  {"a": 1}'),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, "~ t p k  b: 2 -> 3"),
        ({"a": 1}, {"a": 1, "b": "\x1b[2J"}, '~ t p k  b: null -> "\\u001b[2J"'),
        (7, 8, "~ t p k  7 -> 8"),
        (
            {"e": {"owner": "c", "data": {"n": "x"}}},
            {"e": {"owner": "c", "data": {"n": "y"}}},
            "~ t p k  personal fields",
        ),
    ],
)
def test_a_difference_is_one_line(before: Any, after: Any, line: str) -> None:
    assert difference_line(Difference("t", "p", "k", before, after), Shown()) == line


async def test_positions_are_offsets_or_times(ledger: Ledger) -> None:
    assert read_position("17", 0) == Position(offset=17)
    assert read_position("5s", 9000) == Position(moment=4000)
    end = await find_offsets(ledger.log, 0, Position(moment=3000), None)
    assert end == (2, 6)
    assert await find_offsets(ledger.log, 0, Position(offset=1), Position(moment=6000)) == (1, 5)
    for first, second in ((4, 3), (0, 7)):
        with pytest.raises(OutOfRange, match=f"from {first} to {second}"):
            await find_offsets(ledger.log, 0, Position(offset=first), Position(offset=second))


async def test_a_damaged_record_is_named(ledger: Ledger, tmp_path: Path) -> None:
    entries = ledger.log._partition(LEDGER, 0).entries
    entries[2] = entries[2]._replace(value=entries[2].value.replace(b"C2", b"X2"))
    with pytest.raises(LogError, match=r"ledger/0.*offset 3"):
        await ledger.diff(tmp_path, 1, 6)
