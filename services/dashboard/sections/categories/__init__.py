"""Categories: what vouchers, campaigns, tiers and stacks are sorted into, and which of them go first."""
