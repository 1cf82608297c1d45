"""Orders, products, collections, locations, rewards."""
