"""Promotion stacks."""
