"""When points that are earned now expire, by the rules of a program.

They expire with the last millisecond of a day in the project's time zone. A month that has no such
day ends with its last one, both where months are counted and where a day of the year is named.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from msgspec import structs

from engine.kernel import tables
from engine.kernel.calendar import Duration, Zone, add_duration, day_of, wall_of
from engine.kernel.days import last_instant
from engine.kernel.state import View
from schemas.base import DAY_MS, INSTANT_MAX, Millis
from schemas.errors import Refusal, refuse
from schemas.points import PeriodType, PointsExpirationRules, RoundingType
from schemas.vouchers import Voucher

#: How far off points may expire.
MONTHS_MAX: Final = 1200
DAYS_MAX: Final = 36_500
#: How many days ahead somebody may be told.
NOTICE_DAYS_MAX: Final = 365

#: The last months of what the end of a day is moved to.
_LAST_MONTHS: Final[Mapping[RoundingType, tuple[int, ...]]] = MappingProxyType(
    {
        "END_OF_MONTH": tuple(range(1, 13)),
        "END_OF_QUARTER": (3, 6, 9, 12),
        "END_OF_HALF_YEAR": (6, 12),
        "END_OF_YEAR": (12,),
    }
)
#: What the rules of each kind are made of: what they have, and what they may have.
_MEMBERS: Final[Mapping[PeriodType, tuple[tuple[str, ...], tuple[str, ...]]]] = MappingProxyType(
    {
        "MONTH": (("period_value",), ("rounding_type", "rounding_value")),
        "DAY": (("period_value",), ()),
        "INACTIVITY": (("period_value",), ()),
        "FIXED_DAY_OF_YEAR": (("fixed_month", "fixed_day"), ()),
    }
)
#: A leap year, in which every day of a year is.
_LEAP: Final = 2024
_EPOCH: Final = date(1970, 1, 1)


def expires_at_of(rules: PointsExpirationRules | None, now: Millis, zone: Zone) -> Millis | None:
    """The last millisecond of the day on which points that are earned now expire; None: never.

    A named day or month may be that of today: what is earned on 31 December expires that evening
    where the calendar year ends all.
    """
    if rules is None:
        return None
    if rules.period_type == "FIXED_DAY_OF_YEAR":
        day = _next_fixed_day(_today(now, zone), rules.fixed_month or 12, rules.fixed_day or 31)
    else:
        day = _day_later(rules, now, zone)
    return INSTANT_MAX if day is None else last_instant(day, zone)


def notice_at(rules: PointsExpirationRules | None, expires_at: Millis) -> Millis | None:
    """From when on it is told that points will expire then; None: it is not."""
    if rules is None or rules.notice_days is None:
        return None
    return expires_at + 1 - rules.notice_days * DAY_MS


def end_of_day(at: Millis, zone: Zone) -> Millis:
    """The last millisecond of the day that an instant lies in."""
    return last_instant(_today(at, zone), zone)


def day_ending_at(expires_at: Millis, zone: Zone) -> str:
    """The day that ends then, for example `2026-12-31`."""
    return _today(expires_at, zone).isoformat()


def moves_with_activity(rules: PointsExpirationRules | None) -> bool:
    """Whether what expires by these rules lasts on with whatever is earned or paid."""
    return rules is not None and rules.period_type == "INACTIVITY"


def days_kept(rules: PointsExpirationRules | None) -> int:
    """How many days an activity keeps what expires by these rules; 0: it does not."""
    if rules is None or rules.period_type != "INACTIVITY":
        return 0
    return rules.period_value or 0


def expiration_rules_of(view: View, voucher: Voucher) -> PointsExpirationRules | None:
    """The rules of a card's program; None: its points never expire by themselves."""
    campaign_id = voucher.campaign_id
    campaign = None if campaign_id is None else view.get(tables.CAMPAIGNS, campaign_id)
    template = None if campaign is None else campaign.voucher
    card = None if template is None else template.loyalty_card
    return None if card is None else card.expiration_rules


class Kept(NamedTuple):
    """A card that knows for how long an activity keeps what expires by inactivity, and until when."""

    voucher: Voucher
    until: Millis | None = None


def kept_by_activity(view: View, voucher: Voucher, now: Millis, zone: Zone, days: int = 0) -> Kept:
    """What an activity makes of a loyalty card; points that it keeps for so many days come with it.

    All of it lasts as long as what is kept longest.
    """
    card = voucher.loyalty_card
    if card is None or (card.moves_to is None and not days):
        return Kept(voucher)
    by_program = days_kept(expiration_rules_of(view, voucher))
    if card.moves_to is not None:
        days = max(days, by_program if card.moves_days is None else card.moves_days)
    if not days:
        return Kept(voucher)
    rules = PointsExpirationRules("INACTIVITY", days)
    ends = max(expires_at_of(rules, now, zone) or 0, card.moves_to or 0)
    card = structs.replace(card, moves_days=None if days == by_program else days)
    return Kept(structs.replace(voucher, loyalty_card=card), ends)


def invalid_expiration_rules(
    rules: PointsExpirationRules, place: str = ".voucher.loyalty_card.expiration_rules"
) -> Refusal | None:
    """What is wrong with rules, naming the member; `place` is where they stand in the request."""
    wrong = _wrong_member(rules)
    if wrong is None:
        return None
    name, reason = wrong
    return refuse("invalid_payload", f"Property `{place}.{name}` {reason}")


def _wrong_member(rules: PointsExpirationRules) -> tuple[str, str] | None:
    required, optional = _MEMBERS[rules.period_type]
    values = {name: getattr(rules, name) for each in _MEMBERS.values() for name in sum(each, ())}
    for name, value in values.items():
        if name in required and value is None:
            return name, f"is required for the period_type {rules.period_type}"
        if value is not None and name not in required + optional:
            return name, f"is not for the period_type {rules.period_type}"
    months = rules.period_type == "MONTH"
    particular = rules.rounding_type == "PARTICULAR_MONTH"
    if particular and rules.rounding_value is None:
        return "rounding_value", "is required for the rounding_type PARTICULAR_MONTH"
    if rules.rounding_value is not None and not particular:
        return "rounding_value", "is for the rounding_type PARTICULAR_MONTH"
    bounds = {
        "period_value": MONTHS_MAX if months else DAYS_MAX,
        "rounding_value": 12,
        "fixed_month": 12,
        "fixed_day": _days_in(_LEAP, rules.fixed_month or 12),
        "notice_days": NOTICE_DAYS_MAX,
    }
    for name, most in bounds.items():
        value = getattr(rules, name)
        if value is not None and not 1 <= value <= most:
            return name, f"should be from 1 to {most}"
    return None


def _today(now: Millis, zone: Zone) -> date:
    # the day that began last, also where clocks were put back and show the evening before again
    return _EPOCH + timedelta(wall_of(day_of(now, zone), zone) // DAY_MS)


def _day_later(rules: PointsExpirationRules, now: Millis, zone: Zone) -> date | None:
    """The day so many months or days after today; None: beyond the year 9999."""
    value = rules.period_value or 0
    months = rules.period_type == "MONTH"
    today = (_today(now, zone) - _EPOCH).days * DAY_MS
    later = add_duration(today, Duration(months=value) if months else Duration(days=value))
    if later >= INSTANT_MAX:
        return None
    day = _EPOCH + timedelta(later // DAY_MS)
    if rules.rounding_type is None:
        return day
    last = _LAST_MONTHS.get(rules.rounding_type, (rules.rounding_value or 12,))
    month = next((each for each in last if each >= day.month), None)
    if month is not None:
        return _day_in(day.year, month, 31)
    return _day_in(day.year + 1, last[0], 31)


def _next_fixed_day(today: date, month: int, day: int) -> date | None:
    this_year = _day_in(today.year, month, day)
    if this_year is not None and this_year >= today:
        return this_year
    return _day_in(today.year + 1, month, day)


def _day_in(year: int, month: int, day: int) -> date | None:
    """That day of a month, or its last; None: beyond the year 9999."""
    if year > date.max.year:
        return None
    return date(year, month, min(day, _days_in(year, month)))


def _days_in(year: int, month: int) -> int:
    return monthrange(year, min(max(month, 1), 12))[1]
