"""Overlays: changes apart from what they lie over, read in one order."""

from collections.abc import Iterator

import pytest

from engine.fold import StateFold
from engine.kernel import tables
from engine.kernel.overlay import Overlay, Stored
from engine.kernel.state import encode
from runtime.store.store import MemoryStore
from tests.unit.engine.world import voucher


def test_a_scan_sees_changes_removals_and_what_lies_below_in_order() -> None:
    bottom = Overlay(Stored(MemoryStore()))
    for code in "ADCB":
        bottom.of("p").put(tables.VOUCHERS, voucher(code), code)
    bottom.of("q").put(tables.VOUCHERS, voucher("X"), "X")
    top = Overlay(bottom).of("p")
    top.put(tables.VOUCHERS, voucher("BB"), "BB")
    top.put(tables.VOUCHERS, voucher("NEW"), "D")
    top.delete(tables.VOUCHERS, "A")
    assert [each.code for each in top.scan(tables.VOUCHERS)] == ["B", "BB", "C", "NEW"]
    assert [each.code for each in bottom.of("p").scan(tables.VOUCHERS)] == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    ("after", "backwards", "found"),
    [
        (None, False, ["B", "BB", "C", "NEW"]),
        (None, True, ["NEW", "C", "BB", "B"]),
        ("B", False, ["BB", "C", "NEW"]),
        ("BB", True, ["B"]),
        ("BA", False, ["BB", "C", "NEW"]),
        ("A", True, []),
        ("D", False, []),
        ("D", True, ["C", "BB", "B"]),
    ],
)
def test_a_scan_goes_on_where_it_is_told_in_either_direction(
    after: str | None, backwards: bool, found: list[str]
) -> None:
    store = MemoryStore()
    for code in "ADCB":
        store.write({tables.VOUCHERS.key("p", code): encode(voucher(code))})
    store.write({tables.VOUCHERS.key("q", "B"): encode(voucher("X"))})
    state = Overlay(Stored(store)).of("p")
    state.put(tables.VOUCHERS, voucher("BB"), "BB")
    state.put(tables.VOUCHERS, voucher("NEW"), "D")
    state.delete(tables.VOUCHERS, "A")
    scanned = state.scan(tables.VOUCHERS, after=after, backwards=backwards)
    assert [each.code for each in scanned] == found


def test_a_scan_reads_no_more_than_is_taken() -> None:
    class Counting(MemoryStore):
        read = 0

        def scan(
            self, prefix: bytes, *, after: bytes | None = None, backwards: bool = False
        ) -> Iterator[tuple[bytes, bytes]]:
            for pair in super().scan(prefix, after=after, backwards=backwards):
                self.read += 1
                yield pair

    store = Counting({tables.SEEN_FROM.key("p", f"{n:03d}"): b"%d" % n for n in range(100)})
    state = Overlay(Stored(store)).of("p")
    state.put(tables.SEEN_FROM, -1, "000")
    assert next(state.scan(tables.SEEN_FROM)) == -1
    assert store.read <= 3


def test_a_scan_from_a_place_sees_the_changes_above_it() -> None:
    below = Overlay(Stored(MemoryStore()))
    for name in ("1", "2", "4"):
        below.of("p").put(tables.CAMPAIGN_TIERS, name, "c", name)
    state = Overlay(below).of("p")
    state.put(tables.CAMPAIGN_TIERS, "3", "c", "3")
    state.delete(tables.CAMPAIGN_TIERS, "c", "4")
    assert list(state.scan(tables.CAMPAIGN_TIERS, "c", after="1")) == ["2", "3"]
    assert list(state.scan(tables.CAMPAIGN_TIERS, "c", after="4")) == []


def test_what_is_put_encoded_is_read_as_if_it_had_been_put() -> None:
    store = MemoryStore()
    fold = StateFold(store)
    fold.begin()
    state = fold.view("p")
    codes = ["A", "b/c", "%"]
    state.put_encoded(tables.VOUCHERS, codes, [encode(voucher(code)) for code in codes])
    state.put_encoded(tables.CAMPAIGN_VOUCHERS, ["0001"], [encode("v_A")], "camp/1")
    assert state.get(tables.VOUCHERS, "b/c") == voucher("b/c")
    assert sorted(each.code for each in state.scan(tables.VOUCHERS)) == ["%", "A", "b/c"]
    assert list(state.scan(tables.CAMPAIGN_VOUCHERS, "camp/1")) == ["v_A"]
    state.delete(tables.VOUCHERS, "A")
    store.write(fold.commit())
    assert fold.view("p").get(tables.VOUCHERS, "%") == voucher("%")
    assert fold.view("p").get(tables.VOUCHERS, "A") is None


def test_an_entity_put_encoded_takes_the_place_of_a_decoded_one() -> None:
    store = MemoryStore()
    fold = StateFold(store)
    fold.begin()
    fold.view("p").put(tables.VOUCHERS, voucher(quantity=1), "A")
    store.write(fold.commit())
    fold.begin()
    fold.view("p").put_encoded(tables.VOUCHERS, ["A"], [encode(voucher(quantity=2))])
    store.write(fold.commit())
    assert fold.view("p").get(tables.VOUCHERS, "A") == voucher(quantity=2)


def test_known_names_are_those_with_an_entity_wherever_it_lies() -> None:
    bottom = Overlay(Stored(MemoryStore({tables.VOUCHER_CODES.key("p", "a/b"): b'"v_1"'})))
    bottom.of("p").put(tables.VOUCHER_CODES, "v_2", "B")
    top = Overlay(bottom).of("p")
    assert top.known(tables.VOUCHER_CODES, ["a/b", "B", "C"]) == {"a/b", "B"}
    top.delete(tables.VOUCHER_CODES, "B")
    top.put(tables.VOUCHER_CODES, "v_3", "C")
    assert top.known(tables.VOUCHER_CODES, ["a/b", "B", "C"]) == {"a/b", "C"}
    assert Overlay(bottom).of("q").known(tables.VOUCHER_CODES, ["B"]) == set()


def test_the_first_below_are_dropped_wherever_they_lie_and_told_by_their_keys() -> None:
    names = ["a", "b/c", "b%2Fc", "b%", "z"]
    store = MemoryStore()
    store.write({tables.HELD.key("p", "x/y", each): encode(each) for each in names[:3]})
    store.write({tables.HELD.key("p", "x", "other"): encode("other")})
    state = Overlay(Stored(store)).of("p")
    for each in names[3:]:
        state.put(tables.HELD, each, "x/y", each)
    in_order = list(state.scan(tables.HELD, "x/y"))
    assert sorted(in_order) == sorted(names)
    assert state.drop(tables.HELD, "x/y", most=0) == []
    assert state.drop(tables.HELD, "x/y", most=2) == [(each,) for each in in_order[:2]]
    assert list(state.scan(tables.HELD, "x/y")) == in_order[2:]
    told = state.drop(tables.HELD, "x/y", most=1, after=(in_order[2],))
    assert told == [(in_order[3],)]
    left = [in_order[2], in_order[4]]
    assert state.drop(tables.HELD, "x/y", most=9) == [(each,) for each in left]
    assert state.drop(tables.HELD, "x/y", most=9) == []
    assert list(state.scan(tables.HELD)) == ["other"]
    assert state.drop(tables.HELD, most=9) == [("x", "other")]
