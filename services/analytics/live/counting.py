"""Counting what records say of campaigns, codes and clients, by the second.

It runs beside the sinks for every redemption, so it keeps plain lists and looks up as little as it
can: records come in order, so most are of the project and the second of the one before.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import nlargest
from types import MappingProxyType
from typing import Any, Final

from schemas.events import BESIDE_REDEMPTION_EVENTS, events_of
from schemas.rates import CampaignSecond, RatesCounted, SubjectSecond
from schemas.records import Decided
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
    RollbackFailed,
)
from schemas.sessions import SESSION_EVENTS
from services.analytics.sink.offers import campaign_of

#: What a failure says of a code that nobody knows.
UNKNOWN: Final = "not_found"
#: How many entries a record has at most of each kind: so it stays well below what a batch takes.
ENTRIES_MAX: Final = 500
#: How many codes and clients of one stretch are told, per project: those with most.
SUBJECTS_MAX: Final = 1000
#: How many redeemables a project's second comes to beside its own: its part is a record by itself.
PROJECT_SIZE: Final = 2

_SUCCEEDED, _ROLLED_BACK, _DISCOUNT, _FAILED = range(4)


class _Second:
    """What one project did within one second."""

    __slots__ = ("campaigns", "codes", "guesses")

    def __init__(self) -> None:
        #: By campaign: succeeded, rolled back, discount, failures by reason.
        self.campaigns: dict[str, list[Any]] = {}
        self.codes: dict[str, int] = {}
        self.guesses: dict[str, int] = {}

    def cell(self, campaign: str) -> list[Any]:
        """The counts of a campaign."""
        found = self.campaigns.get(campaign)
        if found is None:
            found = self.campaigns[campaign] = [0, 0, 0, None]
        return found


class Counts:
    """What a stretch of records adds up to."""

    def __init__(self) -> None:
        #: What it comes to in redeemables, by which a stretch is bounded.
        self.size = 0
        self._seconds: dict[tuple[str, int], _Second] = {}
        self._project = ""
        self._at = -1
        self._current = _Second()

    def add(self, record: Decided) -> None:
        """Counts a record."""
        for event in record.events:
            count = COUNTS.get(type(event))
            if count is not None:
                at = record.at // 1000
                if at != self._at or record.project != self._project:
                    self._enter(record.project, at)
                self.size += count(self._current, event)

    def _enter(self, project: str, at: int) -> None:
        self._project, self._at = project, at
        found = self._seconds.get((project, at))
        if found is None:
            found = self._seconds[project, at] = _Second()
            self.size += PROJECT_SIZE
        self._current = found

    def records(self, first: int, last: int) -> list[RatesCounted]:
        """The counts as they are told of the stretch between two offsets, both included."""
        projects: dict[str, list[tuple[int, _Second]]] = {}
        for (project, at), second in self._seconds.items():
            projects.setdefault(project, []).append((at, second))
        told: list[RatesCounted] = []
        for project, seconds in projects.items():
            rows = _campaigns(seconds)
            codes = _subjects((at, each.codes) for at, each in seconds)
            guesses = _subjects((at, each.guesses) for at, each in seconds)
            longest = max(len(rows), len(codes), len(guesses))
            for start in range(0, longest, ENTRIES_MAX):
                part = slice(start, start + ENTRIES_MAX)
                told.append(
                    RatesCounted(
                        project,
                        first,
                        last,
                        len(told),
                        tuple(rows[part]),
                        tuple(codes[part]),
                        tuple(guesses[part]),
                    )
                )
        return told


def _campaigns(seconds: Sequence[tuple[int, _Second]]) -> list[CampaignSecond]:
    return [
        CampaignSecond(
            campaign,
            at,
            cell[_SUCCEEDED],
            cell[_ROLLED_BACK],
            cell[_DISCOUNT],
            cell[_FAILED] or {},
        )
        for at, second in seconds
        for campaign, cell in second.campaigns.items()
    ]


def _subjects(seconds: Iterator[tuple[int, dict[str, int]]]) -> list[SubjectSecond]:
    found = [
        SubjectSecond(subject, at, count)
        for at, counts in seconds
        for subject, count in counts.items()
    ]
    if len(found) > SUBJECTS_MAX:
        found = nlargest(SUBJECTS_MAX, found, key=lambda each: each.count)
    return found


def _succeeded(second: _Second, event: RedemptionSucceeded) -> int:
    for outcome in event.evaluation.outcomes:
        if outcome.status != "APPLICABLE":
            continue
        voucher = outcome.voucher
        # as `campaign_of`, without the call
        campaign = (voucher.campaign_id or "") if outcome.tier is None and voucher else None
        if not campaign:
            campaign = campaign_of(outcome)
        cell = second.campaigns.get(campaign) or second.cell(campaign)
        cell[_SUCCEEDED] += 1
        taken = outcome.taken
        if taken is not None:
            cell[_DISCOUNT] += taken.total if taken.items else taken.order
        if voucher is not None:
            codes = second.codes
            codes[voucher.id] = codes.get(voucher.id, 0) + 1
    return len(event.evaluation.outcomes)


def _failed(second: _Second, event: RedemptionFailed) -> int:
    for outcome in event.evaluation.outcomes:
        if outcome.status != "INAPPLICABLE":
            continue
        key = "" if outcome.refusal is None else outcome.refusal.key
        cell = second.cell(campaign_of(outcome))
        reasons = cell[_FAILED]
        if reasons is None:
            reasons = cell[_FAILED] = {}
        reasons[key] = reasons.get(key, 0) + 1
        if key == UNKNOWN and outcome.object == "voucher" and outcome.voucher is None:
            client = event.customer_id or event.channel_id
            second.guesses[client] = second.guesses.get(client, 0) + 1
    return len(event.evaluation.outcomes)


def _rolled_back(second: _Second, event: RedemptionRolledBack) -> int:
    for each in event.rollbacks:
        campaign = ""
        if each.tier is not None:
            campaign = each.tier.campaign_id
        elif each.voucher is not None:
            campaign = each.voucher.campaign_id or each.voucher.campaign or ""
        cell = second.cell(campaign)
        cell[_ROLLED_BACK] += 1
        cell[_DISCOUNT] -= each.discount
    return len(event.rollbacks)


#: What each event adds; how many redeemables that are.
COUNTS: Final[Mapping[type[Any], Callable[[_Second, Any], int]]] = MappingProxyType(
    {
        RedemptionSucceeded: _succeeded,
        RedemptionFailed: _failed,
        RedemptionRolledBack: _rolled_back,
    }
)

#: What changes no rate.
UNCOUNTED: Final = events_of(
    # It redeems nothing, a session not yet.
    BESIDE_REDEMPTION_EVENTS,
    SESSION_EVENTS,
    # It took nothing back.
    RollbackFailed,
    # They leave the state, nothing is taken back.
    RedemptionsRetired,
)
