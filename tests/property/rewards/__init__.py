"""Laws of rewards."""
