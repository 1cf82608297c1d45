"""Imports and bulk updates."""
