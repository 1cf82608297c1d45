"""Stacking rules that nobody saved, tried over HTTP."""

from typing import Any

import pytest

from tests.unit.services.world import MANAGEMENT, World

TRY = "/v1/stacking-rules/try"
CART = {"order": {"amount": 10_000}}


def named(*codes: str) -> list[dict[str, str]]:
    """Vouchers as a request asks for them."""
    return [{"object": "voucher", "id": each} for each in codes]


async def tried(world: World, rules: dict[str, Any], *codes: str) -> dict[str, Any]:
    """What a try of vouchers answers."""
    body = {"stacking_rules": rules, "redeemables": named(*codes), "cart": CART}
    response = await world.call("POST", TRY, body)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def test_a_request_is_decided_under_rules_that_are_not_saved(world: World) -> None:
    for code in ("A", "B", "C"):
        await world.voucher(code)
    before = len(world.ledger.records)
    body = await tried(world, {"applicable_redeemables_limit": 2}, "A", "B", "C")
    statuses = [each["status"] for each in body["redeemables"]]
    assert statuses == ["APPLICABLE", "APPLICABLE", "SKIPPED"]
    assert body["valid"] is True
    assert body["stacking_rules"]["applicable_redeemables_limit"] == 2
    assert "id" not in body
    assert len(world.ledger.records) == before
    assert world.topic.entries == []
    # what holds is what was saved
    asked = await world.call(
        "POST", "/v1/validations", CART | {"redeemables": named("A", "B", "C")}
    )
    assert [each["status"] for each in asked.json()["redeemables"]] == ["APPLICABLE"] * 3


async def test_what_is_not_named_has_its_default_and_not_what_is_saved(world: World) -> None:
    await world.voucher("A")
    path = "/management/v1/projects/proj/stacking-rules"
    await world.call("POST", path, {"redeemables_limit": 7}, headers=MANAGEMENT)
    body = await tried(world, {"redeemables_application_mode": "PARTIAL"}, "A", "NONE")
    assert body["stacking_rules"]["redeemables_limit"] == 30
    assert [each["id"] for each in body["redeemables"]] == ["A"]
    assert [each["id"] for each in body["inapplicable_redeemables"]] == ["NONE"]


async def test_categories_apply_as_the_rules_say(world: World) -> None:
    made = await world.call("POST", "/v1/categories", {"name": "Alone", "hierarchy": 1})
    alone = made.json()["id"]
    await world.voucher("A")
    await world.voucher("B", category_id=alone)
    body = await tried(world, {"exclusive_categories": [alone]}, "A", "B")
    assert [each["status"] for each in body["redeemables"]] == ["SKIPPED", "APPLICABLE"]


@pytest.mark.parametrize(
    ("body", "status", "key", "details"),
    [
        ({"stacking_rules": {"redeemables_limit": 31}}, 400, "invalid_payload", "redeemables_limit"),
        ({"stacking_rules": {"redeemables_limit": 2, "applicable_redeemables_limit": 3}}, 400, "invalid_payload", "applicable_redeemables_limit"),
        ({"stacking_rules": {"joint_categories": ["cat_x"]}}, 404, "not_found", "cat_x"),
        ({"redeemables": named("A", "A")}, 400, "duplicated_redeemables", ""),
        ({"redeemables": []}, 400, "invalid_payload", "redeemables"),
        ({"redeemables": [{"object": "voucher"}]}, 400, "invalid_payload", "redeemables[0]"),
        ({"stacking_rules": {"redeemables_limit": 1, "applicable_redeemables_limit": 1}, "redeemables": named("A", "B")}, 400, "invalid_redeemables", "At most 1"),
        ({"cart": {"order": {"id": "ord_x"}}}, 404, "not_found", "ord_x"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told(
    world: World, body: dict[str, Any], status: int, key: str, details: str
) -> None:
    await world.voucher("A")
    whole = {"stacking_rules": {}, "redeemables": named("A"), "cart": CART} | body
    response = await world.call("POST", TRY, whole)
    assert (response.status_code, response.json()["key"]) == (status, key)
    assert details in response.json().get("details", "")
