"""Loyalty cards as they are now, whether a sweep was there already or not."""

from engine.evaluation.offers import Offer
from engine.kernel.state import View
from engine.points.buckets import settle_points
from schemas.base import Millis
from schemas.vouchers import Voucher


def with_settled_points(view: View, offer: Offer, card: Voucher, now: Millis) -> Offer:
    """The offer of a loyalty card without the points that expired by now."""
    settled = settle_points(view, card, now).voucher
    return offer if settled is card else offer._replace(voucher=settled)
