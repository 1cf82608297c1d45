"""The older endpoint that lists the vouchers which suit a customer and an order."""

from typing import Any

import pytest

from services.validation import voucher_page
from tests.contract.shapes import assert_shape
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.world import SERVER, World

PATH = "/v1/vouchers/qualification"


async def _codes(world: World, query: str = "", **body: Any) -> list[str]:
    answer = await world.call("POST", PATH + query, body)
    assert answer.status_code == 200, answer.text
    assert_shape(answer.json(), "1_res_vouchers_qualification")
    assert answer.json()["total"] == len(answer.json()["data"])
    return [each["code"] for each in answer.json()["data"]]


async def test_vouchers_that_could_be_redeemed_are_listed(world: World) -> None:
    await world.voucher("A")
    world.ledger.now += 1000
    await world.voucher("B")
    await world.voucher("OFF", active=False)
    await world.voucher("OVER", expiration_date="2020-01-01")
    await world.gift("G", 500)
    assert await _codes(world) == ["B", "A"]
    assert set(await _codes(world, order={"amount": 100})) == {"A", "B", "G"}
    assert await _codes(world, "?order=code&limit=2", order={"amount": 100}) == ["A", "B"]
    assert await _codes(world, "?order=-code", order={"amount": 100}) == ["G", "B", "A"]
    assert (await _codes(world, "?order=created_at"))[0] == "A"


async def test_a_campaign_s_voucher_is_listed_for_whom_holds_it(world: World) -> None:
    campaign = {
        "name": "Sale",
        "campaign_type": "DISCOUNT_COUPONS",
        "vouchers_count": 2,
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "AMOUNT", "amount_off": 100},
        },
    }
    await world.call("POST", "/v1/campaigns", campaign)
    ann, ben = {"source_id": "ann"}, {"source_id": "ben"}
    published = await world.call(
        "POST", "/v1/publications", {"campaign": {"name": "Sale"}, "customer": ann}
    )
    code = published.json()["voucher"]["code"]
    assert await _codes(world, customer=ann) == [code]
    assert await _codes(world, customer=ben) == []
    assert await _codes(world) == []


async def test_the_customer_s_own_are_all_looked_at_and_of_the_others_those_that_are_not_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voucher_page, "EVALUATED_MAX", 4)
    ann = {"source_id": "ann"}
    await world.voucher("MINE")
    body = {"voucher": "MINE", "customer": ann}
    assert (await world.call("POST", "/v1/publications", body)).status_code == 200
    for code in "ABC":
        world.ledger.now += 1000
        await world.voucher(code)
    for n in range(6):
        world.ledger.now += 1000
        await world.gift(f"G{n}", 500)
        await world.voucher(f"OVER{n}", expiration_date="2020-01-01")
    # gift cards do not qualify without an order
    assert await _codes(world, "?order=created_at&limit=3", customer=ann) == ["MINE", "A", "B"]
    assert await _codes(world, customer=ann) == ["MINE"]
    order = {"amount": 100}
    assert await _codes(world, "?limit=3", customer=ann, order=order) == ["G5", "G4", "G3"]
    assert await _codes(world, "?order=code", customer=ann, order=order) == [
        "G2", "G3", "G4", "G5", "MINE",
    ]  # fmt: skip


async def test_only_rules_about_the_customer_may_count(world: World) -> None:
    rules = {
        "1": {"name": "customer.metadata", "property": "vip", "conditions": {"$is": ["yes"]}},
        "2": {"name": "order.amount", "conditions": {"$more_than": [500]}},
    }
    made = await world.call("POST", "/v1/validation-rules", {"name": "R", "rules": rules})
    await world.voucher("A", validation_rules=[made.json()["id"]])
    for source_id, vip, query, codes in (
        ("ann", "yes", "", []),
        ("ann", "yes", "?audienceRulesOnly=true", ["A"]),
        ("bob", "no", "?audienceRulesOnly=true", []),
    ):
        known = {"source_id": source_id, "metadata": {"vip": vip}}
        await world.call("POST", "/v1/customers", known)
        assert await _codes(world, query, customer=known) == codes


async def test_a_loyalty_card_is_listed_for_the_reward_that_it_is_to_pay_for(world: World) -> None:
    parameters = {"coin": {"exchange_ratio": "1"}}
    made = await world.call("POST", "/v1/rewards", {"name": "R", "parameters": parameters})
    reward = {"id": made.json()["id"]}
    await world.voucher("OFF")
    for code, points in (("CARD", 10), ("EMPTY", 0)):
        card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 10, "balance": points}}
        answer = await world.call("POST", f"/v1/vouchers/{code}", card)
        assert answer.status_code == 200, answer.text
    order = {"amount": 1000}
    assert await _codes(world, order=order) == ["OFF"]
    assert set(await _codes(world, order=order, reward=reward)) == {"OFF", "CARD"}
    assert await _codes(world, order=order, reward={"id": "rew_unknown"}) == ["OFF"]


async def test_it_writes_nothing(world: World) -> None:
    await world.voucher("A")
    count = len(world.ledger.records)
    assert await _codes(world, customer={"source_id": "new", "name": "N"}) == ["A"]
    empty = await world.http.post(PATH, content=b"", headers=SERVER)
    assert empty.json()["tracking_id"].startswith("track_")
    assert len(world.ledger.records) == count


@pytest.mark.parametrize(
    ("query", "body", "error"),
    [
        ("?limit=51", {}, (400, "invalid_query_params")),
        ("?order=name", {}, (400, "invalid_query_params")),
        ("?audienceRulesOnly=x", {}, (400, "invalid_query_params")),
        ("?page=0", {}, (400, "invalid_query_params")),
        ("", {"order": {"amount": -1}}, (400, "invalid_payload")),
        ("", {"customer": {"id": "cust_unknown"}}, (404, "not_found")),
        ("", [1], (400, "invalid_payload")),
    ],
)
async def test_it_refuses_what_it_cannot_read(
    world: World, query: str, body: Any, error: tuple[int, str]
) -> None:
    assert refused(await world.call("POST", PATH + query, body)) == error
