"""Loyalty programs are copied with what they are made of."""
