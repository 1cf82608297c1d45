"""Windows over counts by the second: what a campaign does right now, and what is usual of a subject.

All of it is a fold of `campaign-rates`, in memory and bounded: what is older than an hour is gone,
and of very many subjects those that nothing happened to for longest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

from msgspec import structs

from schemas.rates import CampaignSecond, RatesCounted

MINUTE: Final = 60
#: How many minutes are kept before the newest.
HOUR_MINUTES: Final = 60
#: How many campaigns, codes, clients and reasons are watched of a project.
SUBJECTS_MAX: Final = 2000
#: The windows of rates, in seconds; the longest in whole minutes, the one that runs included.
WINDOWS: Final[Mapping[str, int]] = MappingProxyType({"10s": 10, "1m": 60, "1h": 3600})


class Sums(NamedTuple):
    """What adds up in a window; the discount in minor units."""

    succeeded: int = 0
    failed: int = 0
    rolled_back: int = 0
    discount: int = 0

    def plus(self, other: "Sums") -> "Sums":
        """Both together."""
        return Sums(
            self.succeeded + other.succeeded,
            self.failed + other.failed,
            self.rolled_back + other.rolled_back,
            self.discount + other.discount,
        )


NOTHING: Final = Sums()


class Minutes:
    """Counts by subject and minute."""

    def __init__(self, subjects_max: int = SUBJECTS_MAX) -> None:
        self._subjects_max = subjects_max
        #: What was counted last is last.
        self._counts: dict[str, dict[int, int]] = {}

    def add(self, subject: str, minute: int, count: int) -> None:
        """Counts something of a minute."""
        counts = self._counts.pop(subject, None)
        if counts is None:
            counts = {}
            if len(self._counts) >= self._subjects_max:
                del self._counts[next(iter(self._counts))]
        self._counts[subject] = counts
        counts[minute] = counts.get(minute, 0) + count
        if len(counts) > HOUR_MINUTES + 1:
            del counts[min(counts)]

    def count(self, subject: str, minute: int) -> int:
        """What was counted of one minute."""
        return self._counts.get(subject, {}).get(minute, 0)

    def total(self, subject: str, first: int, last: int) -> int:
        """What was counted of these minutes, both included."""
        counts = self._counts.get(subject, {})
        return sum(count for minute, count in counts.items() if first <= minute <= last)


class Campaign:
    """The windows of one campaign."""

    def __init__(self) -> None:
        self._seconds: dict[int, Sums] = {}
        self._minutes: dict[int, Sums] = {}

    def add(self, counted: CampaignSecond) -> None:
        """Counts a second, or more of it."""
        failed = sum(counted.failed.values())
        sums = Sums(counted.succeeded, failed, counted.rolled_back, counted.discount)
        minute = counted.second // MINUTE
        for kept, at, most in (
            (self._seconds, counted.second, 2 * MINUTE),
            (self._minutes, minute, HOUR_MINUTES + 1),
        ):
            kept[at] = kept.get(at, NOTHING).plus(sums)
            while len(kept) > most:
                del kept[min(kept)]

    def window(self, seconds: int, end: int) -> Sums:
        """What happened in so many seconds before one; of an hour in whole minutes."""
        if seconds <= MINUTE:
            return _total(self._seconds, end - seconds, end)
        # the second before the end is the last one that counts
        after = (end - 1) // MINUTE + 1
        return _total(self._minutes, after - seconds // MINUTE, after)


def _total(kept: Mapping[int, Sums], first: int, end: int) -> Sums:
    total = NOTHING
    for at, sums in kept.items():
        if first <= at < end:
            total = total.plus(sums)
    return total


@dataclass(slots=True)
class Project:
    """What is known of one project's last hour."""

    #: What was counted last is last.
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    #: Discount by campaign, redemptions by code, failures by campaign and reason, guesses by client.
    discounts: Minutes = field(default_factory=Minutes)
    codes: Minutes = field(default_factory=Minutes)
    failures: Minutes = field(default_factory=Minutes)
    guesses: Minutes = field(default_factory=Minutes)
    newest_minute: int = 0

    def add(self, counted: RatesCounted) -> None:
        """Counts a record."""
        for each in counted.campaigns:
            self._campaign(each.campaign).add(each)
            minute = each.second // MINUTE
            self.newest_minute = max(self.newest_minute, minute)
            if each.discount:
                self.discounts.add(each.campaign, minute, each.discount)
            for reason, count in each.failed.items():
                self.failures.add(failure_subject(each.campaign, reason), minute, count)
        for counts, subjects in ((self.codes, counted.codes), (self.guesses, counted.guesses)):
            for subject, second, count in ((s.subject, s.second, s.count) for s in subjects):
                counts.add(subject, second // MINUTE, count)

    def _campaign(self, campaign: str) -> Campaign:
        found = self.campaigns.pop(campaign, None)
        if found is None:
            found = Campaign()
            if len(self.campaigns) >= SUBJECTS_MAX:
                del self.campaigns[next(iter(self.campaigns))]
        self.campaigns[campaign] = found
        return found


class Rates:
    """All projects. What it takes twice, it counts once."""

    def __init__(self) -> None:
        self._projects: dict[str, Project] = {}
        #: By partition, the last stretch that was taken, and the part of it.
        self._taken: dict[int, tuple[int, int]] = {}
        #: What was taken of that stretch.
        self._stretches: dict[int, list[RatesCounted]] = {}
        self._newest_minute = 0

    def take(self, partition: int, counted: RatesCounted) -> Project | None:
        """Counts a record of a partition; its project, or None where it was counted before."""
        place = (counted.last, counted.part)
        before = self._taken.get(partition, (-1, -1))
        if place <= before:
            return None
        last, _ = before
        self._taken[partition] = place
        if counted.last > last:
            stretch, self._stretches[partition] = self._stretches.get(partition, []), []
            if counted.first <= last:
                self._take_back(each for each in stretch if each.first >= counted.first)
        self._stretches[partition].append(counted)
        if not counted.project:
            return None
        project = self._projects.setdefault(counted.project, Project())
        project.add(counted)
        if project.newest_minute > self._newest_minute:
            self._newest_minute = project.newest_minute
            self._drop_silent()
        return project

    def taken(self, partition: int) -> int:
        """The offset in the ledger up to which everything is counted; -1: nothing yet."""
        return self._taken.get(partition, (-1, -1))[0]

    def shown(
        self, project: str, end: int, campaigns: Iterable[str] | None
    ) -> dict[str, list[Sums]]:
        """The sums of each window before a second, by campaign, where there are any."""
        known = self._projects.get(project)
        if known is None:
            return {}
        named = known.campaigns if campaigns is None else campaigns
        found: dict[str, list[Sums]] = {}
        for each in named:
            campaign = known.campaigns.get(each)
            if campaign is not None:
                sums = [campaign.window(seconds, end) for seconds in WINDOWS.values()]
                if any(one != NOTHING for one in sums):
                    found[each] = sums
        return found

    def _take_back(self, stretch: Iterable[RatesCounted]) -> None:
        """Uncounts what another stretch holds, too."""
        for each in stretch:
            project = self._projects.get(each.project)
            if project is not None:
                project.add(negated(each))

    def _drop_silent(self) -> None:
        """Forgets projects that nothing happened in for an hour."""
        since = self._newest_minute - HOUR_MINUTES
        for name in [n for n, each in self._projects.items() if each.newest_minute < since]:
            del self._projects[name]


def failure_subject(campaign: str, reason: str) -> str:
    """What a failure is counted by; of no campaign it is the reason alone."""
    return f"{campaign}/{reason}" if campaign else reason


def negated(counted: RatesCounted) -> RatesCounted:
    """What takes back that which was counted."""
    return structs.replace(
        counted,
        campaigns=tuple(
            CampaignSecond(
                each.campaign,
                each.second,
                -each.succeeded,
                -each.rolled_back,
                -each.discount,
                {reason: -count for reason, count in each.failed.items()},
            )
            for each in counted.campaigns
        ),
        codes=tuple(structs.replace(each, count=-each.count) for each in counted.codes),
        guesses=tuple(structs.replace(each, count=-each.count) for each in counted.guesses),
    )
