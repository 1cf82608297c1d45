"""What can be given by a referral or a draw: points, credits, or a code."""

from typing import Literal

from schemas.base import Shape

#: The first two are the contract's, a code of a campaign is our own.
PrizeType = Literal["LOYALTY_CARD", "GIFT_VOUCHER", "CAMPAIGN"]


class Prize(Shape, frozen=True):
    """Something that can be given: points, credits in minor units, or a code."""

    type: PrizeType
    #: Of whose cards or codes: by id, in a command also by name.
    campaign_id: str
    #: The campaign's name, which never changes.
    campaign: str = ""
    #: Points or credits; None for a code.
    amount: int | None = None
