"""Tiers of a promotion put in an order over HTTP."""

from typing import Any

from tests.unit.services.world import World

OFF: dict[str, Any] = {"discount": {"type": "AMOUNT", "amount_off": 100}}


async def test_tiers_are_put_in_an_order_by_one_record(world: World) -> None:
    tiers = [{"name": name, "action": OFF} for name in "ABC"]
    sale = {"name": "Sale", "campaign_type": "PROMOTION", "promotion": {"tiers": tiers}}
    made = (await world.call("POST", "/v1/campaigns", sale)).json()
    ids = [each["id"] for each in made["promotion"]["tiers"]]
    before = len(world.ledger.records)
    path = f"/v1/promotions/{made['id']}/tiers"
    body = (await world.call("PUT", f"{path}/order", {"ids": ids[::-1]})).json()
    assert [(each["id"], each["hierarchy"]) for each in body["data"]] == [
        (each, n) for n, each in enumerate(ids[::-1], 1)
    ]
    assert len(world.ledger.records) == before + 1
    listed = (await world.call("GET", path)).json()
    assert [each["name"] for each in listed["tiers"]] == ["C", "B", "A"]
