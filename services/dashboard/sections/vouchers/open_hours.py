"""Whether something works at this hour, by the engine's own clock."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine.kernel.calendar import day_of_week, is_within_hours, is_within_timeframe
from schemas.validity import DailyHours, ValidityTimeframe
from services.dashboard.parts.show import Row, read_moment

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def is_outside_hours(row: Row, now: datetime, zone: ZoneInfo) -> bool:
    """Whether days of the week, hours or timeframe of a voucher, tier or campaign close it now.

    What they are counted in is the project's zone; what they are counted from may not be known of a
    row, and then nothing is said.
    """
    at, days = _millis(now), row.get("validity_day_of_week")
    if days and day_of_week(at, zone) not in days:
        return True
    anchor = read_moment(row.get("start_date")) or read_moment(row.get("created_at"))
    frame = row.get("validity_timeframe")
    if frame and anchor is not None:
        told = ValidityTimeframe(frame["duration"], frame["interval"])
        if not is_within_timeframe(told, _millis(anchor), at, zone):
            return True
    daily = (row.get("validity_hours") or {}).get("daily") or []
    return bool(daily) and not any(is_within_hours(_hours(each), at, zone) for each in daily)


def _millis(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _hours(each: Mapping[str, Any]) -> DailyHours:
    days = tuple(each.get("days_of_week") or ())
    return DailyHours(each["start_time"], each["expiration_time"], days)
