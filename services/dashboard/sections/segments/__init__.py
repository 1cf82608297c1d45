"""Segments: groups of customers, by name or by what they have in common."""
