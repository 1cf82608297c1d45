"""The composition root: the command line, and which service lives in which host."""

__version__ = "0.1.0"
