"""All tiers of a promotion put in an order at once."""

import pytest

from schemas.promotion_events import TiersOrdered
from schemas.promotions import TIERS_MOVED_MAX, OrderTiers
from tests.unit.engine.campaigns.spring import create
from tests.unit.engine.promotion_world import add, campaign, new, places, promotion, tier
from tests.unit.engine.world import World, only, refused


def ids(world: World, names: str) -> tuple[str, ...]:
    """The ids of tiers by their names."""
    return tuple(tier(world, name).id for name in names)


def test_tiers_are_where_they_are_named() -> None:
    world = World()
    promotion(world, "A", "B", new("C", hierarchy=7))
    record = world.when(OrderTiers("Sale", ids(world, "CAB")))
    ordered = only(record, TiersOrdered)
    assert ordered.places == {tier(world, name).id: n for n, name in enumerate("CAB", 1)}
    assert ordered.campaign == campaign(world)
    assert places(world) == {1: "C", 2: "A", 3: "B"}
    assert campaign(world).last_tier_place == 3
    add(world, "D")
    assert places(world)[4] == "D"


def test_an_order_that_is_there_already_stays() -> None:
    world = World()
    promotion(world, *"ABC")
    world.when(OrderTiers(campaign(world).id, ids(world, "ABC")))
    assert places(world) == {1: "A", 2: "B", 3: "C"}


@pytest.mark.parametrize(
    ("names", "more", "details"),
    [
        ("AA", (), "twice"),
        ("A", (), "Property `.ids` does not name"),
        ("AB", ("promo_other",), "promo_other"),
    ],
)
def test_an_order_names_every_tier_once(names: str, more: tuple[str, ...], details: str) -> None:
    world = World()
    promotion(world, *"AB")
    refusal = world.when(OrderTiers("Sale", ids(world, names) + more)).refusal
    assert refusal is not None
    assert refusal.key == ("not_found" if more else "invalid_payload")
    assert details in (refusal.details or "")
    assert places(world) == {1: "A", 2: "B"}


def test_a_campaign_that_is_no_promotion_has_no_tiers_to_order() -> None:
    world = World()
    create(world)
    assert refused(world.when(OrderTiers("none", ()))) == "not_found"
    assert refused(world.when(OrderTiers("Spring", ()))) == "invalid_campaign"


def test_so_many_tiers_are_put_in_an_order_at_most() -> None:
    world = World()
    promotion(world, *(f"T{n}" for n in range(TIERS_MOVED_MAX)))
    add(world, "one more")
    refusal = world.when(OrderTiers("Sale", ())).refusal
    assert refusal is not None
    assert str(TIERS_MOVED_MAX) in (refusal.details or "")
