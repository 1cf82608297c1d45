"""Discounted units: how many of a product a campaign, a tier or a voucher has discounted so far.

They are counted where a set of rules limits them (engine/rules/units.py). What counts where is
decided with the redemption and written in its record, so that the fold asks no rules, and a
rollback takes back just that.

A key is the kind and id of what redeemed (engine/counters/pending.py), of one customer alone
`customer` and its id, and the kind and id of what was discounted: so all that is counted of what
has ended, or of a customer in it, lies below one prefix (engine/counters/ended.py).
"""

from collections.abc import Iterable

from engine.kernel import tables
from engine.kernel.state import State, View
from schemas.redemptions import Redemption
from schemas.tallies import UnitKey


def discounted_units(view: View, key: UnitKey) -> int:
    """How many units were discounted and not taken back."""
    return view.get(tables.DISCOUNTED_UNITS, *key) or 0


def count_units(state: State, redeemed: Iterable[Redemption]) -> None:
    """Counts what redemptions discounted."""
    for redemption in redeemed:
        for each in redemption.units:
            before = discounted_units(state, each.key)
            state.put(tables.DISCOUNTED_UNITS, before + each.units, *each.key)


def take_back_units(state: State, redeemed: Iterable[Redemption]) -> None:
    """The inverse of `count_units`."""
    for redemption in redeemed:
        for each in redemption.units:
            left = discounted_units(state, each.key) - each.units
            if left > 0:
                state.put(tables.DISCOUNTED_UNITS, left, *each.key)
            else:
                state.delete(tables.DISCOUNTED_UNITS, *each.key)
