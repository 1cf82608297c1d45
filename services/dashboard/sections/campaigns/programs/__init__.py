"""Loyalty programs among the campaigns: members and their cards, earning rules, tiers, what points are for."""
