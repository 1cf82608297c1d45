"""Exports: files of what a project has."""
