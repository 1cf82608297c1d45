"""What sets of rules are meant for, in words."""

from typing import Final

#: What a set can be meant for, as far as it is of use; it binds nothing.
CONTEXTS: Final = (
    ("global", "Anything"),
    ("campaign.discount_coupons", "Campaigns of discount codes"),
    ("campaign.gift_vouchers", "Campaigns of gift cards"),
    ("campaign.promotion", "Promotions"),
    ("campaign.loyalty_program", "Loyalty programs"),
    ("voucher.discount_voucher", "Single discount codes"),
    ("voucher.gift_voucher", "Single gift cards"),
    ("distribution.custom_event", "Distributions"),
)
