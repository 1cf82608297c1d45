"""Validations: answered from a replica; only a session or an unknown customer is a command."""
