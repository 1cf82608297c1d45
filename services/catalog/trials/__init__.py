"""Tries of what is not saved yet."""
