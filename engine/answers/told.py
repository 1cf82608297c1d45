"""One thing that a feed is told."""

from typing import Final, NamedTuple

from engine.kernel.encode import Body
from schemas.loyalty_tiers import Standing
from schemas.orders import Order
from schemas.promotions import PromotionTier
from schemas.vouchers import Voucher

NOTHING: Final[Body] = {}
#: What says of which campaign, and which card, an entry is.
Offer = Voucher | PromotionTier | Standing


class Told(NamedTuple):
    """What happened to whom, and the offer that it is about."""

    customer_id: str | None
    type: str
    data: Body = NOTHING
    offer: Offer | None = None
    redemption_id: str = ""
    id: str | None = None
    order: Order | None = None
