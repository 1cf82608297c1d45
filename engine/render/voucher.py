"""Vouchers. Source: the API contract, section 10; a voucher's empty keys are present as null."""

from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from engine.calendar import iso, iso_or_none
from engine.render.encode import Body
from schemas.entities import Discount, Gift, ValidityHours, Voucher

EMPTY_LIST: Final[Body] = {"object": "list", "data_ref": "data", "data": [], "total": 0}


@lru_cache(maxsize=4096)
def _quoted(code: str) -> str:
    return quote(code, safe="")


def voucher_body(voucher: Voucher) -> Body:
    """The voucher as every endpoint shows it."""
    path = f"/v1/vouchers/{_quoted(voucher.code)}"
    body: Body = {
        "id": voucher.id,
        "code": voucher.code,
        "campaign": voucher.campaign,
        "campaign_id": voucher.campaign_id,
        "category": voucher.category,
        "category_id": None,
        "categories": [],
        "type": voucher.type,
        "discount": discount_body(voucher.discount) if voucher.discount else None,
        "gift": gift_body(voucher.gift) if voucher.gift else None,
        "loyalty_card": None,
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
        "validation_rules_assignments": EMPTY_LIST,
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
    for name in ("amount_off", "percent_off", "amount_limit", "effect"):
        value: Any = getattr(discount, name)
        if value is not None:
            body[name] = value
    return body


def gift_body(gift: Gift) -> Body:
    """What was loaded and what is left, in minor units."""
    body: Body = {"amount": gift.amount, "balance": gift.balance}
    if gift.subtracted_amount:
        body["subtracted_amount"] = gift.subtracted_amount
    if gift.effect is not None:
        body["effect"] = gift.effect
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
