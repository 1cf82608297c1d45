"""Codes: how they are made, and what was generated."""
