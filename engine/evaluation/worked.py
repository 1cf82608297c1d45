"""What an offer is called, and whether what it takes is anything."""

from engine.evaluation.offers import Offer
from engine.rewards.paid import Payment
from schemas.evaluations import Taken


def kind_of(offer: Offer) -> str:
    """What the offer is called in the details of a refusal. Source: the API contract, section 4."""
    voucher = offer.voucher
    if voucher is None:
        return "Promotion Tier"
    if voucher.gift is not None:
        return "Gift Card"
    return "Loyalty Card" if voucher.loyalty_card is not None else "Discount Coupon"


def has_effect(taken: Taken, payment: Payment | None) -> bool:
    """Whether it does anything; what points buy is something, whatever becomes of the order."""
    return bool(taken.order or taken.items) or (payment is not None and not payment.pays_order)
