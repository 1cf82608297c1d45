"""What whoever watches the shop notes, in the plainest way: lists, no tallies.

It shares no code with the engine. Amounts are minor units.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from schemas.redemptions import RedemptionSucceeded
from schemas.sessions import SessionLocked
from tests.property.budget_world import (
    BALANCES,
    IN_CAMPAIGN,
    NONE,
    POINTS,
    QUANTITIES,
    RULES,
    TIERS,
    Step,
)
from tests.property.model import recent
from tests.unit.engine.world import DAY


class Made(NamedTuple):
    """One redemption."""

    #: The id of the redemption, or of the stack that it is one of.
    request: str
    name: str
    #: Whoever it is, whatever the name said.
    person: str | None
    at: int
    #: Of the order, before discounts.
    amount: int
    taken: int
    credits: int
    points: int


class Sum(NamedTuple):
    """What redemptions add up to."""

    redeemed: int
    amount: int
    discounted: int
    people: int


#: What each limit is a limit of: what the rule's name says, in words.
_IN_SCOPE: Final = {"camp": IN_CAMPAIGN, "prom": TIERS}
PERIODS: Final = ("ever", "daily", "weekly", "monthly")


class Notes:
    """What was redeemed and not taken back, and what sessions hold."""

    def __init__(self) -> None:
        self.made: list[Made] = []
        #: Session key → until when, and what it holds of what: credits and points.
        self.sessions: dict[str, tuple[int, dict[str, tuple[int, int]]]] = {}
        self.loaded = {**BALANCES, "POINTS": POINTS}
        #: Cards of which somebody took off what sessions may have held.
        self.lowered: set[str] = set()
        self._people: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._forgotten = 0

    # --- who is who

    def person(self, who: str | None) -> str | None:
        """Who somebody is who is named so."""
        return None if who is None else self._people.get(who, f"{who} ({self._forgotten})")

    def seen(self, who: str | None, customer_id: str | None) -> None:
        """Notes that somebody has this id: one person, one id, and nobody else's."""
        person = self.person(who)
        assert (person is None) == (customer_id is None)
        if who is None or person is None or customer_id is None:
            return
        self._people[who] = person
        assert self._ids.setdefault(person, customer_id) == customer_id
        assert len(set(self._ids.values())) == len(self._ids)

    def id_of(self, who: str | None) -> str | None:
        """The id of somebody who was seen."""
        return self._ids.get(self.person(who) or "")

    def joined(self, member: str, customer_id: str) -> None:
        """Whoever has this id is the member from now on, too."""
        known = [person for person, each in self._ids.items() if each == customer_id]
        if known:
            assert self._people.setdefault(member, known[0]) == known[0]
        self.seen(member, customer_id)

    def forgotten(self, who: str | None) -> None:
        """Whoever it was is somebody new from now on, however named."""
        person = self.person(who)
        self._forgotten += 1
        self._people = {name: each for name, each in self._people.items() if each != person}

    @property
    def people(self) -> dict[str, str]:
        """Everybody who was ever seen, and their ids."""
        return self._ids

    @property
    def living(self) -> list[str]:
        """The ids of those who were not forgotten."""
        return [self._ids[each] for each in set(self._people.values())]

    # --- what happens

    def redeemed(self, event: RedemptionSucceeded, step: Step, now: int) -> None:
        """Notes a success."""
        request = event.parent_id or event.redemption_ids[0]
        names = set()
        for each in event.evaluation.applied:
            assert each.taken is not None
            name = each.voucher.code if each.voucher is not None else each.id
            names.add(name)
            paid = each.taken.credits or 0, each.taken.points or 0
            seen = (request, name, self.person(step.who), now, step.amount)
            self.made.append(Made(*seen, each.taken.total, *paid))
        if event.session_key in self.sessions:
            _, held = self.sessions[event.session_key]
            for name in names & held.keys():
                del held[name]

    def locked(self, event: SessionLocked, until: int) -> None:
        """Notes what a session holds; one with the same key is over."""
        held = {}
        for each in event.evaluation.applied:
            assert each.taken is not None
            if each.voucher is not None:
                held[each.voucher.code] = (each.taken.credits or 0, each.taken.points or 0)
        self.sessions[event.session.key] = (until, held)

    def released(self, key: str, name: str) -> None:
        """Notes that a session holds nothing of it any more."""
        del self.sessions[key][1][name]

    def taken_back(self, request: str, now: int) -> None:
        """Strikes a request out, which has to be there, and not to be too old."""
        assert all(recent(each.at, now) for each in self.made if each.request == request)
        left = [each for each in self.made if each.request != request]
        assert len(left) < len(self.made)
        self.made = left

    def adjusted(self, name: str, by: int) -> None:
        """Notes that a card has more or less to spend."""
        self.loaded[name] += by
        if by < 0:
            self.lowered.add(name)

    # --- what it comes to

    def holds(self, name: str, now: int) -> dict[str, tuple[int, int]]:
        """What live sessions hold of it, by their keys."""
        return {
            key: held[name]
            for key, (until, held) in self.sessions.items()
            if until > now and name in held
        }

    def of(self, *names: str) -> list[Made]:
        """The redemptions of these."""
        return [each for each in self.made if each.name in names]

    def exceeded(self, limits: tuple[int, ...], now: int) -> list[str]:
        """The limits that are exceeded."""
        found = self._rules_exceeded(limits, now)
        found += [name for name, most in QUANTITIES.items() if len(self.of(name)) > most]
        for name, loaded in self.loaded.items():
            if sum(each.credits + each.points for each in self.of(name)) > loaded:
                found.append(f"balance of {name}")
        return found

    def would_exceed(self, limits: tuple[int, ...], name: str, step: Step, now: int) -> list[str]:
        """The rules that one more redemption might break, were it to take all that there is."""
        seen = ("this", name, self.person(step.who), now, step.amount)
        points = self.loaded["POINTS"] if name == "POINTS" else 0
        self.made.append(Made(*seen, step.amount, step.amount, points))
        found = self._rules_exceeded(limits, now)
        self.made.pop()
        return found

    def _rules_exceeded(self, limits: tuple[int, ...], now: int) -> list[str]:
        return [
            f"{name} of {bound}: {worst} > {limit}"
            for (name, bound, *_), limit in zip(RULES, limits, strict=True)
            if limit != NONE and (worst := self._worst(name, bound, now)) > limit
        ]

    def _worst(self, name: str, bound: str, now: int) -> int:
        """The largest number that a rule limits, over whomever it counts for."""
        found = self.of(*_IN_SCOPE.get(bound, (bound.removeprefix("v_"),)))
        *_, period = name.rpartition(".")
        found = _lately(found, period, now)
        if ".per_customer" in name:
            people = {each.person for each in found}
            return max(
                (added([m for m in found if m.person == p]).redeemed for p in people), default=0
            )
        if ".amount_discounted" in name:
            return added(found).discounted
        if "orders.amount" in name:
            return added(found).amount
        if "customers_count" in name:
            return added(found).people
        if "gift" in name or "points" in name:
            return max((each.credits + each.points for each in found), default=0)
        return len(found)


def added(made: Iterable[Made]) -> Sum:
    """What these add up to; the order of a request counts once."""
    found = list(made)
    return Sum(
        len(found),
        sum({each.request: each.amount for each in found}.values()),
        sum(each.taken for each in found),
        len({each.person for each in found} - {None}),
    )


def _lately(made: list[Made], period: str, now: int) -> list[Made]:
    """Those of the day, week or month that it is; all where it is no period."""
    return [each for each in made if _number(period, each.at) == _number(period, now)]


def lately(made: list[Made], now: int) -> list[tuple[str, Sum]]:
    """What these add up to, ever and in each period that it is now."""
    return [(period, added(_lately(made, period, now))) for period in PERIODS]


def _number(period: str, at: int) -> object:
    date = datetime.fromtimestamp(at // 1000, UTC)
    match period:
        case "daily":
            return at // DAY
        case "weekly":
            return date.isocalendar()[:2]
        case "monthly":
            return date.year, date.month
        case _:
            return None
