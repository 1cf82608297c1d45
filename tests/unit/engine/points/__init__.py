"""Points of loyalty cards."""
