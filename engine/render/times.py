"""Times: milliseconds inside, ISO 8601 UTC with milliseconds outside."""

from functools import lru_cache

from engine import calendar
from schemas.base import Millis

#: `calendar.iso`, remembered: one answer repeats few instants many times.
iso = lru_cache(maxsize=4096)(calendar.iso)


def iso_or_none(at: Millis | None) -> str | None:
    """`iso`, or None for a time that is not set."""
    return None if at is None else iso(at)
