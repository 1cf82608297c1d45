"""Whole numbers as somebody typed them, or as a form or an address says them."""

from typing import Final

#: More digits no count of anything has; to read thousands of them would take a while, or fail.
DIGITS_MAX: Final = 12


def read_whole(text: str) -> int | None:
    """The number; None: no whole number, or one larger than anything is counted to."""
    return int(text) if text.isdecimal() and len(text) <= DIGITS_MAX else None


def read_count(text: str) -> int | None:
    """The same as people write it, with spaces or commas between thousands."""
    return read_whole(text.replace(" ", "").replace(",", ""))
