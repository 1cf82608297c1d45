"""Which records count: the first that extends the history; the others are void, or damage."""

from collections.abc import AsyncIterator, Sequence

import pytest

from runtime.log import chain as chain_module
from runtime.log.chain import GENESIS, Chain, Damage, chain_entry, entry_hash
from runtime.log.log import Entry, StoredEntry


async def never_found(start: int, end: int) -> AsyncIterator[tuple[int, str]]:
    nothing: tuple[tuple[int, str], ...] = ()
    for each in nothing:
        yield each


def stored(offset: int, entry: Entry) -> StoredEntry:
    return StoredEntry(offset, 0, *entry)


def linked(value: bytes, prev: str) -> tuple[Entry, str]:
    return chain_entry(Entry(b"p", value, (("type", b"command.decided"),)), prev)


async def read_all(chain: Chain, entries: Sequence[Entry]) -> list[bool]:
    return [await chain.read(stored(n, entry)) for n, entry in enumerate(entries)]


async def test_each_record_that_names_the_one_before_it_applies() -> None:
    first, first_hash = linked(b"1", GENESIS)
    second, _ = linked(b"2", first_hash)
    assert await read_all(Chain(never_found), [first, second]) == [True, True]


async def test_of_two_records_with_one_predecessor_the_first_wins() -> None:
    first, first_hash = linked(b"1", GENESIS)
    winner, winner_hash = linked(b"2", first_hash)
    loser, loser_hash = linked(b"2 too", first_hash)
    after_loser, _ = linked(b"3 too", loser_hash)
    after_winner, _ = linked(b"3", winner_hash)
    chain = Chain(never_found)
    entries = [first, winner, loser, after_loser, after_winner]
    assert await read_all(chain, entries) == [True, True, False, False, True]
    assert chain.state.voids == 2
    assert chain.state.applied == 4


@pytest.mark.parametrize("changed", ["key", "value", "header"])
async def test_a_change_to_an_old_record_is_found_at_the_next(changed: str) -> None:
    first, first_hash = linked(b"1", GENESIS)
    second, _ = linked(b"2", first_hash)
    damaged = {
        "key": first._replace(key=b"q"),
        "value": first._replace(value=b"0"),
        "header": first._replace(headers=(("type", b"command.expired"), first.headers[1])),
    }[changed]
    chain = Chain(never_found)
    assert await chain.read(stored(0, damaged))
    with pytest.raises(Damage, match="offset 1"):
        await chain.read(stored(1, second))


async def test_a_missing_record_is_damage() -> None:
    first, _ = linked(b"1", GENESIS)
    with pytest.raises(Damage, match="missing"):
        await Chain(never_found).read(stored(3, first))


async def test_an_old_predecessor_is_looked_for_in_the_whole_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chain_module, "RECENT_MAX", 1)
    hashes: list[str] = []

    async def reread(start: int, end: int) -> AsyncIterator[tuple[int, str]]:
        for offset in range(start, end):
            yield offset, hashes[offset]

    entries, head = [], GENESIS
    for n in range(6):
        entry, head = linked(str(n).encode(), head)
        entries.append(entry)
        hashes.append(head)
    late, _ = linked(b"late", hashes[0])
    assert await read_all(Chain(reread), [*entries, late]) == [True] * 6 + [False]


async def test_a_log_that_lost_records_and_grew_anew_is_damage_not_void() -> None:
    old, _ = linked(b"old", GENESIS)
    _, new_hash = linked(b"new", GENESIS)
    after_new, _ = linked(b"after", new_hash)

    async def reread(start: int, end: int) -> AsyncIterator[tuple[int, str]]:
        yield 0, new_hash

    chain = Chain(reread)
    assert await chain.read(stored(0, old))
    with pytest.raises(Damage):
        await chain.read(stored(1, after_new))


def test_the_hash_covers_key_headers_and_value_each_apart() -> None:
    variants = [
        (b"k", (("a", b"b"),), b"v"),
        (b"ka", (("b", b""),), b"v"),
        (b"k", (("ab", b""),), b"v"),
        (b"k", (), b"v"),
        (b"kv", (("a", b"b"),), b""),
    ]
    assert len({entry_hash(*each) for each in variants}) == len(variants)
