"""Prizes taken back: an unused code is switched off, of points and credits what is still there.

As in `giving.py`, what is given is folded before the next is looked at.
"""

from collections.abc import Generator

from msgspec import structs

from engine.kernel import tables
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_living_voucher
from engine.kernel.state import View
from engine.points.buckets import Booked, spend_points
from engine.points.decide import points_expired_events
from schemas.base import Millis
from schemas.commands import Command
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
    taken = min(_balance_of(voucher), amount)
    booked = _without(view, voucher, taken, now)
    after = structs.replace(given, taken_back=True, missing=amount - taken)
    transaction_id = new_id(command.seed, "vtx_") if taken else ""
    yield RewardTakenBack(occasion, after, booked.voucher, taken, transaction_id, booked.buckets)
    return after


def _balance_of(voucher: Voucher) -> int:
    card = voucher.loyalty_card or voucher.gift
    return 0 if card is None else card.balance


def _without(view: View, voucher: Voucher, amount: int, now: Millis) -> Booked:
    """The card without so many points or credits, which it has."""
    if not amount:
        return Booked(voucher)
    if voucher.loyalty_card is not None:
        booked = spend_points(view, voucher, amount, now)
        card = booked.voucher.loyalty_card
        assert card is not None
        card = structs.replace(card, subtracted_points=card.subtracted_points + amount)
        return booked._replace(voucher=structs.replace(booked.voucher, loyalty_card=card))
    gift = voucher.gift
    assert gift is not None
    gift = structs.replace(
        gift,
        balance=gift.balance - amount,
        subtracted_amount=gift.subtracted_amount + amount,
    )
    return Booked(structs.replace(voucher, gift=gift, updated_at=now))
