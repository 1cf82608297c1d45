"""What conditions ask of geopoints: whether they lie in locations of the project."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.kernel.calendar import Moment
from schemas.locations import Point

#: The operators that are about geopoints.
PLACES: Final = frozenset({"$inside", "$not_inside"})


@dataclass(frozen=True, slots=True)
class LocatedPoint:
    """A geopoint of metadata, and whether it is inside the location with an id."""

    point: Point
    is_inside: Callable[[str], bool]


def inside_test(values: Sequence[Any]) -> Callable[[Any, Moment], bool]:
    """A geopoint, or one of a list, in one of the locations with these ids."""
    if not all(isinstance(value, str) and value for value in values):
        raise ValueError("has to be ids of locations")

    def test(value: Any, _: Moment) -> bool:
        members = value if isinstance(value, list) else (value,)
        return any(
            isinstance(each, LocatedPoint) and any(map(each.is_inside, values)) for each in members
        )

    return test


def not_inside_test(values: Sequence[Any]) -> Callable[[Any, Moment], bool]:
    """The opposite of `$inside`."""
    test = inside_test(values)
    return lambda value, now: not test(value, now)
