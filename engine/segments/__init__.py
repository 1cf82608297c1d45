"""Segments: who belongs to them, and who enters and leaves."""
