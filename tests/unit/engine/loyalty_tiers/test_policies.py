"""Who is in which tier and until when, by each policy, as data (`policies.json`), computed by hand."""

from pathlib import Path

import msgspec
import pytest
from msgspec import Struct, field

from engine.kernel.calendar import parse_iso
from engine.loyalty_tiers.ends import invalid_tiers_expiration
from engine.loyalty_tiers.find import tier_of
from schemas.loyalty_tiers import TiersExpiration
from tests.unit.engine.loyalty_tiers.club import LADDER, Club, Move


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """A member who joins, what is added to and taken off the card when, and the moves of it."""

    name: str
    joined: str
    until: str
    moves: list[Move]
    history: list[tuple[str, int]] = []
    rules: TiersExpiration | None = None
    zone: str = "Etc/UTC"
    ladder: dict[str, tuple[int | None, int | None]] = field(default_factory=lambda: dict(LADDER))
    #: The points of a new card.
    points: int = 0


CASES = msgspec.json.decode((Path(__file__).parent / "policies.json").read_bytes(), type=list[Case])
named = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def _club(case: Case) -> Club:
    at = parse_iso(case.joined)
    return Club(case.rules, case.ladder, zone=case.zone, at=at, points=case.points)


@named
def test_moves_are_told_when_they_happen(case: Case) -> None:
    club = _club(case)

    for at, points in case.history:
        club.go_to(parse_iso(at))
        club.add(points)
    club.go_to(parse_iso(case.until))

    assert club.told == case.moves


@named
def test_who_asks_finds_the_tier_without_any_sweep(case: Case) -> None:
    club = _club(case)
    left = list(case.history)
    expected: str | None = None
    for at, move, tier, _ in case.moves:
        instant = parse_iso(at)
        while left and parse_iso(left[0][0]) <= instant:
            club.go_to(parse_iso(left[0][0]), sweeps=False)
            club.add(left.pop(0)[1])
        before = tier_of(club.world.view, club.card, max(instant - 1, parse_iso(case.joined)))
        if not any(each == at for each, *_ in case.history) and at != case.joined:
            assert (before and before.name) == expected, at
        expected = None if move == "left" else tier
        now = tier_of(club.world.view, club.card, instant)
        if [each for each, *_ in case.moves].count(at) == 1:
            assert (now and now.name) == expected, at


@named
def test_policies_of_the_table_are_policies(case: Case) -> None:
    assert case.rules is None or invalid_tiers_expiration(case.rules) is None
