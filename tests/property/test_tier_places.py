"""Laws of the places of tiers: each its own, and nobody changes the order of two others."""

import json

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernel import tables
from schemas.promotions import DeleteTier, UpdateTier
from tests.unit.engine.promotion_world import add, campaign, new, places, promotion, tier
from tests.unit.engine.world import World

_STEPS = st.lists(
    st.tuples(st.sampled_from(("add", "move", "delete")), st.integers(0, 9), st.integers(1, 12)),
    max_size=12,
)


@settings(max_examples=60)
@given(_STEPS)
def test_tiers_keep_their_order_whoever_comes_goes_or_moves(
    steps: list[tuple[str, int, int]],
) -> None:
    world = World()
    promotion(world, "A", "B", "C")
    for number, (what, which, place) in enumerate(steps):
        before = list(places(world).values())
        name = before[which % len(before)] if before else ""
        if what == "add":
            name = f"N{number}"
            add(world, new(name, hierarchy=place))
        elif not before:
            continue
        elif what == "move":
            changes = msgspec.Raw(json.dumps({"hierarchy": place}).encode())
            assert world.when(UpdateTier(tier(world, name).id, changes)).refusal is None
        else:
            world.when(DeleteTier(tier(world, name).id))
        after = places(world)
        others = [each for each in after.values() if each != name]
        assert others == [each for each in before if each != name]
        if what != "delete":
            assert after[place] == name
        known = campaign(world)
        stored = list(world.view.scan(tables.TIERS))
        assert {each.hierarchy: each.name for each in stored} == after
        assert (known.tiers_count, known.last_tier_place) == (len(after), max(after, default=0))
