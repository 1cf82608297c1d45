"""Many vouchers, or entries of the bin, at once: those that a filter lets through."""
