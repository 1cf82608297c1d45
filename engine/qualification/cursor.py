"""Where a page ended: `2025-01-15T12:00:00.123007Z` is after the 7th of those of that millisecond.

What was created at one time has an order of its own, so that a page may end within it, and the
cursor stays the time that the contract wants. A cursor without the digits below milliseconds, such
as the `created_at` of a row, is after all of its time. Source: the API contract, section 9.
"""

import re
from typing import Final, NamedTuple

from engine.kernel.calendar import iso, parse_instant
from engine.qualification.places import place_of
from schemas.base import Millis

_FRACTION: Final = re.compile(r"(?P<head>[^.]+)(?:\.(?P<digits>\d{1,9}))?(?P<zone>Z|[+-][\d:]+)")
#: Of how many of one time it is known which they are; of more than the first with further digits.
_NTH_MAX: Final = 999
_FAR_MAX: Final = 2 * _NTH_MAX


class Cursor(NamedTuple):
    """A time, and how many of that time are past; None: all."""

    at: Millis
    nth: int | None = None

    @property
    def place(self) -> str:
        """The first place that is not past, or of the same time."""
        return place_of(self.at if self.nth is not None else self.at - 1, "")

    def is_past(self, at: Millis, nth: int) -> bool:
        """Whether the nth of a time lies on a page before."""
        return at == self.at and (self.nth is None or nth <= self.nth)

    def text(self) -> str:
        """As the API shows it."""
        shown = iso(self.at)
        if self.nth is None or self.nth > _FAR_MAX:
            return shown
        far = f"{self.nth - _NTH_MAX:03d}" if self.nth > _NTH_MAX else ""
        return f"{shown.removesuffix('Z')}{min(self.nth, _NTH_MAX):03d}{far}Z"


def parse_cursor(text: str) -> Cursor | None:
    """The cursor that a text says; None: it says no time."""
    found = _FRACTION.fullmatch(text.strip())
    if found is None:
        return None
    digits = found["digits"] or ""
    at = parse_instant(f"{found['head']}.{digits[:3]:0<3}{found['zone']}")
    if at is None:
        return None
    nth = int(digits[3:6].ljust(3, "0")) if digits[3:] else 0
    far = int(digits[6:].ljust(3, "0")) if digits[6:] and nth == _NTH_MAX else 0
    return Cursor(at, nth + far or None)
