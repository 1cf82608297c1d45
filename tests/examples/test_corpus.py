"""What was stored once is read for ever, and means what it meant."""

import json
from collections.abc import Sequence
from typing import Any, get_args

import msgspec
import pytest

from runtime.log.chain import GENESIS, Chain, entry_hash
from schemas.base import tag_of
from schemas.commands import CommandBody
from schemas.records import RECORD_VERSION, Record
from tests.contract.payloads import assert_payload
from tests.examples.corpus import Edition, codec_of, commands, editions
from tests.examples.making import known_by_now
from tests.examples.meaning import Readers, differences
from tests.examples.shown import Part, parts_of

#: What no example sets, and why.
UNSHOWN: dict[Part, str] = {
    ("RedemptionFailed", "channel"): "it is kept of keys and users alike; what succeeds shows it",
    ("RedemptionRolledBack", "channel"): "as above",
    ("RollbackFailed", "channel"): "as above",
    (
        "ReactionsStopped",
        "unasked",
    ): "a record has it from 640 KiB on: tests/unit/engine/test_effects.py",
}
#: Of the people in the stories: what must not be read in any record.
PERSONAL = (b"Fischer", b"Market Street", b"example.com", b"1990-02-28", b"Costa")
EDITIONS: Sequence[Any] = [pytest.param(each, id=each.path.name) for each in editions()]


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_chain_of_what_was_kept_is_whole(edition: Edition) -> None:
    def reread(*_: object) -> Any:
        raise AssertionError("a record does not follow the one before it")

    chain = Chain(reread)
    assert chain.state.head == GENESIS
    for kept in edition.files():
        key, value, headers = kept.entry.key, kept.entry.value, kept.entry.headers
        assert entry_hash(key, headers, value) == kept.hash, f"{kept.name} was changed"
        assert chain.step(kept.entry), f"{kept.name} does not follow the one before it"


@pytest.mark.parametrize("edition", EDITIONS)
async def test_a_record_is_written_today_as_it_was(edition: Edition) -> None:
    codec = await codec_of(edition.keys())
    for example in await edition.examples():
        again = codec.encode_record(example.record)
        assert _unsealed(again) == _unsealed(example.entry.value), example.name
        assert codec.decode_record(again) == example.record, example.name


@pytest.mark.parametrize("edition", EDITIONS)
async def test_a_record_means_what_it_meant(edition: Edition) -> None:
    readers, kept = Readers(), edition.expected()
    examples = await edition.examples()
    assert list(kept) == [example.name for example in examples]
    found = {
        example.name: list(differences(kept[example.name], readers.read(example)))
        for example in examples
    }
    other = [f"{name}: {line}" for name, lines in found.items() for line in lines]
    assert other == [], "\n".join(
        [f"Records of schemas/examples/{edition.path.name} mean something else:", *other[:40]]
    )


@pytest.mark.parametrize("edition", EDITIONS)
async def test_what_an_old_record_tells_webhooks_is_what_the_contract_says(
    edition: Edition,
) -> None:
    readers = Readers()
    for example in await edition.examples():
        for told in readers.read(example).get("hooks", ()):
            assert_payload(msgspec.json.encode(told))


@pytest.mark.parametrize("edition", EDITIONS)
async def test_a_record_is_read_as_well_when_its_customers_are_forgotten(edition: Edition) -> None:
    codec = await codec_of([])
    readers = Readers()
    for example in await edition.examples():
        assert not any(each in example.entry.value for each in PERSONAL), example.name
        forgotten = example._replace(record=await codec.later(example.entry))
        meaning = msgspec.json.encode(readers.read(forgotten))
        assert not any(each in meaning for each in PERSONAL), example.name


async def test_every_record_event_and_entity_has_an_example_and_every_member_is_set_in_one() -> (
    None
):
    version = str(RECORD_VERSION)
    known = {part for of, part in await known_by_now() if of == version}
    missing = parts_of(Record) - known
    assert missing == UNSHOWN.keys(), (
        "Let a story show what has no example (tests/examples/stories), then `make reference`"
    )


def test_every_command_has_an_example() -> None:
    assert {each.name for each in commands()} == set(map(tag_of, get_args(CommandBody)))


async def test_a_command_is_written_today_as_it_was() -> None:
    codec = await codec_of([])
    for kept in commands():
        command = codec.decode_command(kept.entry.value)
        assert tag_of(type(command.body)) == kept.name
        again = codec.encode_command(command)
        assert json.loads(again) == json.loads(kept.entry.value), kept.name


def _unsealed(value: bytes) -> Any:
    """A record without its boxes: sealed twice, the same data looks different."""

    def without(found: dict[str, Any]) -> dict[str, Any]:
        sealed = found.keys() == {"owner", "key", "box"}
        return {"owner": found["owner"], "key": found["key"]} if sealed else found

    return json.loads(value, object_hook=without)
