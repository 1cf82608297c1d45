"""What an offer came to, said as its outcome shows it."""

from msgspec import structs

from engine.evaluation.dynamic import ResolvedDiscount, is_by_line
from engine.evaluation.offers import Offer
from engine.pricing import discounts
from engine.pricing.scope import Scope
from engine.rewards.payment import Payment
from schemas.evaluations import Outcome, Taken


def as_worked(
    outcome: Outcome, offer: Offer, worked: ResolvedDiscount, scope: Scope | None
) -> Outcome:
    """The outcome with the discount as it worked, where that is not how it is defined."""
    discount = offer.discount
    assert discount is not None
    by_line = is_by_line(discount)
    found = worked.discount
    effect = "APPLY_TO_ITEMS" if by_line else discounts.effect_of(discount, scope)
    if discount.effect is None and effect != discounts.effect_of(discount, None):
        found = structs.replace(found, effect=effect)
    return structs.replace(
        outcome,
        worked=None if found == discount else found,
        dynamic=worked.dynamic or by_line,
    )


def is_scoped_offer(offer: Offer, worked: ResolvedDiscount | None, scope: Scope) -> bool:
    """Whether what the offer takes depends on the items that its rules name."""
    if worked is None:
        gift = None if offer.voucher is None else offer.voucher.gift
        return gift is not None and gift.effect != "APPLY_TO_ORDER"
    return discounts.is_scoped(discounts.effect_of(worked.discount, scope))


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
