"""The fronts of users."""
