"""The tables of audit, and their rows."""
