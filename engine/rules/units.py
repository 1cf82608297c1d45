"""Limits of products over all redemptions: how many units a discount may still be for.

What a limit counts follows from its name:

- `campaign`: what the whole campaign discounted, `promotion_tier`: what the tier did. A voucher
  without a campaign counts for itself, and what is no tier counts where it does for its campaign.
- `customer`: what this customer got of it. Without a customer nothing is left.
- `in_collection`: each product of the entry alone; without it, all that the entry names together,
  so that for an entry of one product both say the same.

Units that earlier redeemables of the request took are counted, too. A formula is worked out for
the line; its value is rounded down, and without one, and without a number beside it, nothing is
left. Sessions hold vouchers, not units.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from engine.counters.units import discounted_units
from engine.formulas.formula import parse_formula
from engine.formulas.operands import RequestOperands
from engine.pricing.basket import Basket, Line
from engine.pricing.scope import Scope, Short
from engine.rules.facts import Facts
from schemas.base import QUANTITY_MAX
from schemas.evaluations import ItemTaken, Taken
from schemas.rules import PRODUCT_LIMITS, ItemEntry, ProductLimit
from schemas.tallies import UnitCount, UnitKey


class _Counted(NamedTuple):
    """What a limit counts."""

    of_tier: bool
    of_customer: bool
    each_product: bool


#: What the name of a limit follows on where it is violated.
VIOLATION: Final = "applicable_to."
_COUNTED: Final[Mapping[str, _Counted]] = MappingProxyType(
    {
        name: _Counted("promotion_tier" in name, "customer" in name, "in_collection" in name)
        for name in PRODUCT_LIMITS
    }
)


def is_of_customer(violation: str) -> bool:
    """Whether what was violated is a limit of a customer's units."""
    counted = _COUNTED.get(violation.removeprefix(VIOLATION))
    return counted is not None and counted.of_customer


class Room(NamedTuple):
    """How many units of a line the limits let in, and where they count."""

    units: int
    keys: tuple[UnitKey, ...]
    #: The limit that lets none in.
    short: Short | None = None


class Rooms:
    """What the limits of a set leave, while its lines use it up one after the other."""

    __slots__ = ("_facts", "_rule_id", "_used")

    def __init__(self, rule_id: str, facts: Facts) -> None:
        self._rule_id = rule_id
        self._facts = facts
        #: By lines before, in this scope.
        self._used: dict[UnitKey, int] = {}

    def of(self, entry: ItemEntry, line: Line) -> Room:
        """What is left for a line of an entry that has such limits."""
        units, keys, short = line.quantity, [], None
        for limit in entry.product_limits:
            key = _key(limit, entry, line, self._facts)
            most = _most(limit, line, self._facts)
            used = None if key is None else self._used_of(key)
            left = 0 if used is None else max(most - used, 0)
            if key is not None:
                keys.append(key)
            if not left and short is None:
                quantity = most if limit.formula is not None else limit.quantity
                short = Short(self._rule_id, limit.name, entry.object, entry.id, quantity, used)
            units = min(units, left)
        return Room(units, tuple(dict.fromkeys(keys)), short)

    def use(self, room: Room, units: int) -> None:
        """So many units of the line are in the scope."""
        for key in room.keys:
            self._used[key] = self._used.get(key, 0) + units

    def _used_of(self, key: UnitKey) -> int:
        facts = self._facts
        before = discounted_units(facts.view, key) + facts.pending.units(key)
        return before + self._used.get(key, 0)


def units_taken(scope: Scope | None, basket: Basket, taken: Taken) -> tuple[UnitCount, ...]:
    """What a discount for items counts, of a basket that has not taken it yet.

    Of a line from which something is taken, the units in scope that are still paid for; of units
    that are replaced or added free of charge, those.
    """
    if scope is None or not any(share.keys for share in scope.shares):
        return ()
    of_line = {each.index: each for each in taken.items}
    counts: dict[UnitKey, int] = {}
    for share in scope.shares:
        each = of_line.get(share.line)
        if each is None or not share.keys:
            continue
        line = basket.lines[share.line]
        units = _units(each, min(share.units, line.quantity - line.discounted), taken)
        for key in share.keys if units > 0 else ():
            counts[key] = counts.get(key, 0) + units
    return tuple(UnitCount(key, units) for key, units in counts.items())


def _units(each: ItemTaken, paid: int, taken: Taken) -> int:
    if taken.replaced:
        return -each.quantity
    return each.discounted or (paid if each.discount else 0)


def _key(limit: ProductLimit, entry: ItemEntry, line: Line, facts: Facts) -> UnitKey | None:
    """Where units count for a limit; None: nowhere, for want of a customer."""
    if not facts.scopes:
        return None
    counted = _COUNTED[limit.name]
    scope = facts.scopes[-1 if counted.of_tier else 0]
    thing: tuple[str, str]
    if entry.object != "products_collection":
        thing = (entry.object, facts.counted_by(line, entry.object, entry.id))
    elif counted.each_product:
        thing = ("product", facts.counted_by(line, "product", None))
    else:
        thing = (entry.object, entry.id)
    if not counted.of_customer:
        return (*scope, *thing)
    return None if facts.customer is None else (*scope, "customer", facts.customer.id, *thing)


def _most(limit: ProductLimit, line: Line, facts: Facts) -> int:
    if limit.formula is not None:
        value = parse_formula(limit.formula).value(RequestOperands(facts, line))
        if value is not None:
            return int(min(max(value, Decimal(0)), Decimal(QUANTITY_MAX)))
    return limit.quantity or 0
