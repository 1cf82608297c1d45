"""The list of vouchers, and a voucher's redemptions."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.audit.lists.assignments import bound_vouchers
from services.audit.lists.filters import (
    ANY_METADATA,
    METADATA_PREFIX,
    REFERRAL,
    Field,
    number,
    state,
    text,
    time,
)
from services.audit.lists.lists import BY_TIME, Listing
from services.audit.sink.entities import LIVING_VOUCHER, UNKNOWN

_STARTED: Final = f"(start_date = {UNKNOWN} OR start_date <= {{now:Int64}})"
_ENDED: Final = f"(expiration_date != {UNKNOWN} AND expiration_date <= {{now:Int64}})"
#: By the entity's own dates and switch; a voucher's campaign is not looked at.
ACTIVE: Final = state(
    active=f"active = 1 AND {_STARTED} AND NOT {_ENDED}",
    expired=_ENDED,
    enabled="active = 1",
    disabled="active = 0",
)
#: The times that vouchers and campaigns have in common.
TIMES: Final[Mapping[str, Field]] = MappingProxyType(
    {
        "created_at": time("created_at"),
        "created_date": time("created_at"),
        "updated_at": time(f"if(updated_at = 0, {UNKNOWN}, updated_at)"),
        "start_date": time("start_date"),
        "expiration_date": time("expiration_date"),
    }
)
FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {
        **TIMES,
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
        "category": text("category"),
        "categories": text("category"),
        "holder_id": text("customer_id"),
        "published_for_customer_id": text("customer_id"),
        "active": ACTIVE,
        "is_referral_code": REFERRAL,
        "redemption.quantity": number("quantity"),
        "redemption.redeemed_quantity": number("redeemed_quantity"),
        "gift.amount": number("amount"),
        "gift.balance": number("balance"),
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
            "category": "category = {category:String}",
        }
    ),
    orders=MappingProxyType({**BY_TIME, "code": ("alias",)}),
    customer="customer_id",
    only=LIVING_VOUCHER,
)
