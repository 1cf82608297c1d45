"""Earning rules of loyalty programs."""
