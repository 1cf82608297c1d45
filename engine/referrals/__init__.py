"""Referrals: who comes by whose code, and what both sides are given for it."""
