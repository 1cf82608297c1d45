"""Alerts: from where on a project is alerted, and what it was alerted of."""
