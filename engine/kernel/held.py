"""Which voucher of a campaign is a customer's, and whether it works."""

from itertools import islice
from typing import Final

from engine.kernel import tables
from engine.kernel.state import View
from schemas.base import Millis
from schemas.vouchers import Voucher

#: How many vouchers of a campaign are looked at for one that its holder can use.
HELD_MAX: Final = 100


def find_held(view: View, customer_id: str, campaign_id: str, now: Millis) -> Voucher | None:
    """The customer's voucher of a campaign: of several the first that works, else the first."""
    first = None
    for holding in islice(view.scan(tables.HOLDINGS, customer_id, campaign_id), HELD_MAX):
        voucher = view.get(tables.VOUCHERS, holding.voucher_id)
        if voucher is not None and works(voucher, now):
            return voucher
        first = first or voucher
    return first


def works(voucher: Voucher, now: Millis) -> bool:
    """Whether it is switched on and not over."""
    return voucher.active and not is_over(voucher, now)


def is_over(voucher: Voucher, now: Millis) -> bool:
    """Whether it expired."""
    return voucher.expiration_date is not None and now > voucher.expiration_date
