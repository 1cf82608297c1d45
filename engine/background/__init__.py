"""Async actions and the rows that are staged for them."""
