"""The balance of a gift card, changed by hand."""

from typing import Final

from schemas.base import Shape
from schemas.points import PointsBucket
from schemas.vouchers import Voucher


class AdjustBalance(Shape, tag="adjust_balance", frozen=True):
    """Adds credits to a gift card, or takes them off; `amount` in minor units, never 0."""

    voucher: str
    amount: int
    #: The client that asks, as it names itself.
    source: str = "API"
    source_id: str | None = None
    reason: str | None = None


class BalanceAdjusted(Shape, tag="voucher.balance_adjusted", frozen=True):
    """A gift card has more or fewer credits; `voucher` is the whole after it."""

    voucher: Voucher
    amount: int
    transaction_id: str
    source: str = "API"
    source_id: str | None = None
    reason: str | None = None
    #: The buckets of the card that it changes, as they are after it.
    buckets: tuple[PointsBucket, ...] = ()


BalanceCommand = AdjustBalance
BalanceEvent = BalanceAdjusted
#: What the shop gives to a card or takes from it.
BALANCE_EVENTS: Final = frozenset({BalanceAdjusted})
