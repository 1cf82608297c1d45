"""Promotion tiers."""
