"""Lists of entities."""
