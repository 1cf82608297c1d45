"""Metadata schemas, and what they demand."""
