"""Brands of projects."""
