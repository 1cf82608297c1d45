"""What becomes of points without anybody asking: they expire."""

from collections.abc import Iterable, Iterator

from engine.kernel import tables
from engine.kernel.ids import new_id
from engine.kernel.state import View
from engine.points.buckets import settle_points
from schemas.base import Millis
from schemas.commands import Command
from schemas.points import PointsExpired
from schemas.vouchers import Voucher


def expire_points(
    view: View, command: Command, voucher_ids: Iterable[str], now: Millis
) -> Iterator[PointsExpired]:
    """What of these cards expired by now."""
    for number, voucher_id in enumerate(voucher_ids):
        voucher = view.get(tables.VOUCHERS, voucher_id)
        if voucher is not None:
            yield from points_expired_events(view, command, voucher, now, number)


def points_expired_events(
    view: View, command: Command, voucher: Voucher, now: Millis, number: int = 0
) -> Iterator[PointsExpired]:
    """What of a card expired by now, where anything did; `number` tells the cards of a command apart."""
    settled = settle_points(view, voucher, now)
    if settled.voucher is not voucher:
        transaction_id = new_id(command.seed, "vtx_", number)
        yield PointsExpired(settled.voucher, settled.expired, transaction_id, settled.buckets)
