"""Tiers of loyalty programs."""
