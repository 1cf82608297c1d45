"""Loyalty programs and their members, over HTTP."""
