"""Tallies: what redemptions add up to, for the budgets of validation rules. Money in minor units."""

from typing import Literal

from schemas.base import Millis, Shape

#: What a sum is over; None stands for all time.
Period = Literal["daily", "weekly", "monthly"]


class Periods(Shape, frozen=True):
    """When a day, a week and a month began, or end (engine/kernel/calendar.py)."""

    day: Millis
    week: Millis
    month: Millis


class Running(Shape, frozen=True):
    """The day, week and month that ran when a time zone changed, until the new one ended them."""

    began: Periods
    until: Periods


class Sums(Shape, frozen=True):
    """What the redemptions of one period add up to; a stack counts as its children."""

    #: When the day, week or month began; 0 for all time.
    began_at: Millis = 0
    count: int = 0
    #: The amounts of the orders, each once for a request, before discounts.
    amount: int = 0
    #: What was taken off them.
    discounted: int = 0
    #: How many customers redeemed.
    customers: int = 0


#: Where discounted units count (engine/counters/units.py).
UnitKey = tuple[str, ...]


class UnitCount(Shape, frozen=True):
    """Units that a redemption discounted, and where they count."""

    key: UnitKey
    units: int


class Tally(Shape, frozen=True):
    """What redemptions add up to: since ever, and in the latest day, week and month that had one."""

    ever: Sums = Sums()
    day: Sums = Sums()
    week: Sums = Sums()
    month: Sums = Sums()
