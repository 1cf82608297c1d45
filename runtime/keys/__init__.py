"""Keys of customers: kept, used, destroyed."""
