"""Loyalty programs, their members, and what members earn and reach."""
