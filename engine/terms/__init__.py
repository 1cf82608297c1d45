"""What vouchers, campaigns and tiers may say: discounts, and when they hold."""
