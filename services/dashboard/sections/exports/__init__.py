"""The export manager: files of what there is, made in the background."""
