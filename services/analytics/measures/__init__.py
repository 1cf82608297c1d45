"""Metrics: what there is, where each is read, and the requests that ask for them."""
