"""When points expire, in words."""

from calendar import month_name
from collections.abc import Mapping
from typing import Any, Final

#: To where the end of some months is moved, and how that is said.
ENDS: Final[Mapping[str, str]] = {
    "END_OF_MONTH": "at the end of that month",
    "END_OF_QUARTER": "at the end of that quarter",
    "END_OF_HALF_YEAR": "at the end of that half of the year",
    "END_OF_YEAR": "at the end of that year",
}


def say_expiry(rules: Mapping[str, Any] | None) -> str:
    """How points expire, as the rest of a sentence about them: `expire …` or `never expire`."""
    if not rules:
        return "never expire"
    count = rules.get("period_value")
    kind = rules.get("period_type")
    if kind == "FIXED_DAY_OF_YEAR":
        day, month = rules.get("fixed_day"), _month(rules.get("fixed_month"))
        said = f"expire every year at the end of {day or 'a day'} {month}"
    elif kind == "INACTIVITY":
        said = f"expire when the card was not used for {_counted(count, 'day')}"
    else:
        unit = "month" if kind == "MONTH" else "day"
        said = f"expire {_counted(count, unit)} after they were earned, {_end(rules)}"
    notice = rules.get("notice_days")
    return said + (f", which is told {_counted(notice, 'day')} ahead" if notice else "")


def say_expiring(rules: Mapping[str, Any] | None) -> str:
    """The same as a sentence."""
    return f"Points {say_expiry(rules)}."


def _end(rules: Mapping[str, Any]) -> str:
    rounding = rules.get("rounding_type")
    if rounding == "PARTICULAR_MONTH":
        return f"at the end of the {_month(rules.get('rounding_value'))} that comes then"
    return ENDS.get(str(rounding), "at the end of that day")


def _month(number: object) -> str:
    named = number if isinstance(number, int) and 1 <= number <= 12 else 0
    return month_name[named] or "a month"


def _counted(count: object, unit: str) -> str:
    if not count:
        return f"some {unit}s"
    return f"1 {unit}" if count == 1 else f"{count:,} {unit}s"
