"""Products, their SKUs, and collections of both."""
