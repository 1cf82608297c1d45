"""A project whose state lies in RocksDB, as in a host, and the clock of `bench.engine`."""

from collections.abc import Callable
from pathlib import Path
from time import process_time_ns
from typing import Final

from engine.fold import StateFold
from engine.kernel.state import View
from runtime.store.store import RocksStore
from schemas.base import DAY_MS, Millis
from schemas.discounts import Discount
from schemas.events import Event
from schemas.records import Decided
from schemas.voucher_events import VoucherCreated
from schemas.vouchers import Voucher

PROJECT: Final = "proj_bench"
NOW: Final[Millis] = 1_750_000_000_000
OFF: Final = Discount(type="AMOUNT", amount_off=500)
ROUNDS: Final = 9
_EVENTS_MAX: Final = 5_000


class State:
    """A project's state in RocksDB, folded from events."""

    def __init__(self, folder: Path) -> None:
        self._store = RocksStore(folder)
        self._folds = StateFold(self._store)
        self._events: list[Event] = []
        self._offset = 0
        #: How many vouchers there are.
        self.vouchers = 0

    @property
    def view(self) -> View:
        """The project."""
        return self._folds.view(PROJECT)

    def grow(self, vouchers: int) -> None:
        """Adds vouchers until there are so many."""
        self.fold(*(VoucherCreated(_voucher(n)) for n in range(self.vouchers, vouchers)))
        self.vouchers = vouchers
        self.write()

    def merge(self) -> None:
        """Has the store merge its runs into one, as it does by itself in time."""
        self._store.compact()

    def forget(self) -> None:
        """Drops what is decoded, as after a start."""
        self._folds = StateFold(self._store)

    def fold(self, *events: Event) -> None:
        """Folds events, many at once."""
        for event in events:
            self._events.append(event)
            if len(self._events) >= _EVENTS_MAX:
                self.write()

    def write(self) -> None:
        """Writes what was folded."""
        self._offset += 1
        record = Decided(
            command_offset=self._offset,
            at=NOW,
            command_id=f"cmd_{self._offset}",
            command_type="bench",
            project=PROJECT,
            fingerprint="",
            events=tuple(self._events),
        )
        self._events = []
        self._folds.begin()
        self._folds.apply(record, self._offset)
        self._store.write(self._folds.commit())


def code(n: int) -> str:
    """The code of the n-th voucher."""
    return f"CODE{n:08d}"


def best_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Milliseconds of processor time of the best round: whatever else runs slows the others."""
    work()
    took = []
    for _ in range(rounds):
        before = process_time_ns()
        work()
        took.append(process_time_ns() - before)
    return min(took) / 1e6


def _voucher(n: int) -> Voucher:
    return Voucher(
        id=f"v_{n:08d}",
        code=code(n),
        type="DISCOUNT_VOUCHER",
        created_at=NOW - 2 * DAY_MS + n,
        discount=OFF,
    )
