"""A store over another, which it leaves as it is."""

from runtime.store.overlaid import OverlaidStore
from runtime.store.store import MemoryStore


def test_changes_lie_over_what_is_below_and_leave_it() -> None:
    below = MemoryStore({b"a": b"1", b"b": b"2", b"c": b"3"})
    store = OverlaidStore(below)
    store.write({b"b": None, b"c": b"4", b"d": b"5", b"x": None})
    assert list(store.scan(b"")) == [(b"a", b"1"), (b"c", b"4"), (b"d", b"5")]
    assert list(store.scan(b"", backwards=True, after=b"d")) == [(b"c", b"4"), (b"a", b"1")]
    assert [store.get(each) for each in (b"a", b"b", b"c", b"d")] == [b"1", None, b"4", b"5"]
    assert store.present([b"a", b"b", b"d", b"x"]) == {b"a", b"d"}
    assert list(below.scan(b"")) == [(b"a", b"1"), (b"b", b"2"), (b"c", b"3")]
