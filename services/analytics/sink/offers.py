"""Of which campaign something is."""

from schemas.evaluations import Outcome


def campaign_of(outcome: Outcome) -> str:
    """A campaign's id, or its name where that is all that is known."""
    if outcome.tier is not None:
        return outcome.tier.campaign_id
    voucher = outcome.voucher
    return "" if voucher is None else voucher.campaign_id or voucher.campaign or ""
