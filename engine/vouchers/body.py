"""Vouchers. Source: the API contract, section 10; a voucher's empty keys are present as null."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from engine.categories.body import category_body
from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body
from engine.rules.body import assignments_body
from schemas.assignments import RuleAssignment
from schemas.categories import Category
from schemas.discounts import Discount, UnitItem, UnitOff
from schemas.validity import ValidityHours
from schemas.vouchers import Gift, LoyaltyCard, Voucher

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
EMPTY_LIST: Final[Body] = {"object": "list", "data_ref": "data", "data": [], "total": 0}


@lru_cache(maxsize=4096)
def _quoted(code: str) -> str:
    return quote(code, safe="")


def voucher_body(
    voucher: Voucher,
    assignments: Sequence[RuleAssignment] = (),
    categories: Sequence[Category] = (),
) -> Body:
    """The voucher as every endpoint shows it.

    Of the assignments those that bind it are shown, of the categories the one that it is in: a
    category that is gone is not among them.
    """
    within = [each for each in categories if each.id == voucher.category_id]
    path = f"/v1/vouchers/{_quoted(voucher.code)}"
    body: Body = {
        "id": voucher.id,
        "code": voucher.code,
        "campaign": voucher.campaign,
        "campaign_id": voucher.campaign_id,
        "category": within[0].name if within else None,
        "category_id": within[0].id if within else None,
        "categories": list(map(category_body, within)),
        "type": voucher.type,
        "discount": discount_body(voucher.discount) if voucher.discount else None,
        "gift": gift_body(voucher.gift) if voucher.gift else None,
        "loyalty_card": card_body(voucher.loyalty_card) if voucher.loyalty_card else None,
        "start_date": iso_or_none(voucher.start_date),
        "expiration_date": iso_or_none(voucher.expiration_date),
        "validity_timeframe": None,
        "validity_day_of_week": voucher.validity_day_of_week,
        "active": voucher.active,
        "additional_info": voucher.additional_info,
        "metadata": voucher.metadata,
        "assets": None,
        "is_referral_code": False,
        "created_at": iso(voucher.created_at),
        "updated_at": iso_or_none(voucher.updated_at),
        "object": "voucher",
        "validation_rules_assignments": (
            assignments_body(assignments, voucher.campaign_id, voucher.id)
            if assignments
            else EMPTY_LIST
        ),
        "publish": {
            "object": "list",
            "count": voucher.published,
            "url": f"{path}/publications?page=1&limit=10",
        },
        "redemption": _redemption(voucher, f"{path}/redemptions?page=1&limit=10"),
    }
    if voucher.holder_id is not None:
        body["holder_id"] = voucher.holder_id
    if voucher.validity_timeframe:
        body["validity_timeframe"] = {
            "interval": voucher.validity_timeframe.interval,
            "duration": voucher.validity_timeframe.duration,
        }
    if voucher.validity_hours:
        body["validity_hours"] = hours_body(voucher.validity_hours)
    return body


def discount_body(discount: Discount) -> Body:
    """The discount as it was defined."""
    body: Body = {"type": discount.type}
    for name in _DISCOUNT_MEMBERS:
        value: Any = getattr(discount, name)
        if value is not None:
            body[name] = value
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
    """The points that were given and those that are left."""
    body: Body = {"points": card.points, "balance": card.balance}
    if card.subtracted_points:
        body["subtracted_points"] = card.subtracted_points
    return body


def _redemption(voucher: Voucher, url: str) -> Body:
    body: Body = {
        "quantity": voucher.quantity,
        "redeemed_quantity": voucher.redeemed_quantity,
        "object": "list",
        "url": url,
    }
    if voucher.type == "GIFT_VOUCHER":
        body["redeemed_amount"] = voucher.redeemed_amount
    elif voucher.type == "LOYALTY_CARD":
        body["redeemed_points"] = voucher.redeemed_points
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
