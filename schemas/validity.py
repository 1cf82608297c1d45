"""When something is valid: recurring timeframes and hours of the day, in the project's time zone."""

from schemas.base import Shape


class ValidityTimeframe(Shape, frozen=True):
    """Valid for `duration` at the start of each `interval`, counted from the start date."""

    duration: str
    interval: str


class DailyHours(Shape, frozen=True):
    """Valid from `start_time` to `expiration_time` (HH:MM) on `days_of_week`, 0 = Sunday."""

    start_time: str
    expiration_time: str
    days_of_week: tuple[int, ...] = ()


class ValidityHours(Shape, frozen=True):
    """The hours of validity; any entry that matches is enough."""

    daily: tuple[DailyHours, ...] = ()
