"""What becomes of points without anybody asking: they expire."""

from collections.abc import Iterable, Iterator

from engine.kernel import tables
from engine.kernel.ids import new_id, numbered_command
from engine.kernel.state import View
from engine.points.buckets import Booked, note_expiring, settle_points
from schemas.base import Millis
from schemas.commands import Command
from schemas.points import PointsExpired, PointsExpiring
from schemas.vouchers import Voucher


def expire_points(
    view: View, command: Command, voucher_ids: Iterable[str], now: Millis
) -> Iterator[PointsExpired]:
    """What of these cards expired by now."""
    for number, voucher_id in enumerate(voucher_ids):
        voucher = view.get(tables.VOUCHERS, voucher_id)
        if voucher is not None:
            yield from points_expired_events(view, command, voucher, now, number)


def tell_expiring_points(
    view: View, command: Command, voucher_ids: Iterable[str], now: Millis
) -> Iterator[PointsExpired | PointsExpiring]:
    """What of these cards expires soon, where it is to be told and was not; first what is over."""
    for number, voucher_id in enumerate(voucher_ids):
        voucher = view.get(tables.VOUCHERS, voucher_id)
        if voucher is None or voucher.loyalty_card is None:
            continue
        own = numbered_command(command, "told", number)
        for expired in points_expired_events(view, own, voucher, now):
            yield expired
            voucher = expired.voucher
        noted = note_expiring(view, voucher, now)
        if noted.buckets:
            points = sum(each.points for each in noted.buckets)
            yield PointsExpiring(noted.voucher, points, noted.buckets)


def points_expired_events(
    view: View, command: Command, voucher: Voucher, now: Millis, number: int = 0
) -> Iterator[PointsExpired]:
    """What of a card expired by now, where anything did; `number` tells the cards of a command apart."""
    settled = settle_points(view, voucher, now)
    if settled.voucher is not voucher:
        yield points_expired_event(command, settled, number)


def points_expired_event(command: Command, booked: Booked, number: int = 0) -> PointsExpired:
    """What expired of a card by what was booked; its transaction is like no other of the command."""
    transaction_id = new_id(f"{command.seed}/expired", "vtx_", number)
    return PointsExpired(booked.voucher, booked.expired, transaction_id, booked.buckets)
