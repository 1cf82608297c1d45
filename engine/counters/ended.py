"""What redemptions counted for what is gone: it leaves the state with the sweeps that follow.

A campaign, a tier or a voucher may have been redeemed by any number of customers, and a customer
may have redeemed any number of them, so the record that ends one only notes it. Nobody asks for
these sums any more, and nothing is counted for it again: a rollback takes back from what is still
there (engine/counters/tallies.py, engine/counters/units.py) and brings nothing back. A customer's
part stays as long as one of its redemptions can be rolled back, since from it follows whether the
campaign still has this one among the customers who redeemed.
"""

from itertools import islice, takewhile
from typing import Final

from msgspec import structs

from engine.counters.pending import TallyScope
from engine.kernel import tables
from engine.kernel.state import State, View
from schemas.base import Millis

#: How many sums leave with one sweep. Each goes on where the last one ended: a store steps over what
#: is not there any more one by one, so to begin anew each time would take longer and longer.
DROPPED_MAX: Final = 1000


def end_counts(state: State, scope: TallyScope) -> None:
    """A campaign, a tier or a voucher is gone; with the first redemption it had sums of its own."""
    if state.get(tables.TALLIES, *scope) is not None:
        _put(state, tables.Ended(*scope, at=0))


def end_customer_counts(state: State, customer_id: str, now: Millis) -> None:
    """A customer is gone for good."""
    if next(state.scan(tables.CUSTOMER_SCOPES, customer_id), None) is not None:
        _put(state, tables.Ended("customer", customer_id, now + tables.WINDOW_MS))


def next_ended_counts(view: View) -> Millis | None:
    """From when on there is something to drop; None: never, as it is."""
    first = next(iter(view.scan(tables.ENDED_COUNTS)), None)
    return None if first is None else first.at


def drop_ended_counts(state: State, now: Millis) -> None:
    """Drops the next of the sums that nobody asks for."""
    left = DROPPED_MAX
    over = takewhile(lambda ended: ended.at <= now, state.scan(tables.ENDED_COUNTS))
    for ended in list(islice(over, DROPPED_MAX)):
        drop = _drop_customer if ended.kind == "customer" else _drop_scope
        left -= drop(state, ended, left)
        if left <= 0:
            return
        state.delete(tables.ENDED_COUNTS, *_key(ended))


def _put(state: State, ended: tables.Ended) -> None:
    state.put(tables.ENDED_COUNTS, ended, *_key(ended))


def _key(ended: tables.Ended) -> tuple[str, str, str]:
    return f"{ended.at:015d}", ended.kind, ended.id


def _drop_scope(state: State, ended: tables.Ended, count_max: int) -> int:
    """Drops sums of a scope, with its own as the last; how many, at most `count_max`."""
    scope = (ended.kind, ended.id)
    parts = state.drop(tables.TALLIES, *scope, most=count_max, after=ended.tally)
    for kind, who in parts:
        if kind == "customer":
            state.delete(tables.CUSTOMER_SCOPES, who, *scope)
    units_max = count_max - len(parts)
    units = state.drop(tables.DISCOUNTED_UNITS, *scope, most=units_max, after=ended.units)
    dropped = len(parts) + len(units)
    if dropped < count_max:
        state.delete(tables.TALLIES, *scope)
        return dropped + 1
    last = {"tally": parts[-1:], "units": units[-1:]}
    _put(state, structs.replace(ended, **{name: each[0] for name, each in last.items() if each}))
    return dropped


def _drop_customer(state: State, ended: tables.Ended, count_max: int) -> int:
    """Drops a customer's part of each scope; how many sums, at most `count_max`."""
    dropped, who = 0, (ended.kind, ended.id)
    for scope in list(islice(state.scan(tables.CUSTOMER_SCOPES, ended.id), count_max)):
        units = state.drop(tables.DISCOUNTED_UNITS, *scope, *who, most=count_max - dropped)
        dropped += len(units)
        if dropped >= count_max:
            break
        state.delete(tables.TALLIES, *scope, *who)
        state.delete(tables.CUSTOMER_SCOPES, ended.id, *scope)
        dropped += 1
    return dropped
