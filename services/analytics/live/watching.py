"""What is beyond its threshold: a pure fold of the counts, so it is noticed the same way twice.

A minute is looked at whenever something more of it is counted. What goes on is told again now and
then, so that the ledger knows that it does; whether it is a new alert is decided there.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from schemas.alerts import AlertKind, AlertThresholds, RaiseAlert
from schemas.base import Millis
from schemas.rates import RatesCounted
from services.analytics.live.windows import (
    HOUR_MINUTES,
    MINUTE,
    Minutes,
    Project,
    failure_subject,
)

MINUTE_MS: Final[Millis] = MINUTE * 1000
#: How many subjects are remembered that were beyond their threshold.
REMEMBERED_MAX: Final = 10_000


class Beyond(NamedTuple):
    """Something beyond its threshold in a minute."""

    kind: AlertKind
    subject: str
    minute: int
    value: int
    threshold: int
    campaign_id: str | None = None


def find_beyond(
    project: Project, counted: RatesCounted, thresholds: AlertThresholds
) -> Iterator[Beyond]:
    """What of that which was counted last is beyond its threshold."""
    for minute, campaign in sorted({(e.second // MINUTE, e.campaign) for e in counted.campaigns}):
        yield from _budget(project, campaign, minute, thresholds)
    failures = {
        (each.second // MINUTE, each.campaign, reason)
        for each in counted.campaigns
        for reason in each.failed
    }
    for minute, campaign, reason in sorted(failures):
        subject = failure_subject(campaign, reason)
        least, times = thresholds.failures_per_minute, thresholds.failures_times_usual
        value = unusual(project.failures, subject, minute, least, times)
        if value is not None:
            yield Beyond("failures.rising", subject, minute, value, least, campaign or None)
    for minute, code in sorted({(each.second // MINUTE, each.subject) for each in counted.codes}):
        least, times = thresholds.code_redemptions_per_minute, thresholds.code_times_usual
        value = unusual(project.codes, code, minute, least, times)
        if value is not None:
            yield Beyond("code.rate", code, minute, value, least)
    for minute, who in sorted({(each.second // MINUTE, each.subject) for each in counted.guesses}):
        value, least = project.guesses.count(who, minute), thresholds.guesses_per_minute
        if 0 < least <= value:
            yield Beyond("codes.guessed", who, minute, value, least)


def unusual(counts: Minutes, subject: str, minute: int, least: int, times: int) -> int | None:
    """The count of a minute, where it is at least `least` and beyond `times` a usual minute's.

    Usual is the mean of the sixty minutes before.
    """
    count = counts.count(subject, minute)
    if not 0 < least <= count:
        return None
    before = counts.total(subject, minute - HOUR_MINUTES, minute - 1)
    return count if count * HOUR_MINUTES > times * before else None


def _budget(
    project: Project, campaign: str, minute: int, thresholds: AlertThresholds
) -> Iterator[Beyond]:
    percent = thresholds.budget_percent
    plan = next((each for each in thresholds.budgets if each.campaign_id == campaign), None)
    if plan is None or not percent:
        return
    given = project.discounts.total(campaign, minute - HOUR_MINUTES + 1, minute)
    if given * 100 > plan.planned_per_hour * percent:
        limit = plan.planned_per_hour * percent // 100
        yield Beyond("budget.burning", campaign, minute, given, limit, campaign)


class Watch:
    """Remembers what was told, so that it is told once a minute at most, and rarely while it goes on."""

    def __init__(self, thresholds_of: Callable[[str], AlertThresholds]) -> None:
        self._thresholds_of = thresholds_of
        #: By project, kind and subject: the last minute beyond, and the last one that was told.
        self._known: dict[tuple[str, AlertKind, str], tuple[int, int]] = {}

    def look(
        self, project: Project, counted: RatesCounted, since: int, most: int
    ) -> list[RaiseAlert]:
        """What there is to be told of minutes from `since` on; beyond `most` it is found again."""
        thresholds = self._thresholds_of(counted.project)
        told = (
            self._note(counted.project, each, thresholds.quiet_minutes)
            for each in find_beyond(project, counted, thresholds)
            if each.minute >= since
        )
        # what is not taken from here on is not noted as told
        return list(islice((each for each in told if each is not None), most))

    def _note(self, project: str, found: Beyond, quiet: int) -> RaiseAlert | None:
        key = (project, found.kind, found.subject)
        last, told = self._known.pop(key, (-1, -1))
        if len(self._known) >= REMEMBERED_MAX:
            del self._known[next(iter(self._known))]
        goes_on = last >= 0 and found.minute - last <= quiet
        if goes_on and found.minute - told < max(quiet // 2, 1):
            self._known[key] = (max(last, found.minute), told)
            return None
        self._known[key] = (max(last, found.minute), found.minute)
        return RaiseAlert(
            found.kind,
            found.subject,
            found.minute * MINUTE_MS,
            found.value,
            found.threshold,
            found.campaign_id,
            last * MINUTE_MS if goes_on else None,
        )
