"""The balance of a gift card or a loyalty card, changed by hand."""

from typing import Final, Literal

from schemas.base import Millis, Shape
from schemas.points import PointsBucket
from schemas.vouchers import Voucher

#: When points that are added expire: as the program says, on a day that is given, or never.
ExpirationType = Literal["PROGRAM_RULES", "CUSTOM_DATE", "NON_EXPIRING"]


#: The source of what a card is given as the reward of another, and of what a rollback takes of it.
REWARD_SOURCE: Final = "REWARD"


class AdjustBalance(Shape, tag="adjust_balance", frozen=True):
    """Adds credits or points to a card, or takes them off; `amount` in minor units, never 0."""

    voucher: str
    amount: int
    #: The client that asks, as it names itself.
    source: str | None = "API"
    source_id: str | None = None
    reason: str | None = None
    #: Of points that are added; None: as the program says.
    expiration_type: ExpirationType | None = None
    #: Of CUSTOM_DATE: an instant of the day on which they expire.
    expires_at: Millis | None = None
    #: Whether it is a member of a program whose balance changes; the answer is worded for it.
    of_member: bool = False
    #: The program that the member has to be in; None: any.
    campaign: str | None = None


class BalanceAdjusted(Shape, tag="voucher.balance_adjusted", frozen=True):
    """A card has more or fewer credits or points; `voucher` is the whole after it."""

    voucher: Voucher
    amount: int
    transaction_id: str
    source: str | None = "API"
    source_id: str | None = None
    reason: str | None = None
    #: The buckets of the card that it changes, as they are after it.
    buckets: tuple[PointsBucket, ...] = ()
    #: Whether it answers as the balance of a member.
    of_member: bool = False


BalanceCommand = AdjustBalance
BalanceEvent = BalanceAdjusted
#: What the shop gives to a card or takes from it.
BALANCE_EVENTS: Final = frozenset({BalanceAdjusted})
