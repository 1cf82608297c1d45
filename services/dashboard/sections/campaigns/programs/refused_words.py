"""Why an earning rule gave nothing, in words. Source of the reasons: docs/api.md, Earning rules."""

from collections.abc import Mapping
from typing import Final

_OF_RULES: Final[Mapping[str, str]] = {
    "validation_rules": "its validation rules did not hold",
    "limit_count": "the customer had got points by it as often as its limit says",
    "limit_points": "the customer had got as many points by it as its limit says",
    "no_points": "it comes to no points",
    "balance": "the card can hold no more points",
}
#: What may be switched off or not in its time: what reasons begin with, and how it is called.
_BOUND: Final = (("campaign_", "the program"), ("card_", "the card"), ("", "the rule"))
_TIMES: Final[Mapping[str, str]] = {
    "active": "was switched off",
    "start_date": "had not begun",
    "expiration_date": "was over",
    "validity_day_of_week": "does not hold on that day of the week",
    "validity_timeframe": "held at other times",
    "validity_hours": "holds at other hours",
}


def say_refused(reason: str) -> str:
    """The reason as the end of a sentence; one that is not known as the API says it."""
    if reason in _OF_RULES:
        return _OF_RULES[reason]
    for start, what in _BOUND:
        said = _TIMES.get(reason.removeprefix(start))
        if reason.startswith(start) and said:
            return f"{what} {said}"
    return reason.replace("_", " ")
