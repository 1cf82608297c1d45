"""Customers, and what they add up to."""
