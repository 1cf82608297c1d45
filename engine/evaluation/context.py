"""What is known of an offer when it is asked whether it may be used."""

from typing import NamedTuple

from engine.kernel.calendar import Zone
from engine.kernel.lookup import SessionHolds
from engine.pricing.basket import Basket
from engine.rewards.paid import Payment
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.promotions import PromotionTier
from schemas.vouchers import Voucher


class Context(NamedTuple):
    """What a rule may look at."""

    offer: Voucher | PromotionTier
    now: Millis
    #: What the sessions of others hold of the voucher.
    held: SessionHolds
    #: How many credits of a gift card are asked for.
    credits: int | None
    #: The order as those before left it; None: the request has none.
    basket: Basket | None
    #: The campaign that the offer is one of.
    campaign: Campaign | None = None
    #: What a loyalty card is to pay for; None: nobody said.
    payment: Payment | None = None
    #: That of the project.
    zone: Zone = None
    #: By what the customer is the referrer whose code it is; None: somebody else.
    same_as_referrer: str | None = None
