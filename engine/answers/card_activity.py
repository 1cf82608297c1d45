"""What feeds show of the cards that customers hold: what was added to them, and what expired."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.answers.told import Told
from engine.balances.body import balance_body
from engine.kernel.encode import Body
from schemas.balances import BalanceAdjusted
from schemas.points import PointsExpired
from schemas.vouchers import Voucher


def _balance_adjusted(event: BalanceAdjusted) -> Iterable[Told]:
    """What was added; the contract has no name for what was taken off."""
    voucher = event.voucher
    if event.amount > 0:
        added = "gift.balance" if voucher.loyalty_card is None else "loyalty_card.points"
        data = _card_data(voucher) | {"balance": balance_body(voucher, event.amount)}
        yield Told(voucher.holder_id, f"customer.voucher.{added}_added", data, voucher)


def _points_expired(event: PointsExpired) -> Iterable[Told]:
    voucher = event.voucher
    data = _card_data(voucher) | {"points": event.points}
    name = "customer.voucher.loyalty_card.points_expired"
    yield Told(voucher.holder_id, name, data, voucher)


def _card_data(voucher: Voucher) -> Body:
    """The card, and what it is one of."""
    data: Body = {"voucher": {"id": voucher.id, "code": voucher.code, "object": "voucher"}}
    if voucher.campaign_id is not None:
        campaign = {"id": voucher.campaign_id, "name": voucher.campaign, "object": "campaign"}
        data["campaign"] = campaign
    return data


#: What each event tells.
TELLS: Final[Mapping[type[Any], Callable[[Any], Iterable[Told]]]] = MappingProxyType(
    {
        BalanceAdjusted: _balance_adjusted,
        PointsExpired: _points_expired,
    }
)
