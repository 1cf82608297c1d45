"""What an order adds up to. Money in minor units."""

from schemas.orders import Order


def left_to_pay(order: Order | None) -> int | None:
    """What is left to pay; None: no order, or one without an amount."""
    if order is None or order.amount is None:
        return None
    return order.amount - order.discount_amount - order.items_discount


def budget_amount(order: Order | None) -> int:
    """What an order counts as in budgets: its amount before discounts added units to it.

    It is the same before and after a request's redeemables, so a budget is exact.
    """
    return 0 if order is None else order.initial_amount or 0
