"""Whether an offer may be used now, by its own terms: ordered rules, the first refusal decides.

What a project's validation rules say comes after it (engine/rules). The total order, which a table
test walks: exists (engine/evaluation/offers.py: what is missing has no Context) · active · start
date · expiration date · time since the publication · day of week · timeframe · hours · referrer ·
quantity · gift balance · points balance · reward · order · amount to pay · items · what a reward
needs beside its points (engine/evaluation/rewarding.py). Of the switch and the times, the offer's
own comes first, then that of its campaign, under the same key. Every refusal names its rule and the
values that were compared.
"""

from collections.abc import Callable
from typing import Any

from engine.evaluation.context import Context
from engine.evaluation.payable import amount_to_pay, items_to_pay, order_given, reward
from engine.kernel.calendar import (
    add_duration,
    day_of_week,
    is_within_hours,
    is_within_timeframe,
    iso,
    parse_duration,
)
from schemas.campaigns import Campaign
from schemas.earning import EarningRule
from schemas.errors import Refusal, refuse
from schemas.promotions import PromotionTier
from schemas.vouchers import Voucher

Rule = Callable[[Context], Refusal | None]
#: What the rules of switch and times are for.
Bound = Voucher | PromotionTier | Campaign | EarningRule
BoundRule = Callable[[Context, Bound], Refusal | None]


def active(context: Context, bound: Bound) -> Refusal | None:
    """What is disabled is not usable."""
    if bound.active:
        return None
    if isinstance(context.offer, PromotionTier):
        details = f"Promotion Tier with id: {context.offer.id} is disabled."
        return _refuse_late("promotion_inactive", context, bound, "active", details, active=False)
    return _refuse_late("voucher_disabled", context, bound, "active", active=False)


def start_date(context: Context, bound: Bound) -> Refusal | None:
    """Usable from the start date on."""
    start = bound.start_date
    if start is None or context.now >= start:
        return None
    return _refuse_late(
        _key(context, "voucher_not_active"),
        context,
        bound,
        "start_date",
        now=iso(context.now),
        start_date=iso(start),
    )


def expiration_date(context: Context, bound: Bound) -> Refusal | None:
    """Usable up to and including the expiration date."""
    expiration = bound.expiration_date
    if expiration is None or context.now <= expiration:
        return None
    return _refuse_late(
        _key(context, "voucher_expired"),
        context,
        bound,
        "expiration_date",
        now=iso(context.now),
        expiration_date=iso(expiration),
    )


def activity_duration(context: Context, bound: Bound) -> Refusal | None:
    """Once published, a voucher is usable for as long as its campaign says."""
    if not isinstance(bound, Campaign) or bound.activity_duration_after_publishing is None:
        return None
    published_at = context.offer.published_at if isinstance(context.offer, Voucher) else None
    if published_at is None:
        return None
    duration = bound.activity_duration_after_publishing
    end = add_duration(published_at, parse_duration(duration), zone=context.zone)
    if context.now <= end:
        return None
    return _refuse_late(
        "voucher_expired",
        context,
        bound,
        "activity_duration",
        now=iso(context.now),
        published_at=iso(published_at),
        duration=duration,
    )


def validity_day_of_week(context: Context, bound: Bound) -> Refusal | None:
    """Usable on the named days of the week, where some are named."""
    days = bound.validity_day_of_week
    if not days:
        return None
    today = day_of_week(context.now, context.zone)
    if today in days:
        return None
    return _refuse_late(
        _key(context, "voucher_not_active_now"),
        context,
        bound,
        "validity_day_of_week",
        now=iso(context.now),
        day_of_week=today,
        validity_day_of_week=list(days),
        **_zone(context),
    )


def validity_timeframe(context: Context, bound: Bound) -> Refusal | None:
    """Usable in the recurring timeframe, which counts from the start date, else the creation."""
    timeframe = bound.validity_timeframe
    if timeframe is None:
        return None
    anchor = bound.created_at if bound.start_date is None else bound.start_date
    if is_within_timeframe(timeframe, anchor, context.now, context.zone):
        return None
    return _refuse_late(
        _key(context, "voucher_not_active_now"),
        context,
        bound,
        "validity_timeframe",
        now=iso(context.now),
        counted_from=iso(anchor),
        duration=timeframe.duration,
        interval=timeframe.interval,
        **_zone(context),
    )


def validity_hours(context: Context, bound: Bound) -> Refusal | None:
    """Usable in any of the named windows of hours, where some are named."""
    hours = bound.validity_hours
    if hours is None or not hours.daily:
        return None
    if any(is_within_hours(window, context.now, context.zone) for window in hours.daily):
        return None
    return _refuse_late(
        _key(context, "voucher_not_active_now"),
        context,
        bound,
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
        **_zone(context),
    )


def referrer(context: Context) -> Refusal | None:
    """Nobody refers oneself, be it with another name and the same e-mail address or phone."""
    if context.same_as_referrer is None:
        return None
    return _refuse_late(
        "referrer_not_permitted_to_redeem",
        context,
        context.offer,
        "referrer",
        same=context.same_as_referrer,
    )


def quantity(context: Context) -> Refusal | None:
    """Redeemed and held together, a voucher is used no more often than its quantity says."""
    voucher, held = context.offer, context.held
    if not isinstance(voucher, Voucher) or voucher.quantity is None:
        return None
    if voucher.redeemed_quantity + held.quantity < voucher.quantity:
        return None
    return _refuse_late(
        "quantity_exceeded",
        context,
        voucher,
        "quantity",
        quantity=voucher.quantity,
        redeemed_quantity=voucher.redeemed_quantity,
        held_by_sessions=held.quantity,
    )


def gift_balance(context: Context) -> Refusal | None:
    """A gift card has credits that no session of others holds, and as many as are asked for."""
    gift = context.offer.gift if isinstance(context.offer, Voucher) else None
    if gift is None:
        return None
    available = gift.balance - context.held.credits
    if available > 0 and (context.credits is None or context.credits <= available):
        return None
    return _refuse_late(
        "gift_amount_exceeded",
        context,
        context.offer,
        "gift_balance",
        credits=context.credits,
        balance=gift.balance,
        held_by_sessions=context.held.credits,
    )


def points_balance(context: Context) -> Refusal | None:
    """A loyalty card has the points that are asked for, and no session of others holds them."""
    card = context.offer.loyalty_card if isinstance(context.offer, Voucher) else None
    if card is None:
        return None
    available = card.balance - context.held.points
    asked = None if context.payment is None else context.payment.points
    least = 1 if asked is None else max(asked, 1)
    if context.payment is not None and not context.payment.pays_order:
        least = asked or 0
    if least <= available:
        return None
    return _refuse_late(
        "loyalty_card_points_exceeded",
        context,
        context.offer,
        "points_balance",
        points=asked,
        balance=card.balance,
        held_by_sessions=context.held.points,
    )


#: Rules of the switch and the times, in order of precedence: of the offer, then of its campaign.
BOUND_RULES: tuple[BoundRule, ...] = (
    active,
    start_date,
    expiration_date,
    activity_duration,
    validity_day_of_week,
    validity_timeframe,
    validity_hours,
)
#: What follows them: what is left of the offer,
LEFT_RULES: tuple[Rule, ...] = (referrer, quantity, gift_balance, points_balance)
#: and, for what pays, what there is to pay.
RULES: tuple[Rule, ...] = (
    *LEFT_RULES,
    reward,
    order_given,
    amount_to_pay,
    items_to_pay,
)


def bound_refusal_of(context: Context, bound: Bound) -> Refusal | None:
    """The refusal by switch and times alone, of the offer or of what binds it."""
    found = (bound_rule(context, bound) for bound_rule in BOUND_RULES)
    return next((each for each in found if each is not None), None)


def refusal_of(context: Context) -> Refusal | None:
    """The refusal of the first rule that has one."""
    return _refusal_of(context, RULES)


def left_refusal_of(context: Context) -> Refusal | None:
    """As `refusal_of`, whatever there is to pay: whether there is something left to use."""
    return _refusal_of(context, LEFT_RULES)


def _refusal_of(context: Context, rules: tuple[Rule, ...]) -> Refusal | None:
    offer, campaign = context.offer, context.campaign
    for bound_rule in BOUND_RULES:
        refusal = bound_rule(context, offer)
        if refusal is None and campaign is not None:
            refusal = bound_rule(context, campaign)
        if refusal is not None:
            return refusal
    for rule in rules:
        refusal = rule(context)
        if refusal is not None:
            return refusal
    return None


def _zone(context: Context) -> dict[str, str]:
    """The zone that was reckoned in, where that is not UTC, in which times are told."""
    return {} if context.zone is None else {"timezone": str(context.zone)}


def _key(context: Context, of_voucher: str) -> str:
    """The key of a refusal that has one name for vouchers and another for tiers."""
    if isinstance(context.offer, Voucher):
        return of_voucher
    return "promotion_not_active_now"


def _refuse_late(
    key: str,
    context: Context,
    bound: Bound,
    rule: str,
    details: str | None = None,
    **compared: Any,
) -> Refusal:
    explanation = {"rule": rule} | compared
    if isinstance(bound, Campaign):
        explanation["campaign_id"] = bound.id
    offer = context.offer
    named = offer.code if isinstance(offer, Voucher) else offer.id
    return refuse(key, details or named, explanation=explanation)
