"""Which lines of an order a discount may take from, and how much of each.

Rules that name items give a scope (engine/rules/items.py); without any, it is the whole of every
line. The shares stand in the order in which limits are used up.
"""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.tallies import UnitKey


class Short(NamedTuple):
    """A limit of products that leaves nothing of a line (engine/rules/units.py)."""

    rule_id: str
    limit: str
    #: What the entry names.
    object: str
    id: str
    quantity: int | None
    #: None: a customer is needed to tell.
    used: int | None


class Share(NamedTuple):
    """The part of a line that a discount is for."""

    #: The line's place in the order.
    line: int
    #: How many of its units count.
    units: int
    #: The most that may be taken from it, in minor units; None: all of it.
    amount_max: int | None = None
    #: What a unit counts as in place of its price, or with a fixed amount is to cost.
    price: int | None = None
    #: The entry of the rules that it belongs to; lines of one share a limit.
    entry: int = 0
    #: Where single units count: the place of the first of them within the line.
    first: int = 0
    #: Where its units count, for limits of products,
    keys: tuple[UnitKey, ...] = ()
    #: and which of these leaves no unit of it.
    short: Short | None = None


class Scope(NamedTuple):
    """The shares, and what may be taken from all shares of an entry together."""

    shares: tuple[Share, ...]
    amounts_max: Mapping[int, int] = {}
    #: Whether rules name items: then a discount that does not say what it is for is for items.
    named: bool = False
    #: Why nothing is left of it, where limits of products are why.
    short: Short | None = None
