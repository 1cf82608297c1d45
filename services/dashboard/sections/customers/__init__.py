"""Customers: who they are, what they hold and what they did."""
