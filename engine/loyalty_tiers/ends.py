"""Until when a tier lasts, and what a program may say of it."""

from typing import Final

from engine.kernel.calendar import Zone, add_duration, parse_duration
from engine.loyalty_tiers.periods import MONTHS, begin_of_month, month_at, period_of
from schemas.base import INSTANT_MAX, Millis
from schemas.errors import Refusal, refuse
from schemas.loyalty_tiers import TierRounding, TiersExpiration

#: How much longer a tier may last: what was collected is known for so long, and no longer.
EXTEND_MONTHS_MAX: Final = 36
_SHORTEST_MONTH_DAYS: Final = 28
#: What holds where a program says nothing.
BY_BALANCE: Final = TiersExpiration("BALANCE", "IMMEDIATE", "BALANCE_DROP")
_PLACE: Final = ".loyalty_tiers_expiration"
#: For each qualification: how a tier may begin, and how it may end.
_STARTS: Final = {"BALANCE": ("IMMEDIATE",), "POINTS_IN_PERIOD": ("IMMEDIATE", "NEXT_PERIOD")}
_ENDS: Final = {
    "BALANCE": ("BALANCE_DROP", "CUSTOM"),
    "POINTS_IN_PERIOD": ("END_OF_PERIOD", "END_OF_NEXT_PERIOD", "CUSTOM"),
}


def end_of_custom(rules: TiersExpiration, at: Millis, zone: Zone) -> Millis:
    """The last millisecond of a tier that begins at `at` and lasts for `extend`."""
    last = extended(rules, at, zone) - 1
    if rules.rounding is None or last >= INSTANT_MAX - 1:
        return last
    rounded = _rounded(rules.rounding, last, zone)
    # a beginning that lies before the tier's own ends nothing
    return rounded if rounded > at else last


def extended(rules: TiersExpiration, at: Millis, zone: Zone) -> Millis:
    """The instant as much later as `extend` says."""
    return add_duration(at, parse_duration(rules.extend), zone=zone) if rules.extend else at


def _rounded(rounding: TierRounding, last: Millis, zone: Zone) -> Millis:
    month = month_at(last, zone)
    if rounding.type == "CUSTOM":
        wanted = 11 if rounding.value is None else rounding.value
        ahead = (wanted - month) % 12
        begin, end = (month + ahead - (12 if ahead else 0)), month + ahead + 1
    else:
        begin = period_of(month, MONTHS[rounding.type])
        end = begin + MONTHS[rounding.type]
    return begin_of_month(begin if rounding.strategy == "START" else end, zone) - 1


def invalid_tiers_expiration(rules: TiersExpiration, place: str = _PLACE) -> Refusal | None:
    """What is wrong with what a program says of its tiers, naming the member."""
    wrong = _wrong_member(rules)
    if wrong is None:
        return None
    name, reason = wrong
    return refuse("invalid_payload", f"Property `{place}.{name}` {reason}")


def _wrong_member(rules: TiersExpiration) -> tuple[str, str] | None:
    kind = rules.qualification_type
    if rules.start not in _STARTS[kind]:
        return "start_date.type", f"cannot be {rules.start} for the qualification_type {kind}"
    if rules.expiration not in _ENDS[kind]:
        reason = f"cannot be {rules.expiration} for the qualification_type {kind}"
        return "expiration_date.type", reason
    if kind == "POINTS_IN_PERIOD" and rules.qualification_period is None:
        return "qualification_period", "is required for the qualification_type POINTS_IN_PERIOD"
    if kind == "BALANCE" and rules.qualification_period is not None:
        return "qualification_period", "is for the qualification_type POINTS_IN_PERIOD"
    wrong = _wrong_extension(rules)
    if wrong is None and rules.rounding is not None:
        wrong = _wrong_rounding(rules, rules.rounding)
    return wrong


def _wrong_extension(rules: TiersExpiration) -> tuple[str, str] | None:
    name, kind = "expiration_date.extend", rules.expiration
    if not rules.extend:
        return (name, "is required for the type CUSTOM") if kind == "CUSTOM" else None
    if kind == "BALANCE_DROP":
        return name, "is not for the type BALANCE_DROP"
    try:
        duration = parse_duration(rules.extend)
    except ValueError as error:
        return name, str(error)
    if duration.millis:
        return name, "should be whole days, weeks, months or years"
    if duration.months + duration.days / _SHORTEST_MONTH_DAYS > EXTEND_MONTHS_MAX:
        return name, f"should be at most {EXTEND_MONTHS_MAX} months, each of 28 days"
    return None


def _wrong_rounding(rules: TiersExpiration, rounding: TierRounding) -> tuple[str, str] | None:
    place = "expiration_date.rounding"
    if rules.expiration != "CUSTOM":
        return place, "is for the type CUSTOM"
    if rounding.type != "CUSTOM":
        # the unit says nothing: official clients send it whatever the type
        return None if rounding.value is None else (f"{place}.value", "is for the type CUSTOM")
    if rounding.value is None or not 0 <= rounding.value <= 11:
        return f"{place}.value", "should be the month, from 0 for January to 11"
    return None
