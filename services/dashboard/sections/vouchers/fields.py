"""What vouchers are filtered by."""

from typing import Final

from services.dashboard.lists import usual
from services.dashboard.lists.fields import EACH_NUMBER, EACH_TEXT, KNOWN, Field
from services.dashboard.sections.vouchers.giving import DISCOUNTS, TYPES

FIELDS: Final = (
    Field("code", "Code", ops=EACH_TEXT),
    usual.STATE,
    Field("campaign_id", "Campaign", "lookup", ops=KNOWN, lookup="campaign"),
    Field("campaign", "Name of the campaign"),
    Field("type", "Type", "choice", tuple(TYPES.items())),
    Field("discount.type", "Discount type", "choice", tuple(DISCOUNTS.items())),
    Field("category_id", "Category", "lookup", ops=KNOWN, lookup="category"),
    Field("holder_id", "Holder", "lookup", ops=KNOWN, lookup="customer"),
    Field("redemption.quantity", "May be redeemed (times)", "number"),
    Field("redemption.redeemed_quantity", "Redeemed (times)", "number", ops=EACH_NUMBER),
    Field("gift.amount", "Gift amount", "money"),
    Field("gift.balance", "Gift balance", "money"),
    Field("loyalty_card.balance", "Points left", "number"),
    usual.START,
    usual.END,
    usual.CREATED,
    usual.CHANGED,
    Field("is_referral_code", "Is a referral code", "flag"),
    usual.ID,
    usual.METADATA,
)
