"""What vouchers, campaigns and tiers show alike: discounts, gifts, cards, hours. Source: the API contract, section 10."""

from typing import Any, Final

from engine.kernel.calendar import iso
from engine.kernel.encode import Body, nearest_number
from schemas.campaigns import Campaign
from schemas.discounts import Discount, UnitItem, UnitOff
from schemas.earning import EarningRule
from schemas.promotions import PromotionTier
from schemas.validity import ValidityHours
from schemas.vouchers import Gift, LoyaltyCard

_DISCOUNT_MEMBERS: Final = (
    "amount_off",
    "amount_off_formula",
    "percent_off",
    "percent_off_formula",
    "fixed_amount",
    "fixed_amount_formula",
    "unit_off",
    "unit_off_formula",
    "unit_type",
    "amount_limit",
    "aggregated_amount_limit",
    "effect",
)


def discount_body(discount: Discount) -> Body:
    """The discount as it was defined."""
    body: Body = {"type": discount.type}
    for name in _DISCOUNT_MEMBERS:
        value: Any = getattr(discount, name)
        if value is not None:
            body[name] = value
    if discount.percent_off is not None:
        body["percent_off"] = nearest_number(discount.percent_off)
    if discount.units:
        body["units"] = list(map(_unit_body, discount.units))
    return _with_items(body, discount)


def _unit_body(unit: UnitOff) -> Body:
    body: Body = {"effect": unit.effect, "unit_type": unit.unit_type}
    if unit.unit_off is not None:
        body["unit_off"] = unit.unit_off
    if unit.unit_off_formula is not None:
        body["unit_off_formula"] = unit.unit_off_formula
    return _with_items(body, unit)


def _with_items(body: Body, unit: Discount | UnitOff) -> Body:
    """What the catalogue called the product and the SKU of free units, where it knew them."""
    for name in ("product", "sku"):
        item: UnitItem | None = getattr(unit, name)
        if item is not None:
            body[name] = {"id": item.id, "name": item.name}
            if item.source_id is not None:
                body[name]["source_id"] = item.source_id
    return body


def gift_body(gift: Gift) -> Body:
    """What was loaded and what is left, in minor units."""
    body: Body = {"amount": gift.amount, "balance": gift.balance}
    if gift.subtracted_amount:
        body["subtracted_amount"] = gift.subtracted_amount
    if gift.effect is not None:
        body["effect"] = gift.effect
    return body


def card_body(card: LoyaltyCard) -> Body:
    """The points that were given and those that are left; the rest where there is any."""
    body: Body = {"points": card.points, "balance": card.balance}
    if card.next_expiration_date is not None:
        body["next_expiration_date"] = card.next_expiration_date
        body["next_expiration_points"] = card.next_expiration_points
    for name in ("pending_points", "expired_points", "subtracted_points"):
        if getattr(card, name):
            body[name] = getattr(card, name)
    return body


def hours_body(hours: ValidityHours) -> Body:
    """The windows of hours as they were defined."""
    return {
        "daily": [
            {
                "start_time": each.start_time,
                "expiration_time": each.expiration_time,
                "days_of_week": each.days_of_week,
            }
            for each in hours.daily
        ]
    }


def times_body(bound: PromotionTier | Campaign | EarningRule) -> Body:
    """When an offer may be used, as far as it says so."""
    body: Body = {}
    for name in ("start_date", "expiration_date"):
        at = getattr(bound, name)
        if at is not None:
            body[name] = iso(at)
    if bound.validity_timeframe is not None:
        timeframe = bound.validity_timeframe
        body["validity_timeframe"] = {
            "duration": timeframe.duration,
            "interval": timeframe.interval,
        }
    if bound.validity_day_of_week:
        body["validity_day_of_week"] = list(bound.validity_day_of_week)
    if bound.validity_hours is not None:
        body["validity_hours"] = hours_body(bound.validity_hours)
    return body
