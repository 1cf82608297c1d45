"""Overlays: changes apart from what they lie over, read in one order."""

from collections.abc import Iterator

from engine import tables
from engine.state import Overlay, Stored
from runtime.store import MemoryStore
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


def test_a_scan_reads_no_more_than_is_taken() -> None:
    class Counting(MemoryStore):
        read = 0

        def scan(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
            for pair in super().scan(prefix):
                self.read += 1
                yield pair

    store = Counting({tables.SEEN_FROM.key("p", f"{n:03d}"): b"%d" % n for n in range(100)})
    state = Overlay(Stored(store)).of("p")
    state.put(tables.SEEN_FROM, -1, "000")
    assert next(state.scan(tables.SEEN_FROM)) == -1
    assert store.read <= 3
