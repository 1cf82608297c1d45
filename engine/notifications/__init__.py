"""Notifications: what somebody has read of them."""
