"""Campaigns and promotions."""
