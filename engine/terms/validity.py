"""What a voucher, a campaign or a tier may say of itself: values and times that make sense, within bounds."""

from typing import Final

from engine.kernel.calendar import INSTANT_MIN, parse_clock, parse_duration
from engine.loyalty_tiers.ends import invalid_tiers_expiration
from engine.points.expiration import invalid_expiration_rules
from engine.terms.discounts import wrong_discount
from schemas.base import AMOUNT_MAX, ID_LENGTH_MAX, INSTANT_MAX, QUANTITY_MAX, UNNAMEABLE
from schemas.campaigns import Campaign, CardTemplate, VoucherTemplate
from schemas.earning import EarningRule
from schemas.errors import Refusal, refuse
from schemas.promotions import PromotionTier
from schemas.vouchers import LoyaltyCard, Voucher

PROGRAM: Final = "LOYALTY_PROGRAM"

#: What has dates, days and hours.
_Timed = Voucher | Campaign | PromotionTier | EarningRule


def invalid_voucher(voucher: Voucher) -> Refusal | None:
    """The refusal of a voucher whose definition makes no sense or exceeds a bound."""
    if not 1 <= len(voucher.code) <= ID_LENGTH_MAX:
        return refuse("invalid_voucher", f"code must have 1 to {ID_LENGTH_MAX} characters")
    if voucher.code in UNNAMEABLE:
        return refuse("invalid_voucher", "code must not be . or .., which no address can name")
    return invalid_terms(voucher)


def invalid_terms(voucher: Voucher) -> Refusal | None:
    """As `invalid_voucher`, for one that has no code yet."""
    wrong = _wrong_value(voucher) or _wrong_time(voucher)
    if wrong is not None:
        return refuse("invalid_voucher", wrong)
    return _wrong_dates(voucher)


def invalid_campaign(campaign: Campaign) -> Refusal | None:
    """The refusal of a campaign whose definition makes no sense or exceeds a bound."""
    duration = campaign.activity_duration_after_publishing
    wrong = _wrong_time(campaign)
    if wrong is None and campaign.voucher is not None:
        wrong = _wrong_value(campaign.voucher)
    try:
        if duration is not None:
            parse_duration(duration)
    except ValueError as error:
        wrong = str(error)
    if campaign.loyalty_tiers_expiration is not None and campaign.campaign_type != PROGRAM:
        wrong = f"loyalty_tiers_expiration does not belong to a {campaign.campaign_type}"
    if wrong is not None:
        return refuse("invalid_campaign", wrong)
    rules = campaign.loyalty_tiers_expiration
    refusal = None if rules is None else invalid_tiers_expiration(rules)
    if refusal is not None:
        return refusal
    card = None if campaign.voucher is None else campaign.voucher.loyalty_card
    if card is not None and card.expiration_rules is not None:
        return invalid_expiration_rules(card.expiration_rules) or _wrong_dates(campaign)
    return _wrong_dates(campaign)


def invalid_tier(tier: PromotionTier) -> Refusal | None:
    """The refusal of a promotion tier whose definition makes no sense or exceeds a bound."""
    if not 1 <= len(tier.name) <= ID_LENGTH_MAX:
        return refuse("invalid_payload", f"name must have 1 to {ID_LENGTH_MAX} characters")
    wrong = tier.discount and wrong_discount(tier.discount)
    wrong = wrong or _wrong_time(tier)
    if wrong is not None:
        return refuse("invalid_payload", wrong)
    return _wrong_dates(tier)


def invalid_times(rule: EarningRule) -> Refusal | None:
    """The refusal of an earning rule whose dates, days or hours make no sense."""
    wrong = _wrong_time(rule)
    return _wrong_dates(rule) if wrong is None else refuse("invalid_payload", wrong)


def _wrong_dates(bound: _Timed) -> Refusal | None:
    start, expiration = bound.start_date, bound.expiration_date
    if start is not None and expiration is not None and expiration < start:
        return refuse(
            "invalid_expiration_date",
            "expiration_date must not be before start_date",
            message="Invalid expiration date",
        )
    return None


def _wrong_value(voucher: Voucher | VoucherTemplate) -> str | None:
    discount, gift = voucher.discount, voucher.gift
    card = voucher.loyalty_card
    if voucher.type == "GIFT_VOUCHER" and (gift is None or discount is not None):
        return "A GIFT_VOUCHER must have a gift and no discount"
    if voucher.type == "DISCOUNT_VOUCHER" and (discount is None or gift is not None):
        return "A DISCOUNT_VOUCHER must have a discount and no gift"
    if voucher.type == "LOYALTY_CARD" and (card is None or (gift or discount) is not None):
        return "A LOYALTY_CARD must have a loyalty_card, no gift and no discount"
    if voucher.type != "LOYALTY_CARD" and card is not None:
        return f"A {voucher.type} must have no loyalty_card"
    if card is not None and not all(map(_is_amount, _points_of(card))):
        return f"points and balance of a loyalty card must be 0 to {AMOUNT_MAX}"
    if gift is not None and not (_is_amount(gift.amount) and _is_amount(gift.balance)):
        return f"gift amount and balance must be 0 to {AMOUNT_MAX}"
    if voucher.quantity is not None and not 0 <= voucher.quantity <= QUANTITY_MAX:
        return f"redemption quantity must be 0 to {QUANTITY_MAX}"
    return None if discount is None else wrong_discount(discount)


def _points_of(card: LoyaltyCard | CardTemplate) -> tuple[int, ...]:
    return (card.points, card.balance) if isinstance(card, LoyaltyCard) else (card.points,)


def _is_amount(amount: int | None) -> bool:
    return amount is not None and 0 <= amount <= AMOUNT_MAX


def _wrong_time(bound: _Timed) -> str | None:
    for name, at in (
        ("start_date", bound.start_date),
        ("expiration_date", bound.expiration_date),
    ):
        if at is not None and not INSTANT_MIN <= at <= INSTANT_MAX:
            return f"{name} must be in the years 1 to 9999"
    daily = bound.validity_hours.daily if bound.validity_hours is not None else ()
    days = set(bound.validity_day_of_week or ()).union(*(each.days_of_week for each in daily))
    if not days <= set(range(7)):
        return "days of week must be 0 (Sunday) to 6"
    try:
        if bound.validity_timeframe is not None:
            parse_duration(bound.validity_timeframe.duration)
            parse_duration(bound.validity_timeframe.interval)
        for each in daily:
            parse_clock(each.start_time)
            parse_clock(each.expiration_time)
    except ValueError as error:
        return str(error)
    return None
