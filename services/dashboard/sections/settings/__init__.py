"""Project settings: what a project says of itself, its keys, its brand, its schemas."""
