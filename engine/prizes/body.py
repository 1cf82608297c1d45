"""Prizes as those show them who were given them."""

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from schemas.prizes import GivenPrize


def given_body(given: GivenPrize) -> Body:
    """What somebody was given, and whether it was taken back."""
    return {
        "type": given.prize.type,
        "campaign_id": given.prize.campaign_id,
        "amount": given.prize.amount,
        "voucher": {"id": given.voucher_id, "code": given.code, "object": "voucher"},
        "date": iso(given.at),
        "taken_back": given.taken_back,
        "missing": given.missing,
    }
