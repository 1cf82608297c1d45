"""Rewards: what points are redeemed for, and which programs offer it."""
