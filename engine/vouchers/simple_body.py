"""Vouchers and campaigns in the short form of activities and transactions."""

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.terms.body import card_body, discount_body, gift_body
from schemas.vouchers import Voucher


def simple_voucher_body(voucher: Voucher) -> Body:
    """The voucher in short."""
    body: Body = {"id": voucher.id, "code": voucher.code, "type": voucher.type}
    if voucher.discount is not None:
        body["discount"] = discount_body(voucher.discount)
    if voucher.gift is not None:
        body["gift"] = gift_body(voucher.gift)
    if voucher.loyalty_card is not None:
        body["loyalty_card"] = card_body(voucher.loyalty_card)
    if voucher.campaign_id is not None:
        body |= {"campaign": voucher.campaign, "campaign_id": voucher.campaign_id}
    if voucher.holder_id is not None:
        body["holder_id"] = voucher.holder_id
    return body | {
        "is_referral_code": voucher.is_referral_code,
        "active": voucher.active,
        "created_at": iso(voucher.created_at),
        "object": "voucher",
    }


def campaign_of_voucher_body(voucher: Voucher) -> Body | None:
    """The campaign of a voucher, as far as the voucher knows it; None for one of no campaign."""
    if voucher.campaign_id is None:
        return None
    return {"id": voucher.campaign_id, "name": voucher.campaign, "object": "campaign"}
