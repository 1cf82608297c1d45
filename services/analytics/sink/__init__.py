"""The tables of analytics, and their rows."""
