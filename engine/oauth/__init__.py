"""OAuth tokens."""
