"""Loyalty cards as they are now, whether a sweep was there already or not."""

from engine.evaluation.offers import Offer
from engine.kernel.state import View
from engine.points.buckets import settle_points
from schemas.base import Millis


def with_settled_points(view: View, offer: Offer, now: Millis) -> Offer:
    """The offer, where it is a loyalty card, without the points that expired by now."""
    voucher = offer.voucher
    if voucher is None or voucher.loyalty_card is None:
        return offer
    settled = settle_points(view, voucher, now).voucher
    return offer if settled is voucher else offer._replace(voucher=settled)
