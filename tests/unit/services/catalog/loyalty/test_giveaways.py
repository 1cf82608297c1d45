"""Giveaways over HTTP: made with a commitment, entered, drawn, and checked by what is published."""

import json
from hashlib import sha256
from typing import Any

import pytest

from schemas.records import Decided
from tests.unit.services.catalog.loyalty.test_referrals import GIFTS, REWARD, made, read
from tests.unit.services.ledger import START_MS
from tests.unit.services.world import OTHER, World

#: 2023-11-14T22:13:20Z is now.
CLOSES = "2023-11-15T00:00:00.000Z"
HOUR_MS = 3_600_000
GIVEAWAY: dict[str, Any] = {
    "name": "Lottery",
    "campaign_type": "GIVEAWAY",
    "type": "AUTO_UPDATE",
    "voucher": {
        "type": "DISCOUNT_VOUCHER",
        "discount": {"type": "AMOUNT", "amount_off": 5000},
    },
    "giveaway": {"closes_at": CLOSES, "winners": 2, "alternates": 1},
}
PATH = "/v1/giveaways/Lottery"


async def entered(world: World, count: int = 5) -> list[str]:
    """So many customers take part; the ids of their entries."""
    found = []
    for number in range(count):
        body = {"customer": {"source_id": f"c{number}"}}
        found.append(str((await made(world, f"{PATH}/entries", body))["id"]))
    return found


async def drawn(world: World) -> dict[str, Any]:
    """The draw, after the giveaway closed."""
    world.ledger.now = START_MS + 3 * HOUR_MS
    return await made(world, f"{PATH}/draw", None)


async def test_a_giveaway_shows_the_commitment_and_not_the_seed(world: World) -> None:
    shown = await made(world, "/v1/campaigns", GIVEAWAY)
    assert shown["campaign_type"] == "GIVEAWAY"
    terms = shown["giveaway"]
    assert (terms["winners"], terms["alternates"], terms["entry_type"]) == (2, 1, "api")
    assert len(terms["commitment"]) == 64
    assert await read(world, "/v1/campaigns/Lottery") == shown
    proof = await read(world, f"{PATH}/proof")
    assert (proof["commitment"], proof["seed"]) == (terms["commitment"], None)
    back = await world.call("PUT", "/v1/campaigns/Lottery", shown)
    assert back.status_code == 200, back.text
    otherwise = await world.call("PUT", "/v1/campaigns/Lottery", {"giveaway": {"winners": 3}})
    assert otherwise.status_code == 400
    assert "giveaway.winners" in otherwise.json()["details"]


async def test_the_seed_is_in_nothing_that_is_kept_before_the_draw(world: World) -> None:
    await made(world, "/v1/campaigns", GIVEAWAY)
    await entered(world)
    early = await world.call("POST", f"{PATH}/draw")
    assert (early.status_code, early.json()["key"]) == (400, "giveaway_not_closed")
    kept = repr(world.ledger.records) + repr(world.ledger.commands)
    seed = (await drawn(world))["seed"]
    assert seed not in kept


async def test_two_giveaways_have_two_seeds(world: World) -> None:
    first = await made(world, "/v1/campaigns", GIVEAWAY)
    second = await made(world, "/v1/campaigns", GIVEAWAY | {"name": "Other"})
    elsewhere = await made(world, "/v1/campaigns", GIVEAWAY, headers=OTHER)
    commitments = {each["giveaway"]["commitment"] for each in (first, second, elsewhere)}
    assert len(commitments) == 3


async def test_a_draw_is_checked_by_what_is_published(world: World) -> None:
    await made(world, "/v1/campaigns", GIVEAWAY)
    await entered(world, 12)
    await drawn(world)
    proof = await read(world, f"{PATH}/proof")
    ids, after = [], ""
    while True:
        page = await read(world, f"{PATH}/entries?limit=5{after}")
        ids += [each["id"] for each in page["data"]]
        if not page["has_more"]:
            break
        after = f"&starting_after_id={page['more_starting_after']}"
    assert len(ids) == proof["entries"] == page["total"] == 12
    seed = proof["seed"]
    assert sha256(seed.encode()).hexdigest() == proof["commitment"]
    pool, counter, places = sorted(ids), 0, []
    for _ in proof["places"]:
        while True:
            number = int(sha256(f"{seed}/{counter}".encode()).hexdigest()[:16], 16)
            counter += 1
            if number < 2**64 - 2**64 % len(pool):
                break
        chosen = number % len(pool)
        places.append(pool[chosen])
        pool[chosen] = pool[0]
        pool = pool[1:]
    assert places == proof["places"]


async def test_winners_have_their_prizes_and_one_who_is_refused_gives_place(world: World) -> None:
    await made(world, "/v1/campaigns", GIVEAWAY)
    await entered(world)
    draw = await drawn(world)
    assert [each["status"] for each in draw["drawn"]] == ["WINNER", "WINNER", "ALTERNATE"]
    first, second, third = draw["drawn"]
    assert first["prize"]["voucher"]["code"] != second["prize"]["voucher"]["code"]
    again = await world.call("POST", f"{PATH}/draw")
    assert (again.status_code, again.json()["key"]) == (409, "giveaway_drawn")
    path = f"{PATH}/winners/{first['entry_id']}/refuse"
    after = await made(world, path, {"reason": "under age"})
    assert after["drawn"][0]["status"] == "REFUSED" and after["drawn"][0]["prize"]["taken_back"]
    assert after["drawn"][2]["entry_id"] == third["entry_id"]
    assert after["drawn"][2]["status"] == "WINNER"
    winners = await read(world, f"{PATH}/winners")
    assert winners["data"] == after["drawn"]
    code = first["prize"]["voucher"]["code"]
    assert (await read(world, f"/v1/vouchers/{code}"))["active"] is False
    assert (await made(world, f"{PATH}/prizes", None))["drawn"] == after["drawn"]


async def test_a_prize_may_be_credits_of_another_campaign(world: World) -> None:
    await made(world, "/v1/campaigns", GIFTS)
    terms = {"closes_at": CLOSES, "prize": REWARD}
    body = {name: value for name, value in GIVEAWAY.items() if name != "voucher"}
    await made(world, "/v1/campaigns", body | {"giveaway": terms})
    await entered(world, 1)
    [winner] = (await drawn(world))["drawn"]
    assert winner["prize"]["amount"] == 300


async def test_a_customer_has_one_entry(world: World) -> None:
    await made(world, "/v1/campaigns", GIVEAWAY)
    first, again = await entered(world, 1), await entered(world, 1)
    assert first == again
    assert (await read(world, f"{PATH}/entries"))["total"] == 1


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (None, "giveaway"),
        ({}, "closes_at"),
        ({"closes_at": "soon"}, "closes_at"),
        ({"closes_at": CLOSES, "winners": 0}, "winners"),
        ({"closes_at": CLOSES, "winners": 101}, "winners"),
        ({"closes_at": CLOSES, "alternates": 101}, "alternates"),
        ({"closes_at": CLOSES, "entry_type": "visit"}, "entry_type"),
        ({"closes_at": CLOSES, "entry_type": "custom_event"}, "custom_event"),
        ({"closes_at": CLOSES, "prize": {"type": "CAMPAIGN"}}, "prize"),
    ],
)
async def test_what_a_giveaway_may_not_say(world: World, terms: Any, said: str) -> None:
    answer = await world.call("POST", "/v1/campaigns", GIVEAWAY | {"giveaway": terms})
    assert answer.status_code == 400, answer.text
    assert said in answer.json()["details"]


async def test_the_event_of_a_giveaway_is_named_and_an_id_beside_the_name_is_told_as_ignored(
    world: World,
) -> None:
    event = {"id": "ces_1", "name": "visit"}
    terms = {"closes_at": CLOSES, "entry_type": "custom_event", "custom_event": event}
    answer = await world.call("POST", "/v1/campaigns", GIVEAWAY | {"giveaway": terms})
    assert answer.status_code == 200, answer.text
    assert answer.json()["giveaway"]["custom_event"] == {"name": "visit"}
    assert "giveaway.custom_event.id" in answer.headers["x-ignored-members"]


async def test_what_is_no_giveaway(world: World) -> None:
    await made(world, "/v1/campaigns", GIFTS)
    wrong = await world.call("POST", "/v1/campaigns", GIFTS | {"name": "G", "giveaway": {}})
    assert wrong.status_code == 400
    for method, path in (
        ("GET", "proof"), ("GET", "winners"), ("GET", "entries"), ("POST", "draw"),
        ("POST", "prizes"),
    ):  # fmt: skip
        for name in ("Gifts", "none"):
            answer = await world.call(method, f"/v1/giveaways/{name}/{path}")
            assert answer.status_code == 404, answer.text


async def test_winners_before_the_draw(world: World) -> None:
    await made(world, "/v1/campaigns", GIVEAWAY)
    answer = await world.call("GET", f"{PATH}/winners")
    assert (answer.status_code, answer.json()["key"]) == (400, "giveaway_not_drawn")
    assert (await world.call("GET", f"{PATH}/entries?limit=0")).status_code == 400
    assert (await world.call("POST", f"{PATH}/entries", {})).status_code == 400


async def test_records_hold_no_personal_data_in_the_clear(world: World) -> None:
    await made(world, "/v1/campaigns", GIVEAWAY)
    await made(world, f"{PATH}/entries", {"customer": {"email": "guest@shop.test"}})
    events = [
        event
        for record in world.ledger.records
        if isinstance(record, Decided)
        for event in record.events
        if not hasattr(event, "customer")
    ]
    assert "guest@shop.test" not in json.dumps([repr(each) for each in events])
