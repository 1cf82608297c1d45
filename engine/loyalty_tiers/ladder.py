"""The tiers of a program, by their points; and what a tier makes of points."""

from collections.abc import Iterator
from typing import NamedTuple

from engine.kernel import tables
from engine.kernel.money import divide_half_up
from engine.kernel.state import View
from schemas.loyalty_tiers import LoyaltyTier, PointsMapping, PointsRange


class Ladder(NamedTuple):
    """The tiers that can be reached, the lowest first, and those that are gone by id."""

    rungs: tuple[LoyaltyTier, ...]
    gone: dict[str, LoyaltyTier]

    def tier_for(self, points: int) -> LoyaltyTier | None:
        """The tier that so many points lie in; fewer than none count as none."""
        points = max(points, 0)
        return next((each for each in self.rungs if _holds(each.points, points)), None)

    def find(self, tier_id: str | None) -> LoyaltyTier | None:
        """The tier with that id, be it gone."""
        if tier_id is None:
            return None
        found = next((each for each in self.rungs if each.id == tier_id), None)
        return found or self.gone.get(tier_id)

    def rank_of(self, tier: LoyaltyTier | None) -> int:
        """How high a tier is; of none, and of one that is gone, below all."""
        return -1 if tier is None or tier.deleted_at is not None else lowest_of(tier.points)


def ladder_of(view: View, campaign_id: str) -> Ladder:
    """The tiers of a program as they are."""
    tiers = list(view.scan(tables.LOYALTY_TIERS, campaign_id))
    rungs = [each for each in tiers if each.deleted_at is None]
    rungs.sort(key=lambda each: lowest_of(each.points))
    return Ladder(tuple(rungs), {each.id: each for each in tiers if each.deleted_at is not None})


def tiers_of(view: View, campaign_id: str) -> Iterator[LoyaltyTier]:
    """The tiers of a program in the order in which they were created."""
    living = [e for e in view.scan(tables.LOYALTY_TIERS, campaign_id) if e.deleted_at is None]
    yield from sorted(living, key=lambda each: (each.created_at, each.number, each.id))


def lowest_of(points: PointsRange) -> int:
    """The fewest points of a range."""
    return points.from_ or 0


def is_open(points: PointsRange) -> bool:
    """Whether the range has no end at all, and so nobody in it."""
    return points.from_ is None and points.to is None


def _holds(points: PointsRange, wanted: int) -> bool:
    if is_open(points):
        return False
    return lowest_of(points) <= wanted and (points.to is None or wanted <= points.to)


def mapped_points(mapping: PointsMapping | None, points: int) -> int:
    """What a tier makes of points: so many times as many, rounded half up, or others; None: the same."""
    if mapping is None:
        return points
    if mapping.type == "CUSTOM":
        return points if mapping.points is None else mapping.points
    if mapping.multiplier is None:
        return points
    numerator, denominator = mapping.multiplier.as_integer_ratio()
    return divide_half_up(points * numerator, denominator)
