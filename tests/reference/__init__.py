"""The reference in `docs/`, written from the types, and what may become of the types' shapes."""
