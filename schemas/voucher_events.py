"""What happened to vouchers; apart from them, since a campaign holds a voucher's terms."""

from typing import Final

from schemas.base import Shape
from schemas.campaigns import Campaign
from schemas.vouchers import Voucher


class VoucherCreated(Shape, tag="voucher.created", frozen=True):
    """A voucher exists."""

    voucher: Voucher


class VoucherUpdated(Shape, tag="voucher.updated", frozen=True):
    """A voucher's definition changed; `voucher` is the whole after it."""

    voucher: Voucher


class VoucherEnabled(Shape, tag="voucher.enabled", frozen=True):
    """A voucher became usable."""

    voucher: Voucher


class VoucherDisabled(Shape, tag="voucher.disabled", frozen=True):
    """A voucher became unusable."""

    voucher: Voucher


class VoucherDeleted(Shape, tag="voucher.deleted", frozen=True):
    """A voucher is gone, and with `force` its code is free; without it, it is in the bin."""

    voucher_id: str
    code: str
    #: Before there was a bin, every deletion was for good, and no event said so.
    force: bool = True
    #: Its campaign after it, and the voucher's number there.
    campaign: Campaign | None = None
    campaign_number: int | None = None
    #: What was left on a gift card, in minor units.
    credits: int = 0
    #: What was left on a loyalty card.
    points: int = 0


VoucherEvent = VoucherCreated | VoucherUpdated | VoucherEnabled | VoucherDisabled | VoucherDeleted
#: Vouchers by themselves: nothing is redeemed by them, and no balance changes.
VOUCHER_EVENTS: Final = frozenset(
    {VoucherCreated, VoucherUpdated, VoucherEnabled, VoucherDisabled, VoucherDeleted}
)
