"""Batches survive the way to bytes and back; whatever is changed on the way is found."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.kafka.batch import CODECS, Batches, encode_batch
from runtime.log.log import (
    BATCH_OVERHEAD_BYTES,
    Corrupt,
    Entry,
    Place,
    StoredEntry,
    entry_bytes,
    require_batch,
)

PLACE = Place("ledger", 3)
NOW = 1_700_000_000_000

headers = st.lists(st.tuples(st.text(max_size=10), st.binary(max_size=10)), max_size=3).map(tuple)
entries = st.builds(Entry, st.binary(max_size=20), st.binary(max_size=200), headers)
batches = st.lists(entries, min_size=1, max_size=8)


def stored(batch: list[Entry], base: int, codec: str = "none") -> bytes:
    """The batch as a broker stores it at offset `base`."""
    encoded = encode_batch(batch, NOW, CODECS[codec])
    return base.to_bytes(8, "big") + encoded[8:]


def read(raw: bytes, position: int = 0, *, compacted: bool = False) -> list[StoredEntry]:
    return list(Batches(PLACE, position, compacted=compacted).decode(raw))


def until_damage(raw: bytes) -> tuple[list[StoredEntry], Corrupt | None]:
    found: list[StoredEntry] = []
    records = Batches(PLACE, 0, compacted=False).decode(raw)
    try:
        for record in records:
            found.append(record)  # noqa: PERF402 - what came before the damage counts
    except Corrupt as damage:
        return found, damage
    return found, None


def three_batches() -> tuple[bytes, list[StoredEntry]]:
    """Offsets 0 to 6 in batches of 2, 3 and 2."""
    raw, base = b"", 0
    for size in (2, 3, 2):
        batch = [Entry(b"k", b"value-%d" % (base + n), (("h", b"x"),)) for n in range(size)]
        raw += stored(batch, base)
        base += size
    return raw, read(raw)


@given(batches, st.sampled_from(sorted(CODECS)))
def test_a_batch_comes_back_as_it_was(batch: list[Entry], codec: str) -> None:
    found = read(stored(batch, 5, codec), 5)
    assert [(each.key, each.value, each.headers) for each in found] == batch
    assert [each.offset for each in found] == list(range(5, 5 + len(batch)))
    assert {each.timestamp for each in found} == {NOW}


@given(batches)
def test_a_batch_is_never_larger_than_it_was_counted(batch: list[Entry]) -> None:
    counted = BATCH_OVERHEAD_BYTES + sum(map(entry_bytes, batch))
    assert len(encode_batch(batch, NOW, 0)) <= counted
    require_batch(batch)


def test_three_batches_are_read_one_after_the_other() -> None:
    raw, found = three_batches()
    assert [each.offset for each in found] == list(range(7))
    reader = Batches(PLACE, 0, compacted=False)
    assert len(list(reader.decode(raw))) == 7
    assert reader.position == 7


@settings(max_examples=400)
@given(st.data())
def test_any_changed_byte_is_found_or_harmless(data: st.DataObject) -> None:
    raw, original = three_batches()
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = bytearray(raw)
    changed[at] ^= data.draw(st.integers(1, 255))
    found, damage = until_damage(bytes(changed))
    assert found == original[: len(found)]
    if damage is not None:
        assert f"ledger/3: the batch at offset {len(found)} " in str(damage)
    else:
        # the rest is asked for again, and the damage is first then
        assert len(found) in (2, 5, 7)


@given(st.integers(0, 300))
def test_what_was_cut_off_is_asked_for_again(kept: int) -> None:
    raw, original = three_batches()
    cut = raw[: min(kept, len(raw))]
    found, damage = until_damage(cut)
    assert found == original[: len(found)]
    assert (damage is not None) == (not _whole_batches(cut))


def _whole_batches(raw: bytes) -> list[int]:
    """The ends of the batches that lie completely in `raw`."""
    ends, at = [], 0
    while len(raw) - at >= 61:
        at += 12 + int.from_bytes(raw[at + 8 : at + 12], "big")
        if at <= len(raw):
            ends.append(at)
    return ends


def test_reading_may_begin_within_a_batch() -> None:
    raw, original = three_batches()
    assert read(raw, 1) == original[1:]


def test_a_gap_is_damage_unless_the_topic_is_compacted() -> None:
    raw = stored([Entry(b"k", b"0")], 0) + stored([Entry(b"k", b"2")], 2)
    with pytest.raises(Corrupt, match="begins at offset 2"):
        read(raw)
    assert [each.offset for each in read(raw, compacted=True)] == [0, 2]


def test_going_back_is_damage_also_when_the_topic_is_compacted() -> None:
    raw = stored([Entry(b"k", b"2")], 2) + stored([Entry(b"k", b"1")], 1)
    with pytest.raises(Corrupt):
        read(raw, 2, compacted=True)


def test_a_batch_that_ends_before_the_position_is_damage() -> None:
    with pytest.raises(Corrupt):
        read(stored([Entry(b"k", b"0")], 0), 1)


def test_bytes_that_are_no_batch_are_damage() -> None:
    for raw in (b"x", bytes(60), bytes(61), b"\xff" * 200):
        with pytest.raises(Corrupt):
            read(raw)


def test_an_empty_batch_is_refused() -> None:
    with pytest.raises(ValueError, match="needs an entry"):
        require_batch([])
