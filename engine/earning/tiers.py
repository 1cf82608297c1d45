"""What the tier of a member makes of the points that a rule gives."""

from typing import NamedTuple

from engine.kernel.state import View
from schemas.earning import EarningRule
from schemas.pending import TierNamed
from schemas.vouchers import Voucher


class MappedPoints(NamedTuple):
    """Points, and the tier that made them of others."""

    points: int
    tier: TierNamed | None = None


def map_points(_: View, __: EarningRule, ___: Voucher, points: int) -> MappedPoints:
    """The points that the rule gives to a card in its tier."""
    return MappedPoints(points)
