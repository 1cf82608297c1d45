"""Campaigns: of codes, of gift cards, and promotions with their tiers and stacks."""
