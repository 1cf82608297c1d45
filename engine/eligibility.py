"""Whether a voucher may be used now: an ordered tuple of rules, the first refusal decides.

The total order, which a table test walks: exists (`engine/lookup.py`: without a voucher there is
no Context) · active · start date · expiration date · day of week · timeframe · hours · quantity ·
gift balance · amount to pay. Every refusal names its rule and the values that were compared.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from engine.calendar import day_of_week, iso, within_hours, within_timeframe
from engine.lookup import Held
from schemas.base import Millis
from schemas.entities import Voucher
from schemas.errors import Refusal, refuse


class Context(NamedTuple):
    """What a rule may look at."""

    voucher: Voucher
    now: Millis
    #: What the sessions of others hold of the voucher.
    held: Held
    #: How many credits of a gift card are asked for.
    credits: int | None
    #: What is left to pay, in minor units; None: no order, or one without an amount.
    left: int | None


Rule = Callable[[Context], Refusal | None]


def active(context: Context) -> Refusal | None:
    """A disabled voucher is not usable."""
    if context.voucher.active:
        return None
    return _refused("voucher_disabled", context, "active", active=False)


def start_date(context: Context) -> Refusal | None:
    """Usable from the start date on."""
    start = context.voucher.start_date
    if start is None or context.now >= start:
        return None
    return _refused(
        "voucher_not_active",
        context,
        "start_date",
        now=iso(context.now),
        start_date=iso(start),
    )


def expiration_date(context: Context) -> Refusal | None:
    """Usable up to and including the expiration date."""
    expiration = context.voucher.expiration_date
    if expiration is None or context.now <= expiration:
        return None
    return _refused(
        "voucher_expired",
        context,
        "expiration_date",
        now=iso(context.now),
        expiration_date=iso(expiration),
    )


def validity_day_of_week(context: Context) -> Refusal | None:
    """Usable on the named days of the week, where some are named."""
    days = context.voucher.validity_day_of_week
    if not days or day_of_week(context.now) in days:
        return None
    return _refused(
        "voucher_not_active_now",
        context,
        "validity_day_of_week",
        now=iso(context.now),
        day_of_week=day_of_week(context.now),
        validity_day_of_week=list(days),
    )


def validity_timeframe(context: Context) -> Refusal | None:
    """Usable in the recurring timeframe, which counts from the start date, else the creation."""
    voucher = context.voucher
    timeframe = voucher.validity_timeframe
    if timeframe is None:
        return None
    anchor = voucher.created_at if voucher.start_date is None else voucher.start_date
    if within_timeframe(timeframe, anchor, context.now):
        return None
    return _refused(
        "voucher_not_active_now",
        context,
        "validity_timeframe",
        now=iso(context.now),
        counted_from=iso(anchor),
        duration=timeframe.duration,
        interval=timeframe.interval,
    )


def validity_hours(context: Context) -> Refusal | None:
    """Usable in any of the named windows of hours, where some are named."""
    hours = context.voucher.validity_hours
    if hours is None or not hours.daily:
        return None
    if any(within_hours(window, context.now) for window in hours.daily):
        return None
    return _refused(
        "voucher_not_active_now",
        context,
        "validity_hours",
        now=iso(context.now),
        daily=[
            {
                "start_time": window.start_time,
                "expiration_time": window.expiration_time,
                "days_of_week": list(window.days_of_week),
            }
            for window in hours.daily
        ],
    )


def quantity(context: Context) -> Refusal | None:
    """Redeemed and held together, a voucher is used no more often than its quantity says."""
    voucher, held = context.voucher, context.held
    if voucher.quantity is None or voucher.redeemed_quantity + held.quantity < voucher.quantity:
        return None
    return _refused(
        "quantity_exceeded",
        context,
        "quantity",
        quantity=voucher.quantity,
        redeemed_quantity=voucher.redeemed_quantity,
        held_by_sessions=held.quantity,
    )


def gift_balance(context: Context) -> Refusal | None:
    """A gift card has credits that no session of others holds, and as many as are asked for."""
    gift = context.voucher.gift
    if gift is None:
        return None
    available = gift.balance - context.held.credits
    if available > 0 and (context.credits is None or context.credits <= available):
        return None
    return _refused(
        "gift_amount_exceeded",
        context,
        "gift_balance",
        credits=context.credits,
        balance=gift.balance,
        held_by_sessions=context.held.credits,
    )


def amount_to_pay(context: Context) -> Refusal | None:
    """A gift card needs an amount to pay."""
    if context.voucher.gift is None or context.left is not None:
        return None
    return refuse(
        "missing_amount",
        "Amount is required when redeeming a GIFT_VOUCHER",
        explanation={"rule": "amount_to_pay", "order_amount": None},
    )


#: In order of precedence.
RULES: tuple[Rule, ...] = (
    active,
    start_date,
    expiration_date,
    validity_day_of_week,
    validity_timeframe,
    validity_hours,
    quantity,
    gift_balance,
    amount_to_pay,
)


def refusal_of(context: Context) -> Refusal | None:
    """The refusal of the first rule that has one."""
    for rule in RULES:
        refusal = rule(context)
        if refusal is not None:
            return refusal
    return None


def _refused(key: str, context: Context, rule: str, **compared: Any) -> Refusal:
    return refuse(key, context.voucher.code, explanation={"rule": rule} | compared)
