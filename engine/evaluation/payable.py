"""Whether there is something to pay, for what pays: gift cards and loyalty cards.

The last of the rules of eligibility, in their order; see `eligibility.py`.
"""

from engine.evaluation.context import Context
from schemas.errors import Refusal, refuse
from schemas.vouchers import Voucher


def order_given(context: Context) -> Refusal | None:
    """A loyalty card pays for an order, or for a reward that has its price."""
    if context.basket is not None or not _is_card(context) or _buys(context):
        return None
    return refuse(
        "missing_order",
        "An order is required when redeeming a LOYALTY_CARD",
        explanation={"rule": "order", "order": None},
    )


def amount_to_pay(context: Context) -> Refusal | None:
    """What pays needs an amount to pay."""
    basket = context.basket
    if not _pays(context) or _buys(context) or (basket is not None and basket.left is not None):
        return None
    return refuse(
        "missing_amount",
        f"Amount is required when redeeming a {_type(context)}",
        explanation={"rule": "amount_to_pay", "order_amount": None},
    )


def items_to_pay(context: Context) -> Refusal | None:
    """A gift card that pays for items needs one with an amount."""
    gift = context.offer.gift if isinstance(context.offer, Voucher) else None
    if gift is None or gift.effect != "APPLY_TO_ITEMS" or context.basket is None:
        return None
    lines = context.basket.lines
    if any(line.amount is not None for line in lines):
        return None
    return refuse(
        "missing_order_items_amount" if lines else "missing_order_items",
        "At least one applicable order item with amount is required to redeem this GIFT_VOUCHER",
        explanation={"rule": "items_to_pay", "order_items": len(lines)},
    )


def reward(context: Context) -> Refusal | None:
    """A loyalty card pays for a reward."""
    if not _is_card(context) or context.payment is not None:
        return None
    return refuse(
        "missing_reward",
        "A reward is required when redeeming a LOYALTY_CARD",
        explanation={"rule": "reward", "reward": None},
    )


def _is_card(context: Context) -> bool:
    return isinstance(context.offer, Voucher) and context.offer.loyalty_card is not None


def _buys(context: Context) -> bool:
    """Whether points are the price of something, so that there need be no order."""
    return context.payment is not None and not context.payment.pays_order


def _pays(context: Context) -> bool:
    offer = context.offer
    return isinstance(offer, Voucher) and (offer.gift or offer.loyalty_card) is not None


def _type(context: Context) -> str:
    return context.offer.type if isinstance(context.offer, Voucher) else "PROMOTION_TIER"
