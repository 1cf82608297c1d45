"""Replicas of partitions, and what waits for them."""
