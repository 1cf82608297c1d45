"""Analytics: the numbers that follow from the ledger and from what was observed."""
