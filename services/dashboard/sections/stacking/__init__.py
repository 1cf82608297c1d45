"""Stacking rules: how several redeemables of one request go together."""
