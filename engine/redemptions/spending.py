"""What a redemption spends of a voucher or counts on a tier, and what a rollback gives back."""

from msgspec import structs

from engine.kernel.state import View
from engine.points.buckets import Booked, pay_points, return_points
from schemas.base import Millis
from schemas.evaluations import Taken
from schemas.promotions import PromotionTier
from schemas.vouchers import Voucher


def spend_voucher(view: View, voucher: Voucher, taken: Taken, now: Millis) -> Booked:
    """A voucher, its points settled, after one more redemption."""
    spent = _count_on_voucher(voucher, taken, 1)
    card = voucher.loyalty_card
    # a card whose points never expire is its balance and nothing else
    if card is None or not taken.points or (card.next_expiration_at or card.moves_to) is None:
        return Booked(spent)
    return _with_card(spent, pay_points(view, voucher, taken.points, now))


def restore_voucher(view: View, voucher: Voucher, taken: Taken, now: Millis) -> Booked:
    """A voucher, its points settled, after one of its redemptions was taken back."""
    restored = _count_on_voucher(voucher, taken, -1)
    if voucher.loyalty_card is None or not taken.buckets:
        return Booked(restored)
    returned = return_points(view, voucher, taken.points or 0, taken.buckets, now)
    return _with_card(restored, returned)


def _with_card(voucher: Voucher, booked: Booked) -> Booked:
    card = booked.voucher.loyalty_card
    return booked._replace(voucher=structs.replace(voucher, loyalty_card=card))


def _count_on_voucher(voucher: Voucher, taken: Taken, sign: int) -> Voucher:
    credits, points = sign * (taken.credits or 0), sign * (taken.points or 0)
    gift, card = voucher.gift, voucher.loyalty_card
    if gift is not None:
        gift = structs.replace(gift, balance=gift.balance - credits)
    if card is not None:
        card = structs.replace(card, balance=card.balance - points)
    return structs.replace(
        voucher,
        gift=gift,
        loyalty_card=card,
        redeemed_quantity=max(voucher.redeemed_quantity + sign, 0),
        redeemed_amount=max(voucher.redeemed_amount + credits, 0),
        redeemed_points=max(voucher.redeemed_points + points, 0),
    )


def count_on_tier(tier: PromotionTier, taken: Taken, amount: int, sign: int = 1) -> PromotionTier:
    """A tier after one more redemption, or, with sign -1, after one was taken back.

    `amount` is what the order counted as when it was redeemed (engine/pricing/sums.py), in minor
    units.
    """
    return structs.replace(
        tier,
        redeemed_quantity=max(tier.redeemed_quantity + sign, 0),
        orders_amount=max(tier.orders_amount + sign * amount, 0),
        orders_discount=max(tier.orders_discount + sign * taken.total, 0),
    )
