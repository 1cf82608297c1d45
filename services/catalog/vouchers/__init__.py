"""Vouchers, their balances, publications and the bin."""
