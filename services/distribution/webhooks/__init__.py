"""Webhooks: what is to be sent, in order, and how."""
