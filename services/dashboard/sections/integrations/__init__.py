"""Integrations: webhooks, and how programs call the API."""
