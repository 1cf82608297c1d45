"""What every store promises."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.store.overlaid import OverlaidStore
from runtime.store.store import MemoryStore, RocksStore, Store, after_prefix


@pytest.fixture(params=["memory", "rocks", "overlaid"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Makes empty stores; they are closed afterwards."""
    made: list[Store] = []
    numbers = count()

    def store() -> Store:
        each: Store = MemoryStore()
        if request.param == "rocks":
            each = RocksStore(tmp_path / f"store-{next(numbers)}")
        elif request.param == "overlaid":
            each = OverlaidStore(each)
        made.append(each)
        return each

    yield store
    for each in made:
        each.close()


def test_a_store_begins_empty(make: Callable[[], Store]) -> None:
    store = make()
    assert store.get(b"a") is None
    assert list(store.scan(b"")) == []


def test_many_keys_are_asked_for_at_once(make: Callable[[], Store]) -> None:
    store = make()
    store.write({b"a": b"1", b"b": b"", b"c": b"3"})
    assert store.present([b"a", b"b", b"x", b"a"]) == {b"a", b"b"}
    assert store.present([]) == set()


def test_changes_are_written_together_and_removals_with_them(make: Callable[[], Store]) -> None:
    store = make()
    store.write({b"a": b"1", b"b": b"", b"c": b"3"})
    store.write({b"a": None, b"b": b"2", b"never there": None})
    assert list(store.scan(b"")) == [(b"b", b"2"), (b"c", b"3")]
    assert (store.get(b"a"), store.get(b"b")) == (None, b"2")


def test_an_empty_value_is_not_an_absent_one(make: Callable[[], Store]) -> None:
    store = make()
    store.write({b"a": b""})
    assert store.get(b"a") == b""
    assert list(store.scan(b"a")) == [(b"a", b"")]


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        (b"a/", [b"a/1", b"a/2", b"a/\xff\xff"]),
        (b"a", [b"a", b"a/1", b"a/2", b"a/\xff\xff", b"a0"]),
        (b"a/\xff", [b"a/\xff\xff"]),
        (b"\xff", [b"\xff", b"\xff\xff\x01"]),
        (b"\xff\xff", [b"\xff\xff\x01"]),
        (b"", [b"a", b"a/1", b"a/2", b"a/\xff\xff", b"a0", b"b", b"\xff", b"\xff\xff\x01"]),
        (b"z", []),
    ],
)
def test_a_scan_gives_what_begins_with_the_prefix_in_order(
    make: Callable[[], Store], prefix: bytes, found: list[bytes]
) -> None:
    store = make()
    keys = [b"b", b"a0", b"a/2", b"a", b"\xff\xff\x01", b"a/\xff\xff", b"a/1", b"\xff"]
    store.write(dict.fromkeys(keys, b"x"))
    assert [key for key, _ in store.scan(prefix)] == found


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("prefix", [b"a/", b"", b"\xff", b"z"])
def test_a_scan_goes_on_after_any_key_in_either_direction(
    make: Callable[[], Store], prefix: bytes, backwards: bool
) -> None:
    store = make()
    keys = [b"a", b"a/1", b"a/2", b"a/\xff\xff", b"a0", b"b", b"\xff", b"\xff\xff\x01"]
    store.write(dict.fromkeys(keys, b"x"))
    below = [key for key in keys if key.startswith(prefix)]
    ordered = below[::-1] if backwards else below
    assert [key for key, _ in store.scan(prefix, backwards=backwards)] == ordered
    for after in (*keys, b"a/15", b"0", b"\xff\xff\xff"):
        beyond = [key for key in ordered if (key < after if backwards else key > after)]
        found = [key for key, _ in store.scan(prefix, after=after, backwards=backwards)]
        assert found == beyond, after


def test_a_scan_does_not_see_what_is_written_after_it_began(make: Callable[[], Store]) -> None:
    store = make()
    store.write({b"a/1": b"1", b"a/2": b"2", b"a/3": b"3"})
    scan = store.scan(b"a/")
    assert next(scan) == (b"a/1", b"1")
    store.write({b"a/2": b"changed", b"a/3": None, b"a/4": b"4"})
    assert list(scan) == [(b"a/2", b"2"), (b"a/3", b"3")]


def test_a_scan_may_be_left_early(make: Callable[[], Store]) -> None:
    store = make()
    store.write({b"%04d" % number: b"" for number in range(1000)})
    for _ in range(100):
        assert next(iter(store.scan(b"00")))[0] == b"0000"


small = st.binary(max_size=3)
batches = st.lists(st.dictionaries(small, st.none() | st.binary(max_size=3)), max_size=6)


@given(batches=batches, prefix=small)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_store_behaves_like_a_sorted_dictionary(
    make: Callable[[], Store], batches: list[dict[bytes, bytes | None]], prefix: bytes
) -> None:
    store, model = make(), dict[bytes, bytes]()
    for changes in batches:
        store.write(changes)
        for key, value in changes.items():
            if value is None:
                model.pop(key, None)
            else:
                model[key] = value
    expected = sorted(pair for pair in model.items() if pair[0].startswith(prefix))
    assert list(store.scan(prefix)) == expected
    assert all(store.get(key) == value for key, value in model.items())
    store.close()


@given(prefix=small, key=small)
def test_a_prefix_ends_before_the_first_key_without_it(prefix: bytes, key: bytes) -> None:
    upper = after_prefix(prefix)
    within = key >= prefix and (upper is None or key < upper)
    assert within == key.startswith(prefix)


def test_a_memory_store_copies_itself() -> None:
    store = MemoryStore()
    store.write({b"a": b"1"})
    copy = store.copy()
    store.write({b"a": b"2"})
    assert copy.get(b"a") == b"1"


def test_compacting_keeps_what_is_there(make: Callable[[], Store]) -> None:
    store = make()
    store.write({b"a/1": b"1", b"a/2": b"2", b"b": b"3"})
    store.write({b"a/1": None})
    for _ in range(2):
        store.compact()
    assert list(store.scan(b"")) == [(b"a/2", b"2"), (b"b", b"3")]
