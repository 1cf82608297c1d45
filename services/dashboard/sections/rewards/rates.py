"""How much so many points pay: said, shown in a form, and read from it."""

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from services.dashboard.parts.show import Row, Show, write_minor

_MINOR: Final = 100
#: Up to so many times as many points are told, until they pay whole minor units.
_TIMES_MAX: Final = 1_000_000
#: Longer ones the API does not take.
DIGITS_MAX: Final = 30


def say_points(count: Any, show: Show) -> str:
    """So many points."""
    return "1 point" if count == 1 else f"{show.number(count)} points"


def say_rate(coin: Row, show: Show) -> str:
    """What points pay: `100 points pay €1.00`."""
    points, minor = coin.get("points_ratio") or 1, _minor_of(coin)
    times = 1
    while minor * times % 1 and times < _TIMES_MAX:
        times *= 10
    if minor * times % 1:
        times, pays = 1, f"{coin['exchange_ratio']} {show.currency}"
    else:
        pays = show.money(int(minor * times))
    told = points * times
    return f"{say_points(told, show)} {'pays' if told == 1 else 'pay'} {pays}"


def write_rate(coin: Row) -> str:
    """What a form shows of it: an amount, or what is finer than that, to the last digit."""
    minor = _minor_of(coin)
    if not minor:
        return ""
    return f"{minor / _MINOR:f}" if minor % 1 else write_minor(int(minor))


def read_rate(typed: str) -> Decimal | None:
    """What was typed, above zero; None: no such number."""
    plain = typed.replace(" ", "").replace(",", ".")
    try:
        rate = Decimal(plain) if len(plain) <= DIGITS_MAX else Decimal(0)
    except InvalidOperation:
        return None
    return rate if rate.is_finite() and rate > 0 else None


def plain_rate(rate: Decimal | None) -> str:
    """As the API takes it: without an exponent, and without zeros behind it."""
    return f"{(rate or Decimal(0)).normalize():f}"


def _minor_of(coin: Row) -> Decimal:
    return Decimal(str(coin.get("exchange_ratio") or 0)) * _MINOR
