"""Where a page ended: `2025-01-15T12:00:00.123007Z` is after the 7th of those of that millisecond.

What was created at one time has an order of its own, so that a page may end within it, and the
cursor stays the time that the contract wants. A cursor without the digits below milliseconds, such
as the `created_at` of a row, or one that a client read as a time of milliseconds, says only that one
of that time was seen: it is after the first of them. Source: the API contract, section 9.
"""

import re
from typing import Final, NamedTuple, Self

from engine.kernel.calendar import iso, parse_instant
from engine.qualification.places import place_of
from schemas.base import Millis

_FRACTION: Final = re.compile(
    r"(?P<head>[^.]+)(?:\.(?P<digits>\d{1,12}))?(?P<zone>Z|[+-][\d:]+)", re.ASCII
)
#: Of how many of one time three digits say which they are; six further ones do of the rest.
_NEAR_MAX: Final = 999
_FAR_DIGITS: Final = 6
#: Stands for all of a time.
_ALL: Final = _NEAR_MAX + 10**_FAR_DIGITS - 1


class Cursor(NamedTuple):
    """A time, and how many of that time are past; None: it is not known, one was seen."""

    at: Millis
    nth: int | None = None

    @classmethod
    def before(cls, at: Millis) -> Self:
        """The one after which all of a time comes, and nothing that is newer."""
        return cls(at + 1, _ALL)

    @property
    def place(self) -> str:
        """The first place that is not past, or of the same time."""
        return place_of(self.at - 1 if self.nth == _ALL else self.at, "")

    def is_past(self, at: Millis, nth: int) -> bool:
        """Whether the nth of a time lies on a page before."""
        return at == self.at and self.nth is not None and nth <= self.nth

    def text(self) -> str:
        """As the API shows it."""
        shown = iso(self.at)
        if self.nth is None:
            return shown
        far = f"{self.nth - _NEAR_MAX:0{_FAR_DIGITS}d}" if self.nth > _NEAR_MAX else ""
        return f"{shown.removesuffix('Z')}{min(self.nth, _NEAR_MAX):03d}{far}Z"


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
    further = digits[6:] if nth == _NEAR_MAX else ""
    far = int(further.ljust(_FAR_DIGITS, "0")) if further else 0
    return Cursor(at, nth + far or None)
