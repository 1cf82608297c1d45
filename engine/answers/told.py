"""One thing that a feed is told."""

from typing import Final, NamedTuple

from engine.kernel.encode import Body
from schemas.orders import Order
from schemas.promotions import PromotionTier
from schemas.vouchers import Voucher

NOTHING: Final[Body] = {}


class Told(NamedTuple):
    """What happened to whom, and the offer that it is about."""

    customer_id: str | None
    type: str
    data: Body = NOTHING
    offer: Voucher | PromotionTier | None = None
    redemption_id: str = ""
    id: str | None = None
    order: Order | None = None
