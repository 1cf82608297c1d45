"""Promotion tiers and combined promotions: offers without a code, and tiers that go together."""
