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
from typing import Final

from msgspec import structs

from engine.counters.pending import TallyScope, Who
from engine.kernel import tables
from engine.kernel.calendar import periods_at
from engine.kernel.state import State, View
from engine.kernel.zones import periods_of
from schemas.base import Millis
from schemas.redemptions import Redemption
from schemas.tallies import Period, Periods, Sums, Tally

_NOTHING: Final = Tally()


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
        fresh = _NOTHING
        if each.customer_id is not None:
            key = (*scope, "customer", each.customer_id)
            before = state.get(tables.TALLIES, *key)
            if before is None:
                state.put(tables.CUSTOMER_SCOPES, scope, each.customer_id, *scope)
            fresh = _unseen(_current(before or _NOTHING, at), 1)
            _add(state, key, added, _NOTHING, at)
        if each.key_id:
            _add(state, (*scope, "key", each.key_id), added, _NOTHING, at)
        _add(state, scope, added, fresh, at)


def take_back_redemptions(state: State, redeemed: Sequence[Redemption]) -> None:
    """Takes back what `count_redemptions` counted of these redemptions, all that one request made.

    From what is dropped already (engine/counters/ended.py) nothing is taken back.
    """
    for each, scope, added in _by_scope(redeemed):
        at = _periods(each)
        removed = Sums(count=-added.count, amount=-added.amount, discounted=-added.discounted)
        gone = _NOTHING
        if each.customer_id is not None:
            key = (*scope, "customer", each.customer_id)
            _add_back(state, key, removed, _NOTHING, at)
            after = state.get(tables.TALLIES, *key) or _NOTHING
            gone = _unseen(_current(after, at), -1)
        if each.key_id:
            _add_back(state, (*scope, "key", each.key_id), removed, _NOTHING, at)
        _add_back(state, scope, removed, gone, at)


def _by_scope(redeemed: Sequence[Redemption]) -> Iterator[tuple[Redemption, TallyScope, Sums]]:
    """Each scope with one of its redemptions, which have all but these in common, and the sums."""
    found: dict[TallyScope, tuple[Redemption, Sums]] = {}
    for each in redeemed:
        for scope in _tally_scopes_of(each):
            sums = found[scope][1] if scope in found else Sums(amount=each.order_amount)
            taken = 0 if each.taken is None else each.taken.total
            sums = structs.replace(sums, count=sums.count + 1, discounted=sums.discounted + taken)
            found[scope] = each, sums
    for scope, (each, sums) in found.items():
        yield each, scope, sums


def _tally_scopes_of(redemption: Redemption) -> tuple[TallyScope, ...]:
    """As `tally_scopes_of` (engine/counters/pending.py), for what was redeemed."""
    own = (redemption.related_object_type, redemption.related_object_id)
    if redemption.campaign_id is None:
        return (own,)
    campaign = ("campaign", redemption.campaign_id)
    return (campaign,) if own[0] == "voucher" else (campaign, own)


def _add(state: State, key: tuple[str, ...], added: Sums, fresh: Tally, at: Periods) -> None:
    before = state.get(tables.TALLIES, *key) or _NOTHING
    state.put(tables.TALLIES, _add_sums(before, added, fresh, at), *key)


def _add_sums(tally: Tally, added: Sums, fresh: Tally, at: Periods) -> Tally:
    """The tally with more; `fresh` has the customers who are new in each period."""
    now = _current(tally, at)
    return Tally(
        ever=_plus(now.ever, added, fresh.ever),
        day=_plus(now.day, added, fresh.day),
        week=_plus(now.week, added, fresh.week),
        month=_plus(now.month, added, fresh.month),
    )


def _add_back(state: State, key: tuple[str, ...], removed: Sums, gone: Tally, at: Periods) -> None:
    before = state.get(tables.TALLIES, *key)
    if before is None:
        return
    after = Tally(
        ever=_plus(before.ever, removed, gone.ever),
        day=_less(before.day, removed, gone.day, at.day),
        week=_less(before.week, removed, gone.week, at.week),
        month=_less(before.month, removed, gone.month, at.month),
    )
    state.put(tables.TALLIES, after, *key)


def _current(tally: Tally, at: Periods) -> Tally:
    """The tally with the periods of `at`; those that are over begin anew."""
    return Tally(
        ever=tally.ever,
        day=_begin_period(tally.day, at.day),
        week=_begin_period(tally.week, at.week),
        month=_begin_period(tally.month, at.month),
    )


def _begin_period(sums: Sums, began_at: Millis) -> Sums:
    return sums if sums.began_at == began_at else Sums(began_at=began_at)


def _unseen(tally: Tally, step: int) -> Tally:
    """So many customers in each period in which this customer's tally counts nothing."""

    def unseen(sums: Sums) -> Sums:
        return Sums(customers=0 if sums.count else step)

    return Tally(unseen(tally.ever), unseen(tally.day), unseen(tally.week), unseen(tally.month))


def _plus(sums: Sums, added: Sums, who: Sums) -> Sums:
    return Sums(
        began_at=sums.began_at,
        count=max(sums.count + added.count, 0),
        amount=max(sums.amount + added.amount, 0),
        discounted=max(sums.discounted + added.discounted, 0),
        customers=max(sums.customers + who.customers, 0),
    )


def _less(sums: Sums, removed: Sums, gone: Sums, began_at: Millis) -> Sums:
    return _plus(sums, removed, gone) if sums.began_at == began_at else sums


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
