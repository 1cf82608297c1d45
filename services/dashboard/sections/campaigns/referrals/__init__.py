"""Referral programs: made, looked at, changed."""
