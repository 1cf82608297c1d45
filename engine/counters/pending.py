"""Where redemptions count, and what those of a request count that is still being decided."""

from collections.abc import Iterable

from schemas.evaluations import Taken
from schemas.promotions import PromotionTier
from schemas.tallies import UnitCount, UnitKey
from schemas.vouchers import Voucher

#: The kind of object and its id: what redemptions are counted for (engine/counters/tallies.py).
TallyScope = tuple[str, str]
#: Whose part of a scope: `("customer", id)` or `("key", id)`; none: all of it.
Who = tuple[str, str] | tuple[()]


class Pending:
    """What the redeemables of a request counted that were applied so far, by scope."""

    __slots__ = ("_count", "_discounted", "_units")

    def __init__(self) -> None:
        self._count: dict[TallyScope, int] = {}
        self._discounted: dict[TallyScope, int] = {}
        self._units: dict[UnitKey, int] = {}

    def add(
        self, scopes: tuple[TallyScope, ...], taken: Taken, units: Iterable[UnitCount] = ()
    ) -> None:
        """Counts a redeemable that applies."""
        for each in units:
            self._units[each.key] = self.units(each.key) + each.units
        for scope in scopes:
            self._count[scope] = self.count(scope) + 1
            self._discounted[scope] = self.discounted(scope) + taken.total

    def count(self, scope: TallyScope) -> int:
        """How many redeemables of the scope apply so far."""
        return self._count.get(scope, 0)

    def discounted(self, scope: TallyScope) -> int:
        """What they took, in minor units."""
        return self._discounted.get(scope, 0)

    def units(self, key: UnitKey) -> int:
        """How many units they discounted that count there (engine/counters/units.py)."""
        return self._units.get(key, 0)


def tally_scopes_of(voucher: Voucher | None, tier: PromotionTier | None) -> tuple[TallyScope, ...]:
    """Where a redeemable counts; the last is its own, the first its campaign's where it has one."""
    if tier is not None:
        return ("campaign", tier.campaign_id), ("promotion_tier", tier.id)
    if voucher is None:
        return ()
    if voucher.campaign_id is not None:
        return (("campaign", voucher.campaign_id),)
    return (("voucher", voucher.id),)
