"""What a customer holds, as something that could be redeemed."""

from hashlib import sha256
from typing import Final, Literal, NamedTuple

from engine import tables
from engine.lookup import campaign_of
from engine.state import View
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.entities import Voucher

_DIGITS: Final = 18

Status = Literal["ACTIVE", "USED", "DISABLED", "NOT_ACTIVE_YET", "EXPIRED", "NO_BALANCE"]


class HeldVoucher(NamedTuple):
    """A voucher that a customer holds; `id` is that of the holding, always the same."""

    id: str
    created_at: Millis
    customer_id: str
    voucher: Voucher
    campaign: Campaign | None
    status: Status


def held_vouchers(view: View, customer_id: str, now: Millis) -> list[HeldVoucher]:
    """All that the customer holds and that is not deleted, by the holdings' ids."""
    found = []
    for holding in view.scan(tables.HOLDINGS, customer_id):
        voucher = view.get(tables.VOUCHERS, holding.voucher_id)
        if voucher is None:
            continue
        campaign = campaign_of(view, voucher)
        if campaign is None and voucher.campaign_id is not None:
            continue
        digest = sha256(f"{customer_id}/{voucher.id}".encode()).hexdigest()
        publication = view.get(tables.PUBLICATIONS, holding.publication_id)
        found.append(
            HeldVoucher(
                id=f"rh_{digest[:_DIGITS]}",
                created_at=publication.created_at if publication else voucher.created_at,
                customer_id=customer_id,
                voucher=voucher,
                campaign=campaign,
                status=status_of(voucher, campaign, now),
            )
        )
    return sorted(found, key=lambda held: held.id)


def status_of(voucher: Voucher, campaign: Campaign | None, now: Millis) -> Status:
    """What keeps a voucher from being redeemed, as far as only its own terms tell."""
    bound = (voucher,) if campaign is None else (voucher, campaign)
    status: Status = "ACTIVE"
    if not all(each.active for each in bound):
        status = "DISABLED"
    elif any(each.expiration_date is not None and now > each.expiration_date for each in bound):
        status = "EXPIRED"
    elif any(each.start_date is not None and now < each.start_date for each in bound):
        status = "NOT_ACTIVE_YET"
    elif voucher.quantity is not None and voucher.redeemed_quantity >= voucher.quantity:
        status = "USED"
    elif voucher.gift is not None and voucher.gift.balance <= 0:
        status = "NO_BALANCE"
    return status
