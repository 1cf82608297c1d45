"""Audit: the history of redemptions and the lists of entities, as the ledger tells them."""
