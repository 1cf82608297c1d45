"""What vouchers, campaigns and tiers may say: discounts, when they hold, how codes are made."""
