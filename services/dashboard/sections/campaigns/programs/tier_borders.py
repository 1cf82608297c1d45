"""Ranges of tiers beside one whose range changes: where one ends the next begins, so both move.

Moved one by one they would leave a gap for a while, in which members lose their tier.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.dashboard.parts.show import Row

Points = Mapping[str, int]


class Moves(NamedTuple):
    """New ranges of other tiers by their ids."""

    #: Of those that have to give way first.
    before: Sequence[tuple[str, Points]] = ()
    #: Of those that follow afterwards.
    after: Sequence[tuple[str, Points]] = ()


def neighbours_moves(tiers: Sequence[Row], tier: Row, points: Points) -> Moves:
    """What becomes of the tiers beside `tier` when its range becomes `points`.

    Nothing, where other ranges would lie over one another all the same: then the API says so.
    """
    others = [each for each in tiers if each["id"] != tier["id"] and each.get("points")]
    before, after = [], []
    for each in others:
        moved = _moved(each["points"], tier.get("points") or {}, points)
        if moved is not None:
            gives_way = _lie_over(each["points"], points)
            (before if gives_way else after).append((str(each["id"]), moved))
    final = dict([*before, *after])
    ranges = [points, *(final.get(str(each["id"]), each["points"]) for each in others)]
    return Moves(before, after) if _are_apart(ranges) else Moves()


def _moved(theirs: Points, old: Points, new: Points) -> dict[str, int] | None:
    """The range of another tier afterwards; None: it stays."""
    (low, high), (old_low, old_high), (new_low, new_high) = map(_ends, (theirs, old, new))
    if high is not None and high < old_low:
        touched = high == old_low - 1 or high >= new_low
        moved = {**theirs, "to": new_low - 1}
        is_range = low < new_low
    elif old_high is not None and low > old_high and new_high is not None:
        touched = low == old_high + 1 or low <= new_high
        moved = {**theirs, "from": new_high + 1}
        is_range = high is None or new_high < high
    else:
        return None
    return moved if touched and is_range and moved != dict(theirs) else None


def _ends(points: Mapping[str, Any]) -> tuple[int, int | None]:
    return points.get("from") or 0, points.get("to")


def _lie_over(one: Points, other: Points) -> bool:
    (low, high), (other_low, other_high) = _ends(one), _ends(other)
    return (high is None or other_low <= high) and (other_high is None or low <= other_high)


def _are_apart(ranges: Sequence[Points]) -> bool:
    return not any(
        _lie_over(one, other) for at, one in enumerate(ranges) for other in ranges[at + 1 :]
    )
