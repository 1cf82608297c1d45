"""What redemptions count: tallies of offers, customers and keys, and units of products."""
