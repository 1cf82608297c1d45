"""Customers who become members without having asked: by what is known of them, and by segments."""

from typing import Any, Final

from engine.kernel import tables
from engine.publications.giving import AUTO_JOIN
from schemas.actions import JoinCustomers, RunChunk
from schemas.programs import Reacting
from schemas.publications import PublicationSucceeded
from schemas.records import Decided
from tests.unit.services.catalog.loyalty.test_programs import PROGRAM, made
from tests.unit.services.world import World

GOLD: Final = {
    "1": {"name": "customer.metadata", "property": "tier", "conditions": {"$is": ["gold"]}}
}
JOINED: Final = PROGRAM | {"type": "AUTO_UPDATE", "auto_join": True}


async def rule(world: World, rules: dict[str, Any], name: str = "R") -> str:
    """The id of a set of validation rules."""
    answer = await world.call("POST", "/v1/validation-rules", {"name": name, "rules": rules})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def customer(world: World, source: str, **fields: Any) -> str:
    """The id of a customer who is created, or changed."""
    answer = await world.call("POST", "/v1/customers", {"source_id": source} | fields)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def cards(world: World, customer_id: str, program: dict[str, Any]) -> int:
    """How many cards of the program the customer holds."""
    view = world.ledger.view("proj")
    return sum(1 for _ in view.scan(tables.HOLDINGS, customer_id, program["id"]))


async def looked_through(world: World) -> int:
    """Has what goes on in the background go on to its end; how many customers joined by it."""
    joined = 0
    for _ in range(20):
        view = world.ledger.view("proj")
        opened = [each.id for each in view.scan(tables.OPEN_ACTIONS)]
        for action_id in opened:
            action = view.get(tables.ACTIONS, action_id)
            assert action is not None
            assert isinstance(action.work, JoinCustomers)
            done = RunChunk(action_id, action.next_chunk)
            await world.ledger.send("proj", done, key_kind="system")
            record = world.ledger.records[-1]
            assert isinstance(record, Decided)
            joined += sum(isinstance(each, PublicationSucceeded) for each in record.events)
        if not opened:
            return joined
    raise AssertionError("it does not end")


async def test_who_suits_becomes_a_member_when_created_and_when_changed(world: World) -> None:
    program = await made(world, JOINED | {"validation_rules": [await rule(world, GOLD)]})
    await looked_through(world)
    ann = await customer(world, "ann", metadata={"tier": "gold"})
    ben = await customer(world, "ben", metadata={"tier": "tin"})
    assert (cards(world, ann, program), cards(world, ben, program)) == (1, 0)
    await customer(world, "ben", metadata={"tier": "gold"})
    await customer(world, "ann", name="Ann")
    assert (cards(world, ann, program), cards(world, ben, program)) == (1, 1)
    view = world.ledger.view("proj")
    found = {each.channel for each in view.scan(tables.PUBLICATIONS)}
    assert found == {AUTO_JOIN}


async def test_who_enters_a_segment_that_rules_name_becomes_a_member(world: World) -> None:
    ann = await customer(world, "ann")
    segment = (
        await world.call("POST", "/v1/segments", {"name": "S", "customers": ["none"]})
    ).json()
    assert segment
    chosen = {"junction": "and", "metadata.n": {"conditions": {"$is": [1]}}}
    body = {"name": "Few", "type": "auto-update", "filter": chosen}
    segment = (await world.call("POST", "/v1/segments", body)).json()
    within = {"1": {"name": "customer.segment", "conditions": {"$is": [segment["id"]]}}}
    program = await made(world, JOINED | {"validation_rules": [await rule(world, within)]})
    assert cards(world, ann, program) == 0
    await customer(world, "ann", metadata={"n": 1})
    assert cards(world, ann, program) == 1


async def test_nobody_joins_by_itself_where_it_is_not_meant(world: World) -> None:
    gold = await rule(world, GOLD)
    asked = await made(world, JOINED | {"auto_join": False, "validation_rules": [gold]})
    bare = await made(world, JOINED | {"name": "Bare"})
    off = await made(world, JOINED | {"name": "Off", "validation_rules": [gold]})
    await looked_through(world)
    await world.call("POST", f"/v1/campaigns/{off['id']}/disable")
    spent = await made(
        world, JOINED | {"name": "Spent", "type": "STATIC", "validation_rules": [gold]}
    )
    await looked_through(world)
    ann = await customer(world, "ann", metadata={"tier": "gold"})
    for program in (asked, bare, off, spent):
        assert cards(world, ann, program) == 0
    reacting = world.ledger.view("proj").get(tables.REACTING, tables.THE_ONE)
    assert reacting == Reacting(joining=(bare["id"], off["id"], spent["id"]))
    for program in (bare, off, spent):
        await world.call("DELETE", f"/v1/loyalties/{program['id']}")
    assert world.ledger.view("proj").get(tables.REACTING, tables.THE_ONE) is None


async def test_customers_who_are_there_are_looked_through_when_it_is_switched_on(
    world: World,
) -> None:
    metadata = {"tier": "gold"}
    there = [await customer(world, f"c{number}", metadata=metadata) for number in range(3)]
    other = await customer(world, "other")
    program = await made(world, JOINED | {"auto_join": False})
    path = f"/v1/validation-rules/{await rule(world, GOLD)}/assignments"
    bound = {"related_object_id": program["id"], "related_object_type": "campaign"}
    await world.call("POST", path, bound)
    assert await looked_through(world) == 0
    await world.call("PUT", "/v1/loyalties/L", {"auto_join": True})
    assert await looked_through(world) == 3
    assert [cards(world, each, program) for each in (*there, other)] == [1, 1, 1, 0]
    # it is on already
    await world.call("PUT", "/v1/loyalties/L", {"auto_join": True})
    assert await looked_through(world) == 0


async def test_a_rule_that_comes_to_bind_a_program_has_it_look_for_members(world: World) -> None:
    ann = await customer(world, "ann", metadata={"tier": "gold"})
    program = await made(world, JOINED)
    assert await looked_through(world) == 0
    path = f"/v1/validation-rules/{await rule(world, GOLD)}/assignments"
    bound = {"related_object_id": program["id"], "related_object_type": "campaign"}
    answer = await world.call("POST", path, bound)
    assert answer.status_code == 200, answer.text
    assert await looked_through(world) == 1
    assert cards(world, ann, program) == 1


async def test_a_static_program_gives_the_cards_that_it_has(world: World) -> None:
    gold = await rule(world, GOLD)
    body = JOINED | {"type": "STATIC", "vouchers_count": 1, "validation_rules": [gold]}
    program = await made(world, body)
    await looked_through(world)
    ann = await customer(world, "ann", metadata={"tier": "gold"})
    ben = await customer(world, "ben", metadata={"tier": "gold"})
    assert (cards(world, ann, program), cards(world, ben, program)) == (1, 0)
