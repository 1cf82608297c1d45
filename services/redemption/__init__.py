"""Redemptions: a front that takes requests (front.py) and the ledger that decides (ledger/)."""
