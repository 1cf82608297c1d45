"""Exports: what can be asked for, the files, and who makes them."""
