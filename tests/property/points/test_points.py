"""No point is made or lost, whatever happens to the cards of a program, in whatever order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.points import PointsExpirationRules
from tests.property.points.play import MOVES, Play

RULES = {
    "none": None,
    "a month": PointsExpirationRules("MONTH", 1),
    "a month, to its end": PointsExpirationRules("MONTH", 1, "END_OF_MONTH"),
    "a day of the year": PointsExpirationRules("FIXED_DAY_OF_YEAR", fixed_month=3, fixed_day=31),
    "days without activity": PointsExpirationRules("INACTIVITY", 20),
    "days, told of before": PointsExpirationRules("DAY", 10, notice_days=3),
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_buckets_hold_what_a_plain_model_says(
    rules: PointsExpirationRules | None, data: st.DataObject
) -> None:
    play = Play(data.draw, rules)
    for move in data.draw(st.lists(st.sampled_from(MOVES), min_size=5, max_size=30)):
        move(play)
        play.check()
