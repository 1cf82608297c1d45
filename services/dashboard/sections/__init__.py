"""The sections of the dashboard, one file or folder each."""
