"""Redemptions and rollbacks."""
