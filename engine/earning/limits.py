"""How often a rule gave a customer points, and how many: in the period that runs, or ever.

Counted for rules that have limits alone. What an order that is canceled gave counts for nothing, if
its period still runs.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from msgspec import structs

from engine.kernel import tables
from engine.kernel.calendar import Zone, day_of, month_of, wall_of, week_of
from engine.kernel.days import first_instant
from engine.kernel.state import View
from schemas.base import DAY_MS, Millis
from schemas.earning import EarnedTally, EarningLimits, EarningRule, Earnings, OrderEarned

_EPOCH = date(1970, 1, 1)


class Room(NamedTuple):
    """What a rule may still give; None: any number. Or why it may give nothing."""

    points: int | None = None
    reason: str | None = None


def began_of(limits: EarningLimits, now: Millis, zone: Zone) -> Millis:
    """When the period began that runs now, in the project's time zone; 0: it is all of time."""
    match limits.period:
        case "DAY":
            return day_of(now, zone)
        case "WEEK":
            return week_of(now, zone)
        case "MONTH":
            return month_of(now, zone)
        case "YEAR":
            month = _EPOCH + timedelta(wall_of(month_of(now, zone), zone) // DAY_MS)
            return first_instant(date(month.year, 1, 1), zone)
    return 0


def room_of(view: View, rule: EarningRule, customer_id: str, now: Millis, zone: Zone) -> Room:
    """What the limits of a rule leave of it for a customer."""
    limits = rule.limits
    if limits is None:
        return Room()
    tally = _tally(view, rule, customer_id, began_of(limits, now, zone))
    if limits.count is not None and tally.count >= limits.count:
        return Room(0, "limit_count")
    if limits.points is None:
        return Room()
    left = limits.points - tally.points
    return Room(left) if left > 0 else Room(0, "limit_points")


def counted_earnings(
    view: View, rule: EarningRule, customer_id: str, points: int, began: Millis
) -> Earnings:
    """What the limits of a rule count after it gave points."""
    tally = _tally(view, rule, customer_id, began)
    counted = EarnedTally(tally.count + 1, tally.points + points, began)
    return Earnings(customer_id, rule.campaign_id, {rule.id: counted})


def uncounted_earnings(
    view: View, customer_id: str, earned: Iterable[OrderEarned]
) -> tuple[Earnings, ...]:
    """What of the limits of each program counts something else after all this was taken back."""
    changed: dict[str, Earnings] = {}
    for each in earned:
        if each.began is None:
            continue
        so_far = changed.get(each.campaign_id) or Earnings(customer_id, each.campaign_id)
        tallies = _earnings(view, each.campaign_id, customer_id).tallies | so_far.tallies
        tally = tallies.get(each.rule_id)
        if tally is None or tally.began != each.began:
            continue
        less = EarnedTally(
            max(tally.count - 1, 0), max(tally.points - each.counted, 0), tally.began
        )
        changed[each.campaign_id] = structs.replace(
            so_far, tallies=so_far.tallies | {each.rule_id: less}
        )
    return tuple(changed.values())


def _earnings(view: View, campaign_id: str, customer_id: str) -> Earnings:
    stored = view.get(tables.EARNINGS, customer_id, campaign_id)
    return stored or Earnings(customer_id, campaign_id)


def _tally(view: View, rule: EarningRule, customer_id: str, began: Millis) -> EarnedTally:
    tally = _earnings(view, rule.campaign_id, customer_id).tallies.get(rule.id)
    return EarnedTally(began=began) if tally is None or tally.began != began else tally
