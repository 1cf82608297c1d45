"""The first page: how promotions do, now and over time."""
