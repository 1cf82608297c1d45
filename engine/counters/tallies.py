"""Tallies: what the redemptions of a campaign, a tier or a voucher add up to, for budgets.

Kept by the fold, so that a budget is as exact as the log: for each scope, and for each of its
customers and keys. A voucher of a campaign is counted with its campaign; one without has a scope
of its own. Days, weeks (from Monday) and months are those of the project (engine/kernel/zones.py), as the
record of each redemption says; those of before there were any, in UTC. The order of a request counts
once in a scope, however many redeemables of it apply, and so does its customer. A rollback takes
back what was counted; from a period only while that is still the one of the redemption.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from engine.counters.pending import TallyScope, Who
from engine.kernel import tables
from engine.kernel.calendar import periods_at
from engine.kernel.state import State, View
from engine.kernel.zones import periods_of
from schemas.base import Millis
from schemas.redemptions import Redemption
from schemas.tallies import Period, Periods, Sums, Tally

_NOTHING: Final = Tally()
_NO_SUMS: Final = Sums()


class _New(NamedTuple):
    """How many customers are new, since ever and in each period."""

    ever: int
    day: int
    week: int
    month: int


_NOBODY: Final = _New(0, 0, 0, 0)
#: Sums, what is added to them, how many customers are, and when the period began: the sums after.
_Change = Callable[[Sums, Sums, int, Millis], Sums]


def read_sums(
    view: View, scope: TallyScope, who: Who = (), period: Period | None = None, now: Millis = 0
) -> Sums:
    """The sums of a scope, since ever or in the period that `now` lies in."""
    tally = view.get(tables.TALLIES, *scope, *who)
    if tally is None:
        return Sums()
    if period is None:
        return tally.ever
    sums_of, beginning_of = _PERIODS[period]
    sums = sums_of(tally)
    return sums if sums.began_at == beginning_of(periods_of(view, now)) else Sums()


def count_redemptions(state: State, redeemed: Sequence[Redemption]) -> None:
    """Counts the redemptions of one request."""
    for each, scope, added in _by_scope(redeemed):
        at = _periods(each)
        fresh = _NOBODY
        if each.customer_id is not None:
            key = (*scope, "customer", each.customer_id)
            before = state.get(tables.TALLIES, *key)
            if before is None:
                state.put(tables.CUSTOMER_SCOPES, scope, each.customer_id, *scope)
            fresh = _unseen(before or _NOTHING, at, 1)
            _add(state, key, added, _NOBODY, at)
        if each.key_id:
            _add(state, (*scope, "key", each.key_id), added, _NOBODY, at)
        _add(state, scope, added, fresh, at)


def take_back_redemptions(state: State, redeemed: Sequence[Redemption]) -> None:
    """Takes back what `count_redemptions` counted of these redemptions, all that one request made.

    From what is dropped already (engine/counters/ended.py) nothing is taken back.
    """
    for each, scope, added in _by_scope(redeemed):
        at = _periods(each)
        removed = Sums(count=-added.count, amount=-added.amount, discounted=-added.discounted)
        gone = _NOBODY
        if each.customer_id is not None:
            key = (*scope, "customer", each.customer_id)
            _add_back(state, key, removed, _NOBODY, at)
            gone = _unseen(state.get(tables.TALLIES, *key) or _NOTHING, at, -1)
        if each.key_id:
            _add_back(state, (*scope, "key", each.key_id), removed, _NOBODY, at)
        _add_back(state, scope, removed, gone, at)


def _by_scope(redeemed: Sequence[Redemption]) -> Iterator[tuple[Redemption, TallyScope, Sums]]:
    """Each scope with one of its redemptions, which have all but these in common, and the sums."""
    found: dict[TallyScope, tuple[Redemption, Sums]] = {}
    for each in redeemed:
        for scope in _tally_scopes_of(each):
            before = found[scope][1] if scope in found else _NO_SUMS
            found[scope] = (
                each,
                Sums(
                    count=before.count + 1,
                    amount=each.order_amount if before is _NO_SUMS else before.amount,
                    discounted=before.discounted + (0 if each.taken is None else each.taken.total),
                ),
            )
    for scope, (each, sums) in found.items():
        yield each, scope, sums


def _tally_scopes_of(redemption: Redemption) -> tuple[TallyScope, ...]:
    """As `tally_scopes_of` (engine/counters/pending.py), for what was redeemed."""
    own = (redemption.related_object_type, redemption.related_object_id)
    if redemption.campaign_id is None:
        return (own,)
    campaign = ("campaign", redemption.campaign_id)
    return (campaign,) if own[0] == "voucher" else (campaign, own)


def _add(state: State, key: tuple[str, ...], added: Sums, fresh: _New, at: Periods) -> None:
    before = state.get(tables.TALLIES, *key) or _NOTHING
    state.put(tables.TALLIES, _changed(before, added, fresh, at, _plus), *key)


def _add_back(state: State, key: tuple[str, ...], removed: Sums, gone: _New, at: Periods) -> None:
    before = state.get(tables.TALLIES, *key)
    if before is not None:
        state.put(tables.TALLIES, _changed(before, removed, gone, at, _less), *key)


def _changed(before: Tally, added: Sums, customers: _New, at: Periods, change: _Change) -> Tally:
    """The tally with more in it, or less; `change` says what becomes of the sums of a period."""
    return Tally(
        _plus(before.ever, added, customers.ever, 0),
        change(before.day, added, customers.day, at.day),
        change(before.week, added, customers.week, at.week),
        change(before.month, added, customers.month, at.month),
    )


def _unseen(tally: Tally, at: Periods, step: int) -> _New:
    """So many customers in each period in which this customer's tally counts nothing."""

    def unseen(sums: Sums, began_at: Millis) -> int:
        return 0 if sums.count and sums.began_at == began_at else step

    return _New(
        unseen(tally.ever, 0),
        unseen(tally.day, at.day),
        unseen(tally.week, at.week),
        unseen(tally.month, at.month),
    )


def _plus(sums: Sums, added: Sums, customers: int, began_at: Millis) -> Sums:
    """The sums of the period that began then, with more; of one that is over none are left."""
    if sums.began_at != began_at:
        sums = _NO_SUMS
    count, amount = sums.count + added.count, sums.amount + added.amount
    discounted, customers = sums.discounted + added.discounted, sums.customers + customers
    if count < 0 or amount < 0 or discounted < 0 or customers < 0:
        return Sums(began_at, *(max(each, 0) for each in (count, amount, discounted, customers)))
    return Sums(began_at, count, amount, discounted, customers)


def _less(sums: Sums, removed: Sums, customers: int, began_at: Millis) -> Sums:
    return _plus(sums, removed, customers, began_at) if sums.began_at == began_at else sums


def _periods(redemption: Redemption) -> Periods:
    return redemption.periods or periods_at(redemption.at)


#: Of each period, its sums in a tally and when it began.
_PERIODS: Final[Mapping[Period, tuple[Callable[[Tally], Sums], Callable[[Periods], Millis]]]] = (
    MappingProxyType(
        {
            "daily": (lambda tally: tally.day, lambda running: running.day),
            "weekly": (lambda tally: tally.week, lambda running: running.week),
            "monthly": (lambda tally: tally.month, lambda running: running.month),
        }
    )
)
