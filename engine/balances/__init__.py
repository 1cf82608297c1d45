"""Balances of gift cards and loyalty cards, changed by hand."""
