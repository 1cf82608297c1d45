"""Customers that are forgotten."""
