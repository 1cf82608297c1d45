"""The lists of promotions: what they ask for, and what they make of the rows they are given."""

from collections.abc import Sequence
from typing import Any

import msgspec

from engine.kernel.state import encode
from runtime.clickhouse.database import Query
from schemas.assignments import RuleAssignment
from schemas.categories import Category
from schemas.promotion_events import CampaignPromotionsDeleted
from schemas.promotions import CreateTier, DeleteTier, PromotionTier, UpdateTier
from schemas.records import Decided
from schemas.vouchers import Voucher
from services.audit.lists.promotions import (
    STACKS,
    TIERS,
    _plain_tiers,
    first_tiers,
    shown_campaigns,
)
from services.audit.sink.entities import EntityRow
from services.audit.sink.tables import entity_table_rows
from tests.unit.engine.promotion_world import campaign, create, new, promotion, stack, tier
from tests.unit.engine.world import World

PROJECT = "proj_test"


class FakeReads:
    """Answers queries with rows that are made up, by the kind that they ask for."""

    def __init__(self, **rows: Sequence[Any]) -> None:
        self._rows = {
            name: [(each.id, encode(each).decode()) for each in found]
            for name, found in rows.items()
        }
        self.asked: list[Query] = []

    def places(self, **places: int) -> None:
        """The rows of the places of tiers, by hierarchy."""
        by_place = sorted(places.items(), key=lambda each: each[1])
        self._rows["promotion_tier_place"] = [(each, str(place)) for each, place in by_place]

    async def rows(self, query: Query) -> list[tuple[Any, ...]]:
        """The rows of the kind that the query names."""
        self.asked.append(query)
        kind = query.parameters.get("kind")
        for name in self._rows if kind is None else ():
            if f"kind = '{name}'" in query.sql:
                wanted = 0 if query.sql.startswith("SELECT id ") else 1
                return [(row[wanted],) for row in self._rows[name]]
        return list(self._rows.get(str(kind), ()))


def rows_of(*entities: Voucher | PromotionTier | Any) -> list[tuple[str, str]]:
    """(id, body) of entities."""
    return [(each.id, encode(each).decode()) for each in entities]


async def test_a_campaign_is_listed_with_its_first_tiers_and_what_binds_them() -> None:
    world = World()
    made = promotion(world, "A", new("B", category_id=None))
    tiers = [tier(world, "A"), tier(world, "B")]
    bound = RuleAssignment("asgm_1", "val_1", tiers[0].id, "promotion_tier", world.now)
    reads: Any = FakeReads(promotion_tier=tiers, rule_assignment=[bound])
    reads.places(**{tiers[0].id: 2, tiers[1].id: 1})
    [shown] = await shown_campaigns(reads, PROJECT, rows_of(made))
    listed = shown["promotion"]
    assert [each["name"] for each in listed["tiers"]] == ["B", "A"]
    assert [each["hierarchy"] for each in listed["tiers"]] == [1, 2]
    assert ["validation_rule_assignments" in each for each in listed["tiers"]] == [False, True]
    assert (listed["total"], listed["has_more"]) == (2, False)


async def test_no_tiers_are_asked_for_where_there_are_none() -> None:
    world = World()
    made = promotion(world)
    reads: Any = FakeReads()
    [shown] = await shown_campaigns(reads, PROJECT, rows_of(made))
    assert shown["promotion"]["tiers"] == []
    assert not [each for each in reads.asked if "promotion_tier" in each.sql]


async def test_tiers_are_listed_with_their_campaign_and_category() -> None:
    world = World()
    made = promotion(world, "A")
    found = tier(world, "A")
    category = Category("cat_1", "First", 1, world.now)
    in_it = PromotionTier(found.id, made.id, "A", 0, found.discount, category_id="cat_1")
    reads: Any = FakeReads(campaign=[made], category=[category])
    reads.places(**{in_it.id: 7})
    [shown] = await TIERS.render(reads, PROJECT, rows_of(in_it))
    assert (shown["campaign"]["id"], shown["hierarchy"]) == (made.id, 7)
    assert [each["name"] for each in shown["categories"]] == ["First"]
    assert "summary" in shown
    [plain] = await _plain_tiers(reads, PROJECT, rows_of(in_it))
    assert shown.keys() - plain.keys() == {"summary"}
    assert await TIERS.render(reads, PROJECT, []) == []


async def test_stacks_are_listed_as_they_are() -> None:
    world = World()
    promotion(world, "A")
    made = stack(world, "A")
    reads: Any = FakeReads()
    [shown] = await STACKS.render(reads, PROJECT, rows_of(made))
    assert (shown["id"], shown["tiers"]["ids"]) == (made.id, list(made.tier_ids))


def test_the_first_tiers_are_asked_for_by_hierarchy() -> None:
    query = first_tiers(PROJECT, ["camp_1"])
    assert query.sql == (
        "SELECT id FROM tessera.entities FINAL WHERE project = {project:String} "
        "AND kind = 'promotion_tier_place' AND deleted = 0 AND campaign_id IN {ids:Array(String)} "
        "ORDER BY campaign_id, numbers['hierarchy'], id LIMIT {tiers:UInt32} BY campaign_id"
    )
    assert query.parameters == {"project": PROJECT, "ids": ["camp_1"], "tiers": 100}


def places_of(record: Any) -> dict[str, tuple[int, str, int]]:
    """Tier id → (hierarchy, body, deleted) of the places that a record tells."""
    rows = [each for each in entity_table_rows(record) if isinstance(each, EntityRow)]
    return {
        each.id: (each.numbers.get("hierarchy", 0), each.body, each.deleted)
        for each in rows
        if each.kind == "promotion_tier_place"
    }


def test_every_change_of_a_place_is_told_for_the_lists() -> None:
    world = World()
    made = create(world, "A", "B")
    a, b = tier(world, "A").id, tier(world, "B").id
    assert places_of(made) == {a: (1, "1", 0), b: (2, "2", 0)}
    record = world.when(UpdateTier(b, msgspec.Raw(b'{"hierarchy":1}')))
    assert places_of(record) == {b: (1, "1", 0), a: (2, "2", 0)}
    rows = [each for each in entity_table_rows(record) if isinstance(each, EntityRow)]
    assert {each.campaign_id for each in rows} == {campaign(world).id}
    added = world.when(CreateTier("Sale", new("C").tier))
    c = tier(world, "C").id
    assert places_of(added) == {c: (3, "3", 0)}
    assert places_of(world.when(DeleteTier(c))) == {c: (0, "", 1)}
    ended = CampaignPromotionsDeleted(campaign(world).id, (a, b))
    last = Decided(0, 10, "cmd_1", "given", PROJECT, "same", (ended,))
    assert places_of(last) == {a: (0, "", 1), b: (0, "", 1)}
