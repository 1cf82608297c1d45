"""Validation rules: their list, the builder, trying them out, what they bind."""
