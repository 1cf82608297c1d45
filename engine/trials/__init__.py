"""Tries of what is not saved: what a set of rules, stacking rules or a campaign would do to a cart."""
