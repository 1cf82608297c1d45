"""What the words of a filter mean, held against what a row says: written of the words alone."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.integration.dashboard_filters.moments import Row, is_active, is_ended, is_started

#: What a row says, what is compared with it, and the present.
Test = Callable[[Sequence[Any], Any, datetime], bool]


def _any(test: Callable[[Any, Any], bool]) -> Test:
    return lambda told, value, _: any(test(each, value) for each in told)


def _none(test: Callable[[Any, Any], bool]) -> Test:
    return lambda told, value, _: not any(test(each, value) for each in told)


def _moved(test: Callable[[datetime, datetime, datetime], bool], sign: int) -> Test:
    """Compares with the moment that lies so many days before or after the present."""
    return lambda told, days, now: any(
        test(each, now + sign * timedelta(days=int(days)), now) for each in told
    )


TESTS: Final[Mapping[str, Test]] = {
    "is": _any(lambda each, value: each == value),
    "is not": _none(lambda each, value: each == value),
    "contains": _any(lambda each, value: value in each),
    "does not contain": _none(lambda each, value: value in each),
    "starts with": _any(lambda each, value: each.startswith(value)),
    "ends with": _any(lambda each, value: each.endswith(value)),
    "is known": lambda told, _, __: bool(told),
    "is not known": lambda told, _, __: not told,
    "is more than": _any(lambda each, value: each > value),
    "is at least": _any(lambda each, value: each >= value),
    "is less than": _any(lambda each, value: each < value),
    "is at most": _any(lambda each, value: each <= value),
    "is after": _any(lambda each, value: each > value),
    "is before": _any(lambda each, value: each < value),
    "was within the last days:": _moved(lambda each, then, now: then < each <= now, -1),
    "was longer ago than days:": _moved(lambda each, then, _: each < then, -1),
    "is within the next days:": _moved(lambda each, then, now: now <= each < then, 1),
    "is further away than days:": _moved(lambda each, then, _: each > then, 1),
}


def said_time(said: str, zone: ZoneInfo) -> datetime:
    """A moment as a person reads it in a chip."""
    return datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=zone).astimezone(UTC)


def said_money(said: str) -> Decimal:
    """An amount as a person reads it in a chip, in minor units."""
    return Decimal(said.strip("€").replace(",", "")) * 100


#: Words of a state → whether a row is in it.
STATES: Final[Mapping[str, Callable[[Row, datetime], bool]]] = {
    "active": is_active,
    "active now": is_active,
    "expired": is_ended,
    "ended": is_ended,
    "scheduled": lambda row, now: not is_started(row, now),
    "making codes": lambda row, _: row["vouchers_generation_status"] == "IN_PROGRESS",
    "on": lambda row, _: row["active"],
    "off": lambda row, _: not row["active"],
    "switched on": lambda row, _: row["active"],
    "switched off": lambda row, _: not row["active"],
}
#: What a choice says → what the API calls it, both small, where it is not the same word.
CHOICES: Final[Mapping[str, str]] = {
    "anything": "global",
    "as it is published": "auto_update",
    "asked when needed": "passive",
    "automatic": "auto_update",
    "background task": "task",
    "being made": "in_progress",
    "browser": "client_api",
    "by hand": "static",
    "campaigns of discount codes": "campaign.discount_coupons",
    "credit": "gift_voucher",
    "dashboard": "user_portal",
    "discount": "discount_voucher",
    "discount codes": "discount_coupons",
    "fixed price": "fixed",
    "followed": "auto-update",
    "gift card": "gift_voucher",
    "gift cards": "gift_vouchers",
    "given": "success",
    "given up": "dead",
    "good": "ok",
    "made": "done",
    "not valid": "invalid",
    "promotions": "campaign.promotion",
    "refused": "failure",
    "rollback": "redemption_rollback",
    "single discount codes": "voucher.discount_voucher",
    "under way": "open",
    "units": "unit",
    "webhook send-out": "webhook_sendout",
    "sunday": "0",
    "monday": "1",
    "tuesday": "2",
    "wednesday": "3",
    "thursday": "4",
    "friday": "5",
    "saturday": "6",
}
