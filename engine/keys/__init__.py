"""API keys of projects."""
