"""Where one tier ends the next begins: both move when one of them does."""

from typing import Any

import pytest

from services.dashboard.sections.campaigns.programs.tier_borders import Moves, neighbours_moves
from tests.unit.dashboard.kit import Browser
from tests.unit.dashboard.programs import ROOT, program_api, tier

GREEN, SILVER, GOLD = tier("Green", 0, 99), tier("Silver", 100, 499), tier("Gold", 500)
TIERS = [GREEN, SILVER, GOLD]


@pytest.mark.parametrize(
    ("changed", "points", "moves"),
    [
        # it begins earlier: the one below gives way first
        (GOLD, {"from": 300}, Moves([("ltr_Silver", {"from": 100, "to": 299})])),
        # it begins later: the one below follows
        (GOLD, {"from": 800}, Moves((), [("ltr_Silver", {"from": 100, "to": 799})])),
        # both ends move, each neighbour its own way
        (
            SILVER,
            {"from": 50, "to": 399},
            Moves([("ltr_Green", {"from": 0, "to": 49})], [("ltr_Gold", {"from": 400})]),
        ),
        (SILVER, {"from": 100, "to": 599}, Moves([("ltr_Gold", {"from": 600})])),
        (SILVER, {"from": 100, "to": 499}, Moves()),
        # nothing would be left of the one beside it: the API says what lies over what
        (GOLD, {"from": 100}, Moves()),
        (SILVER, {"from": 0, "to": 499}, Moves()),
        (SILVER, {"from": 100}, Moves()),
        (SILVER, {"from": 50}, Moves()),
    ],
)
def test_the_tiers_beside_one_move_with_it(
    changed: dict[str, Any], points: dict[str, int], moves: Moves
) -> None:
    found = neighbours_moves(TIERS, changed, points)
    assert (list(found.before), list(found.after)) == (list(moves.before), list(moves.after))


def test_a_gap_that_was_wanted_stays() -> None:
    apart = [GREEN, tier("Silver", 200, 399), GOLD]
    assert neighbours_moves(apart, GOLD, {"from": 450}) == Moves([], [])


def _saved(*, follow: bool) -> list[tuple[str, Any]]:
    api = program_api()
    api.says("GET", f"{ROOT}/tiers/ltr_Gold", GOLD)
    for name in ("Silver", "Gold"):
        api.says("PUT", f"{ROOT}/tiers/ltr_{name}", {})
    form = {"name": "Gold", "from": "300"} | ({"follow": "true"} if follow else {})
    address = "/campaigns/camp_1/loyalty-tiers/ltr_Gold/edit"
    assert "The tiers beside it" in Browser(api).get(address).text
    Browser(api).post(address, form, into="form")
    puts = [each for each in api.asked if each.method == "PUT"]
    return [(each.url.path.rpartition("_")[2], api.sent("PUT", each.url.path)) for each in puts]


def test_a_border_is_moved_on_both_sides_the_one_that_gives_way_first() -> None:
    (first, given), (second, own) = _saved(follow=True)
    assert (first, given) == ("Silver", {"points": {"from": 100, "to": 299}})
    assert (second, own["points"]) == ("Gold", {"from": 300})
    ((only, _),) = _saved(follow=False)
    assert only == "Gold"
