"""Tiers of loyalty programs over HTTP: created together, read, changed, deleted; and those of a member."""

from typing import Any, Final

import pytest

from schemas.loyalty_tiers import TIERS_MAX
from tests.unit.services.world import World

CARD: Final = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}
PROGRAM: Final = {
    "campaign_type": "LOYALTY_PROGRAM", "name": "L", "type": "AUTO_UPDATE", "voucher": CARD,
}  # fmt: skip
TIERS: Final = "/v1/loyalties/L/tiers"
SILVER: Final = {"name": "Silver", "points": {"from": 100, "to": 499}}
GOLD: Final = {"name": "Gold", "points": {"from": 500}}


async def _program(world: World, *tiers: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await world.call("POST", "/v1/campaigns", PROGRAM)
    assert answer.status_code == 200, answer.text
    return await _created(world, *tiers) if tiers else []


async def _created(world: World, *tiers: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await world.call("POST", TIERS, list(tiers))
    assert answer.status_code == 200, answer.text
    made: list[dict[str, Any]] = answer.json()
    return made


async def _rule(world: World) -> str:
    """The id of an earning rule of the program."""
    rule = {"event": "order.paid", "loyalty": {"type": "FIXED", "points": 5}}
    answer = await world.call("POST", "/v1/loyalties/L/earning-rules", [rule])
    assert answer.status_code == 200, answer.text
    return str(answer.json()[0]["id"])


async def _offer(world: World) -> str:
    """The id of the assignment by which the program offers a reward."""
    coin = {"coin": {"exchange_ratio": 1, "points_ratio": 10}}
    body = {"name": "Coin", "type": "COIN", "parameters": coin}
    reward = (await world.call("POST", "/v1/rewards", body)).json()["id"]
    answer = await world.call("POST", "/v1/loyalties/L/rewards", [{"reward": reward}])
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def _member(world: World) -> str:
    body = {"customer": {"source_id": "ann"}, "campaign": {"name": "L", "count": 1}}
    answer = await world.call("POST", "/v1/publications", body)
    assert answer.status_code == 200, answer.text
    code: str = answer.json()["voucher"]["code"]
    return code


async def test_tiers_are_created_together_with_each_member_as_it_was_given(world: World) -> None:
    await _program(world)
    a = {"name": "A", "points": {"from": 10, "to": 100}}
    b = {"name": "B", "earning_rules": {}, "points": {}}

    made = await _created(world, a, b)

    assert [each["name"] for each in made] == ["A", "B"]
    assert all(each["id"].startswith("ltr_") for each in made)
    assert made[0]["points"] == made[0]["config"]["points"] == {"from": 10, "to": 100}
    assert "earning_rules" not in made[0]
    assert made[1]["earning_rules"] == {}
    assert made[1]["points"] == {}
    assert made[1]["metadata"] == {}
    assert (await world.call("GET", f"{TIERS}/{made[1]['id']}")).json() == made[1]


async def test_no_tiers_are_no_tiers(world: World) -> None:
    await _program(world)
    answer = await world.call("POST", TIERS, [])
    assert (answer.status_code, answer.json()) == (200, [])
    assert (await world.call("POST", "/v1/loyalties/M/tiers", [])).status_code == 404


async def test_mappings_are_shown_as_they_were_given(world: World) -> None:
    await _program(world)
    mappings = {
        "earning_rules": {await _rule(world): {"type": "MULTIPLY", "multiplier": 1.5}},
        "rewards": {await _offer(world): {"type": "CUSTOM", "points": 10}},
        "metadata": {"colour": "grey"},
    }
    [made] = await _created(world, SILVER | mappings)
    assert {name: made[name] for name in mappings} == mappings


async def test_a_mapping_is_what_it_says_where_it_names_no_type(world: World) -> None:
    await _program(world)
    a, b = await _rule(world), await _rule(world)
    [made] = await _created(
        world, SILVER | {"earning_rules": {a: {"multiplier": 2}, b: {"points": 3}}}
    )
    assert made["earning_rules"] == {
        a: {"type": "MULTIPLY", "multiplier": 2}, b: {"type": "CUSTOM", "points": 3},
    }  # fmt: skip


async def test_a_mapping_names_what_the_program_has_or_had(world: World) -> None:
    await _program(world)
    rule, offer, twice = await _rule(world), await _offer(world), {"multiplier": 2}
    await world.call("POST", "/v1/campaigns", PROGRAM | {"name": "M"})
    of_another = await world.call(
        "POST", "/v1/loyalties/M/tiers", [GOLD | {"earning_rules": {rule: twice}}]
    )
    assert of_another.status_code == 400
    assert f"[0].earning_rules.{rule}` is no earning rule" in of_another.json()["details"]
    unknown = await world.call("POST", TIERS, [GOLD | {"rewards": {"rewa_none": twice}}])
    assert "[0].rewards.rewa_none` is no reward that" in unknown.json()["details"]

    [made] = await _created(
        world, GOLD | {"earning_rules": {rule: twice}, "rewards": {offer: twice}}
    )
    assert (await world.call("DELETE", f"/v1/loyalties/L/earning-rules/{rule}")).status_code == 204
    path = f"{TIERS}/{made['id']}"
    assert (await world.call("PUT", path, made | {"name": "G"})).json()["name"] == "G"
    assert (
        await world.call("PUT", path, {"earning_rules": {"ern_none": twice}})
    ).status_code == 400


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ([SILVER | {"name": ""}], "name"),
        ([{"name": "A"}], "points"),
        ([SILVER | {"points": {"from": -1}}], "points.from"),
        ([SILVER | {"points": {"from": "1"}}], "points.from"),
        ([SILVER | {"points": {"from": 5, "to": 4}}], "[0].points.to"),
        ([GOLD, SILVER | {"points": {"to": 500}}], "[1].points"),
        ([SILVER | {"rewards": {"a": {"type": "MULTIPLY"}}}], "rewards.a.multiplier"),
        ([SILVER | {"rewards": {"a": {"type": "CUSTOM"}}}], "rewards.a.points"),
        ([SILVER | {"rewards": {"a": {"multiplier": -1}}}], "multiplier"),
        ([SILVER | {"rewards": {"a": {"multiplier": "2"}}}], "multiplier"),
        ([SILVER | {"rewards": {"a": {"type": "OTHER"}}}], "type"),
        (
            [SILVER | {"earning_rules": {"a": {"type": "CUSTOM", "points": 1, "multiplier": 1}}}],
            "earning_rules.a.multiplier",
        ),
        (SILVER, "A body with a JSON array is required"),
        ([SILVER] * (TIERS_MAX + 1), "at most 50 items"),
    ],
)
async def test_what_is_no_tier_is_refused_by_name(world: World, body: Any, details: str) -> None:
    await _program(world)
    answer = await world.call("POST", TIERS, body)
    assert answer.status_code == 400, answer.text
    assert details in answer.json()["details"]
    assert (await world.call("GET", TIERS)).json()["total"] == 0


async def test_ranges_may_not_overlap_with_those_that_there_are(world: World) -> None:
    _, gold = await _program(world, SILVER, GOLD)

    again = await world.call("POST", TIERS, [{"name": "C", "points": {"from": 499, "to": 499}}])
    moved = await world.call("PUT", f"{TIERS}/{gold['id']}", {"points": {"from": 499}})

    assert "overlaps with those of the tier Silver" in again.json()["details"]
    assert "overlaps with those of the tier Silver" in moved.json()["details"]
    assert (await world.call("PUT", f"{TIERS}/{gold['id']}", {"points": {"from": 501}})).is_success


async def test_a_program_has_so_many_tiers(world: World) -> None:
    many = [{"name": str(n), "points": {"from": n, "to": n}} for n in range(TIERS_MAX)]
    assert len(await _program(world, *many)) == TIERS_MAX
    answer = await world.call("POST", TIERS, [GOLD])
    assert answer.json()["details"] == f"A program has at most {TIERS_MAX} tiers"


async def test_only_programs_have_tiers(world: World) -> None:
    coupons = {"name": "C", "voucher": {"type": "DISCOUNT_VOUCHER", "discount": {"percent_off": 5}}}
    await world.call("POST", "/v1/campaigns", coupons)
    for path in ("/v1/loyalties/C/tiers", "/v1/loyalties/nobody/tiers"):
        assert (await world.call("GET", path)).status_code == 404
        assert (await world.call("POST", path, [SILVER])).status_code == 404


async def test_tiers_are_listed_by_when_they_were_given_the_last_first(world: World) -> None:
    await _program(world, GOLD, SILVER)
    asked = ("", "?order=created_at", "?limit=1&page=2")
    pages = [(await world.call("GET", TIERS + query)).json() for query in asked]
    named = [[each["name"] for each in page["data"]] for page in pages]
    assert named == [["Silver", "Gold"], ["Gold", "Silver"], ["Gold"]]
    assert [page["total"] for page in pages] == [2, 2, 2]
    assert (await world.call("GET", f"{TIERS}?order=name")).status_code == 400


async def test_an_update_changes_what_it_names(world: World) -> None:
    await _program(world)
    mapped = {await _rule(world): {"type": "CUSTOM", "points": 1}}
    [made] = await _created(world, SILVER | {"earning_rules": mapped, "metadata": {"a": 1}})
    path = f"{TIERS}/{made['id']}"

    changed = (await world.call("PUT", path, {"name": "S", "metadata": {"b": 2}})).json()
    without = (await world.call("PUT", path, {"earning_rules": None})).json()
    as_read = await world.call("PUT", path, without)

    assert (changed["name"], changed["points"]) == ("S", made["points"])
    assert changed["metadata"] == {"a": 1, "b": 2}
    assert changed["updated_at"] is not None
    assert "earning_rules" not in without
    assert as_read.json() == without
    assert (await world.call("PUT", f"{TIERS}/ltr_none", {"name": "S"})).status_code == 404


async def test_a_tier_that_is_deleted_is_found_no_more(world: World) -> None:
    silver, _ = await _program(world, SILVER, GOLD)
    path = f"{TIERS}/{silver['id']}"
    assert (await world.call("DELETE", path)).status_code == 204
    assert (await world.call("GET", path)).status_code == 404
    assert (await world.call("DELETE", path)).status_code == 404
    assert (await world.call("GET", TIERS)).json()["total"] == 1
    assert len(await _created(world, SILVER)) == 1


async def test_the_tier_of_a_member_is_shown_with_its_time(world: World) -> None:
    silver, gold = await _program(world, SILVER, GOLD)
    code = await _member(world)
    path = f"/v1/loyalties/members/{code}/tiers"
    assert (await world.call("GET", path)).json()["data"] == []

    await world.call("POST", f"/v1/vouchers/{code}/balance", {"amount": 500})
    [shown] = (await world.call("GET", path)).json()["data"]

    assert shown["id"] == gold["id"]
    assert shown["expiration"]["tier_id"] == gold["id"]
    assert shown["expiration"]["campaign_id"] == gold["campaign_id"]
    assert shown["expiration"]["customer_id"].startswith("cust_")
    assert "expiration_date" not in shown["expiration"]
    card = (await world.call("GET", f"/v1/vouchers/{code}")).json()
    assert (await world.call("GET", f"/v1/loyalties/members/{card['id']}/tiers")).json()["total"]
    await world.call("POST", f"/v1/vouchers/{code}/balance", {"amount": -1})
    [shown] = (await world.call("GET", path)).json()["data"]
    assert shown["id"] == silver["id"]


async def test_who_is_no_member_has_no_tiers(world: World) -> None:
    await _program(world, SILVER)
    await world.voucher("TEN")
    for named in ("TEN", "nobody"):
        assert (await world.call("GET", f"/v1/loyalties/members/{named}/tiers")).status_code == 404
