"""What pages are made of: pure functions from values to nodes."""
