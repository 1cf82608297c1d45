"""What a customer holds, as its list shows it. Source: the API contract, section 11."""

from typing import Final

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.publications.held import HeldVoucher
from engine.vouchers.body import voucher_body
from schemas.vouchers import Voucher

#: Members of a voucher that this list knows only where they say something.
_NEVER_NULL: Final = ("validity_timeframe", "validity_day_of_week", "validity_hours", "category_id")


def role_of(voucher: Voucher) -> str:
    """As whom the customer holds it: whoever holds a referral code refers by it."""
    return "REFERRER" if voucher.is_referral_code else "OWNER"


def held_body(held: HeldVoucher) -> Body:
    """One holding with its voucher."""
    voucher = held.voucher
    shown = {
        name: value
        for name, value in voucher_body(voucher, held.assignments, held.categories).items()
        if value is not None or name not in _NEVER_NULL
    }
    return {
        "id": held.id,
        "created_at": iso(held.created_at),
        "redeemable_id": voucher.id,
        "redeemable_object": "voucher",
        "customer_id": held.customer_id,
        "holder_role": role_of(voucher),
        "campaign_id": voucher.campaign_id,
        "campaign_type": held.campaign.campaign_type if held.campaign else None,
        "voucher_type": voucher.type,
        "redeemable": {"type": "voucher", "voucher": shown, "status": held.status},
    }
