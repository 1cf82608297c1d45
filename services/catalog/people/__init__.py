"""Customers, segments and what they do."""
