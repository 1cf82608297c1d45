"""Notifications: what went on by itself and somebody wants to know of."""
