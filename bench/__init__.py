"""Measurements of a running system, as ratios side by side in one run."""
