"""Histories of points, played beside a plain model."""
