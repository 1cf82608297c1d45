"""Custom events."""
