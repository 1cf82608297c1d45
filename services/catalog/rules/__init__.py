"""Validation rules, categories, stacking rules."""
