"""The list of vouchers, and a voucher's redemptions."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemas.vouchers import VoucherType
from services.audit.lists.assignments import bound_vouchers
from services.audit.lists.categories import FIELDS as CATEGORY_FIELDS
from services.audit.lists.categories import NAME as CATEGORY_NAME
from services.audit.lists.filters import (
    ANY_METADATA,
    METADATA_PREFIX,
    REFERRAL,
    Field,
    number,
    text,
)
from services.audit.lists.lists import BY_TIME, Listing
from services.audit.lists.times import ACTIVE, TIMES
from services.audit.sink.entities import LIVING_VOUCHER
from services.audit.unknown import UNKNOWN


def _of(kind: VoucherType, column: str) -> Field:
    """A number that vouchers of one type have."""
    return number(f"if(type = '{kind}', {column}, {UNKNOWN})")


FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {
        **TIMES,
        **CATEGORY_FIELDS,
        "code": text("alias"),
        "id": text("id"),
        "vouchers": text("id"),
        "campaign": text("campaign"),
        "campaign_name": text("campaign"),
        "campaign_id": text("campaign_id"),
        "campaign_ids": text("campaign_id"),
        "type": text("type", capitals=True),
        "voucher_type": text("type", capitals=True),
        "discount.type": text("discount_type", capitals=True),
        "discount_type": text("discount_type", capitals=True),
        "holder_id": text("customer_id"),
        "published_for_customer_id": text("customer_id"),
        "active": ACTIVE,
        "is_referral_code": REFERRAL,
        "redemption.quantity": number("quantity"),
        "redemption.redeemed_quantity": number("redeemed_quantity"),
        "gift.amount": _of("GIFT_VOUCHER", "amount"),
        "gift.balance": _of("GIFT_VOUCHER", "balance"),
        "loyalty_card.points": _of("LOYALTY_CARD", "amount"),
        "loyalty_card.balance": _of("LOYALTY_CARD", "balance"),
        METADATA_PREFIX: ANY_METADATA,
    }
)
VOUCHERS: Final = Listing(
    "voucher",
    "vouchers",
    bound_vouchers,
    FIELDS,
    plain=MappingProxyType(
        {
            "code": "alias = {code:String}",
            "campaign": "(campaign = {campaign:String} OR campaign_id = {campaign:String})",
            "campaign_id": "campaign_id = {campaign_id:String}",
            "category": f"{{category:String}} IN (category_id, {CATEGORY_NAME})",
        }
    ),
    orders=MappingProxyType({**BY_TIME, "code": ("alias",)}),
    customer="customer_id",
    only=LIVING_VOUCHER,
)
