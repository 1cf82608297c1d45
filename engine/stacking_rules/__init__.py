"""The stacking rules of a project."""
