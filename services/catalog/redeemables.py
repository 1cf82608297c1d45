"""What a customer holds: a list with filters and a cursor, from the state.

A page costs what it shows, however much the customer holds. With filters it may be shorter than
asked for, or empty, and still go on: only so many holdings are looked at for one page.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from engine.redeemables import HeldVoucher, held_count, held_page
from engine.render.encode import Body
from engine.render.held import held_body
from engine.state import View
from runtime.query_string import (
    Condition,
    Given,
    conditions_of,
    invalid,
    limit_of,
    require_known,
    single,
    text_of,
    time_of,
    yes_of,
)
from schemas.base import DAY_MS, Millis

_PARAMETERS: Final = frozenset({"limit", "order", "starting_after_id", "filters"})

_FIELDS: Final[Mapping[str, Callable[[HeldVoucher], str]]] = MappingProxyType(
    {
        "id": lambda held: held.id,
        "redeemable_id": lambda held: held.voucher.id,
        "redeemable_object": lambda _: "voucher",
        "holder_role": lambda _: "OWNER",
        "campaign_id": lambda held: held.voucher.campaign_id or "",
        "campaign_type": lambda held: held.campaign.campaign_type if held.campaign else "",
        "voucher_type": lambda held: held.voucher.type,
    }
)
_TESTS: Final[Mapping[str, Callable[[str, tuple[str, ...]], bool]]] = MappingProxyType(
    {
        "$is": lambda value, wanted: value in wanted,
        "$in": lambda value, wanted: value in wanted,
        "$is_not": lambda value, wanted: value not in wanted,
        "$not_in": lambda value, wanted: value not in wanted,
        "$starts_with": lambda value, wanted: value.startswith(wanted),
        "$ends_with": lambda value, wanted: value.endswith(wanted),
        "$contains": lambda value, wanted: any(each in value for each in wanted),
        "$not_contain": lambda value, wanted: not any(each in value for each in wanted),
    }
)
#: Whether there has to be a value where the operator is to hold.
_PRESENCE: Final[Mapping[str, bool]] = MappingProxyType({"$has_value": True, "$is_unknown": False})
_DATE_TESTS: Final[Mapping[str, Callable[[int, int], bool]]] = MappingProxyType(
    {"$after": lambda at, than: at > than, "$before": lambda at, than: at < than}
)
#: Days ago, as lists of the audit service read them.
_AGE_TESTS: Final[Mapping[str, Callable[[int, int], bool]]] = MappingProxyType(
    {"$more_than": lambda age, days: age > days, "$less_than": lambda age, days: age < days}
)
_DAYS_MAX: Final = 100_000

Test = Callable[[HeldVoucher], bool]


def held_list(view: View, customer_id: str, given: list[Given], now: Millis) -> Body:
    """The page that the query asks for, in the order of the holdings' ids. Raises ApiError."""
    require_known(given, _PARAMETERS)
    limit = limit_of(given)
    conditions, junction = conditions_of(given)
    tests = [_test(each, now) for each in conditions]
    joined = any if junction == "or" else all
    order = single(given, "order")
    if order is not None and order.value not in ("id", "-id"):
        raise invalid(order.name, "must be `id` or `-id`")
    page = held_page(
        view,
        customer_id,
        now,
        lambda held: not tests or joined(test(held) for test in tests),
        limit,
        after=text_of(given, "starting_after_id"),
        descending=order is not None and order.value == "-id",
    )
    body: Body = {
        "object": "list",
        "data_ref": "data",
        "data": [held_body(each) for each in page.found],
        "total": len(page.found) if tests else held_count(view, customer_id),
        "has_more": page.after is not None,
    }
    if page.after is not None:
        body["more_starting_after"] = page.after
    return body


def _test(condition: Condition, now: Millis) -> Test:
    if condition.field == "created_at":
        return _date_test(condition, now)
    value_of = _FIELDS.get(condition.field)
    if value_of is None:
        raise invalid(condition.name, "names an unknown field")
    if condition.operator in _PRESENCE:
        wanted = _presence(condition)
        return lambda held: bool(value_of(held)) in wanted
    holds = _TESTS.get(condition.operator)
    if holds is None:
        raise invalid(condition.name, "names an unknown operator")
    return lambda held: holds(value_of(held), condition.values)


def _date_test(condition: Condition, now: Millis) -> Test:
    if condition.operator in _PRESENCE:
        known = True in _presence(condition)
        return lambda _: known
    older = _AGE_TESTS.get(condition.operator)
    if older is not None:
        ages = [_days(condition.name, value) * DAY_MS for value in condition.values]
        return lambda held: any(older(now - held.created_at, age) for age in ages)
    compare = _DATE_TESTS.get(condition.operator)
    if compare is None:
        raise invalid(condition.name, "names an unknown operator")
    times = [time_of(Given((), condition.name, value)) for value in condition.values]
    return lambda held: all(compare(held.created_at, at) for at in times)


def _presence(condition: Condition) -> set[bool]:
    """What may be: that there is a value, that there is none, or, by several values, both."""
    present = _PRESENCE[condition.operator]
    return {yes_of(condition.name, value) == present for value in condition.values}


def _days(name: str, value: str) -> int:
    if not (value.isascii() and value.isdecimal() and int(value) <= _DAYS_MAX):
        raise invalid(name, f"must be a number of days between 0 and {_DAYS_MAX}")
    return int(value)
