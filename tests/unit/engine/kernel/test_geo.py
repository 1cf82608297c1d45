"""Points in circles and polygons."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernel.geo import (
    EARTH_RADIUS_M,
    contains_point,
    distance_m,
    is_in_polygon,
    make_point,
    parse_geopoint,
    unroll_ring,
    wrong_ring,
)
from schemas.locations import PARTS_OF_DEGREE, Area, Circle, Point

Degrees = list[tuple[float, float]]
SQUARE: Degrees = [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]
HOLE: Degrees = [(4, 4), (6, 4), (6, 6), (4, 6), (4, 4)]
#: Around Fiji: from 175° east to 175° west.
ACROSS: Degrees = [(175, -20), (-175, -20), (-175, -10), (175, -10), (175, -20)]
#: A star that winds around its middle twice.
STAR: Degrees = [(0, 10), (6, -8), (-9.5, 3), (9.5, 3), (-6, -8), (0, 10)]
TILTED: Degrees = [(0, 0), (1, 3), (-3, 4), (0, 0)]


def ring(degrees: Degrees) -> list[Point]:
    return [make_point(*each) for each in degrees]


INSIDE: list[tuple[list[Degrees], tuple[float, float], bool]] = [
    ([SQUARE], (5, 5), True),
    ([SQUARE], (10.0000001, 5), False),
    ([SQUARE], (10, 5), True),
    ([SQUARE], (0, 0), True),
    ([SQUARE], (10, 10), True),
    ([SQUARE], (11, 10), False),
    ([SQUARE], (-1, 0), False),
    ([SQUARE], (5, 10.0000001), False),
    ([SQUARE[::-1]], (5, 5), True),
    ([SQUARE, HOLE], (5, 5), False),
    ([SQUARE, HOLE], (4, 5), True),
    ([SQUARE, HOLE], (3.9999999, 5), True),
    ([SQUARE, HOLE], (4.0000001, 5), False),
    ([ACROSS], (179, -15), True),
    ([ACROSS], (-179, -15), True),
    ([ACROSS], (180, -15), True),
    ([ACROSS], (-180, -15), True),
    ([ACROSS], (0, -15), False),
    ([ACROSS], (174.9999999, -15), False),
    ([ACROSS], (-175, -15), True),
    ([STAR], (0, 0), True),
    ([STAR], (0, 11), False),
    # exact on a slope, which floating point would miss
    ([TILTED], (0.1, 0.3), True),
    ([TILTED], (0.1000001, 0.3), False),
]


@pytest.mark.parametrize(("rings", "at", "inside"), INSIDE)
def test_a_polygon_contains_what_its_edges_bound_and_the_edges(
    rings: list[Degrees], at: tuple[float, float], inside: bool
) -> None:
    assert is_in_polygon(list(map(ring, rings)), make_point(*at)) is inside


DISTANCES: list[tuple[tuple[float, float], tuple[float, float], float]] = [
    ((0, 0), (0, 0), 0),
    ((0, 0), (0, 90), 10_007_557.22),
    ((0, 0), (180, 0), 20_015_114.44),
    ((21.0122, 52.2297), (19.9450, 50.0647), 251_984.0),
    ((179.9, 0), (-179.9, 0), 22_239.0),
]


@pytest.mark.parametrize(("one", "other", "metres"), DISTANCES)
def test_distances_are_those_of_great_circles(
    one: tuple[float, float], other: tuple[float, float], metres: float
) -> None:
    assert distance_m(make_point(*one), make_point(*other)) == pytest.approx(metres, rel=2e-3)
    assert distance_m(make_point(*one), make_point(*other)) == distance_m(
        make_point(*other), make_point(*one)
    )


def test_a_circle_contains_its_border() -> None:
    center, border = make_point(10, 50), make_point(10, 51)
    radius = distance_m(center, border)
    assert contains_point(Circle("50,10", "", center, radius), border)
    assert not contains_point(Circle("50,10", "", center, radius - 0.001), border)
    assert contains_point(Circle("0,180", "", make_point(180, 0), 12_000), make_point(-179.9, 0))


def test_several_polygons_are_one_area() -> None:
    area = Area(((tuple(ring(SQUARE)),), (tuple(ring(ACROSS)),)), "MultiPolygon")
    assert contains_point(area, make_point(5, 5))
    assert contains_point(area, make_point(180, -15))
    assert not contains_point(area, make_point(50, 5))


WRONG: list[tuple[Degrees, str]] = [
    (SQUARE[:3], "at least 4"),
    (SQUARE[:-1], "at least 4"),
    ([(0, 0), (1, 1), (2, 2), (0, 0)], "no area"),
    ([(0, 80), (90, 80), (180, 80), (-90, 80), (0, 80)], "pole"),
]


@pytest.mark.parametrize(("degrees", "told"), WRONG)
def test_what_bounds_nothing_is_no_ring(degrees: Degrees, told: str) -> None:
    assert told in (wrong_ring(ring(degrees)) or "")


@pytest.mark.parametrize("degrees", [SQUARE, HOLE, ACROSS, STAR, TILTED])
def test_a_ring_may_go_either_way(degrees: Degrees) -> None:
    assert wrong_ring(ring(degrees)) is None
    assert wrong_ring(ring(degrees[::-1])) is None


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ({"lat": 1, "lon": 2}, (2 * PARTS_OF_DEGREE, PARTS_OF_DEGREE)),
        ({"lat": 1.5, "lon": -180}, (-180 * PARTS_OF_DEGREE, 15_000_000)),
        ({"lat": 91, "lon": 0}, None),
        ({"lat": 0, "lon": 181}, None),
        ({"lat": "1", "lon": 2}, None),
        ({"lat": True, "lon": 2}, None),
        ({"lat": 1}, None),
        ({"lat": 1, "lon": 2, "alt": 3}, None),
        ("1,2", None),
        (None, None),
    ],
)
def test_a_geopoint_is_an_object_of_two_numbers(value: object, at: Point | None) -> None:
    assert parse_geopoint(value) == at


longitudes = st.integers(-1800, 1800).map(lambda tenths: tenths / 10)
latitudes = st.integers(-800, 800).map(lambda tenths: tenths / 10)
points = st.tuples(longitudes, latitudes)


def turned(degrees: Degrees, by: float) -> Degrees:
    return [((lon + by + 540) % 360 - 180, lat) for lon, lat in degrees]


@settings(max_examples=150)
@given(
    shape=st.sampled_from([[SQUARE], [SQUARE, HOLE], [STAR], [TILTED]]),
    at=st.tuples(st.integers(-120, 120), st.integers(-120, 120)),
    by=st.integers(-1800, 1800),
)
def test_the_antimeridian_is_a_meridian_like_any_other(
    shape: list[Degrees], at: tuple[int, int], by: int
) -> None:
    """Turning polygon and point around the earth together changes nothing."""
    where, turn = (at[0] / 10, at[1] / 10), by / 10
    before = is_in_polygon(list(map(ring, shape)), make_point(*where))
    moved = [ring(turned(each, turn)) for each in shape]
    assert is_in_polygon(moved, make_point(*turned([where], turn)[0])) is before


@settings(max_examples=150)
@given(west=longitudes, width=st.integers(1, 1700), south=latitudes, at=points)
def test_a_rectangle_contains_what_lies_between_its_sides(
    west: float, width: int, south: float, at: tuple[float, float]
) -> None:
    north = round(south + 10, 1)
    east = turned([(west + width / 10, 0)], 0)[0][0]
    rectangle = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    offset = round((at[0] - west) * 10) % 3600
    expected = offset <= width and south <= at[1] <= north
    # both ends of a side that ends where it began lie a whole turn apart
    assert is_in_polygon([ring(rectangle)], make_point(*at)) is expected


@settings(max_examples=100)
@given(one=points, other=points, third=points)
def test_distances_obey_the_triangle_and_never_exceed_half_the_way_around(
    one: tuple[float, float], other: tuple[float, float], third: tuple[float, float]
) -> None:
    a, b, c = make_point(*one), make_point(*other), make_point(*third)
    assert 0 <= distance_m(a, b) <= EARTH_RADIUS_M * 3.1415926536
    assert distance_m(a, b) <= distance_m(a, c) + distance_m(c, b) + 0.01


@given(degrees=st.lists(points, min_size=2, max_size=20))
def test_unrolled_edges_take_the_short_way(degrees: Degrees) -> None:
    unrolled = unroll_ring(ring(degrees))
    for (one, _), (other, _) in pairwise(unrolled):
        assert abs(other - one) <= 180 * PARTS_OF_DEGREE
