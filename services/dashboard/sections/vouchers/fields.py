"""What vouchers are filtered by."""

from typing import Final

from services.dashboard.lists.fields import KNOWN, Field
from services.dashboard.sections.vouchers.giving import DISCOUNTS, TYPES

FIELDS: Final = (
    Field("code", "Code"),
    Field(
        "active",
        "State",
        "state",
        (
            ("active", "active now"),
            ("expired", "expired"),
            ("enabled", "enabled"),
            ("disabled", "disabled"),
        ),
    ),
    Field("campaign_id", "Campaign", "lookup", ops=KNOWN, lookup="campaign"),
    Field("campaign", "Name of the campaign"),
    Field("type", "Type", "choice", tuple(TYPES.items())),
    Field("discount.type", "Discount type", "choice", tuple(DISCOUNTS.items())),
    Field("category_id", "Category", "lookup", ops=KNOWN, lookup="category"),
    Field("holder_id", "Holder", "lookup", ops=KNOWN, lookup="customer"),
    Field("redemption.quantity", "May be redeemed (times)", "number"),
    Field("redemption.redeemed_quantity", "Redeemed (times)", "number"),
    Field("gift.amount", "Gift amount", "money"),
    Field("gift.balance", "Gift balance", "money"),
    Field("start_date", "Start date", "time"),
    Field("expiration_date", "Expiration date", "time"),
    Field("created_at", "Created", "time"),
    Field("updated_at", "Updated", "time"),
    Field("is_referral_code", "Is a referral code", "flag"),
    Field("id", "Id"),
    Field("metadata", "Metadata", "text"),
)
