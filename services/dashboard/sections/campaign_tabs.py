"""The tabs of the sections about promotions."""

from typing import Final

TABS: Final = (
    ("Campaigns", "/campaigns"),
    ("Vouchers", "/vouchers"),
    ("Promotion tiers", "/promotion-tiers"),
    ("Combined promotions", "/promotion-stacks"),
    ("Categories", "/categories"),
)
