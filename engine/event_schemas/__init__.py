"""Schemas of custom events."""
