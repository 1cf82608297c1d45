"""Prizes taken back: an unused code is switched off, of points and credits what is still there.

Points that expired are not there: nothing is taken of others for them.
As in `giving.py`, what is given is folded before the next is looked at.
"""

from collections.abc import Generator

from msgspec import structs

from engine.balances.decide import change_balance
from engine.kernel import tables
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_living_voucher
from engine.kernel.state import View
from engine.points.buckets import Booked
from engine.points.decide import points_expired_events
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal
from schemas.events import Event
from schemas.prizes import GivenPrize, Occasion, RewardTakenBack
from schemas.vouchers import Voucher


def take_back_prize(
    view: View, command: Command, given: GivenPrize, occasion: Occasion, now: Millis
) -> Generator[Event, None, GivenPrize]:
    """Takes the prize back as far as it is there; gives what it is afterwards."""
    amount = given.prize.amount
    voucher = find_living_voucher(view, given.voucher_id)
    if voucher is None:
        after = structs.replace(given, taken_back=True, missing=amount or 1)
        yield RewardTakenBack(occasion, after)
        return after
    if amount is None:
        used = voucher.redeemed_quantity > 0
        after = structs.replace(given, taken_back=True, missing=int(used))
        if not used:
            voucher = structs.replace(voucher, active=False, updated_at=now)
        yield RewardTakenBack(occasion, after, voucher)
        return after
    yield from points_expired_events(view, command, voucher, now, number=2)
    voucher = view.get(tables.VOUCHERS, voucher.id) or voucher
    is_over = given.expires_at is not None and given.expires_at < now
    taken = 0 if is_over else min(_balance_of(voucher), amount)
    booked = change_balance(view, command, voucher, -taken, now) if taken else Booked(voucher)
    if isinstance(booked, Refusal):
        # no card counts more that was taken off
        booked, taken = Booked(voucher), 0
    after = structs.replace(given, taken_back=True, missing=amount - taken)
    transaction_id = new_id(command.seed, "vtx_") if taken else ""
    yield RewardTakenBack(occasion, after, booked.voucher, taken, transaction_id, booked.buckets)
    return after


def _balance_of(voucher: Voucher) -> int:
    card = voucher.loyalty_card or voucher.gift
    return 0 if card is None else card.balance
