"""What an entry of `applicable_to` makes of a discount, from the rule to what is to pay."""

from typing import Any

import pytest

from tests.unit.services.world import World


async def bound(world: World, discount: dict[str, Any], *entries: dict[str, Any]) -> str:
    """A voucher whose discount is for what these entries say."""
    voucher = await world.voucher("A", discount=discount)
    rule = await world.call(
        "POST",
        "/v1/validation-rules",
        {"name": "R", "applicable_to": {"included": list(entries)}},
    )
    assert rule.status_code == 200, rule.text
    assigned = await world.call(
        "POST",
        f"/v1/validation-rules/{rule.json()['id']}/assignments",
        {"related_object_id": voucher["id"], "related_object_type": "voucher"},
    )
    assert assigned.status_code == 200, assigned.text
    return str(rule.json()["id"])


def line(product: str, quantity: int, price: int, **more: Any) -> dict[str, Any]:
    return {"product_id": product, "quantity": quantity, "price": price, **more}


async def redeemed(world: World, *lines: dict[str, Any]) -> dict[str, Any]:
    """The order after the voucher, which a validation foretells."""
    body = {"redeemables": [{"object": "voucher", "id": "A"}], "order": {"items": list(lines)}}
    foretold = await world.call("POST", "/v1/validations", body)
    answer = await world.call("POST", "/v1/redemptions", body)
    assert answer.status_code == 200, answer.text
    order = answer.json()["order"]
    assert foretold.json()["order"]["total_amount"] == order["total_amount"]
    return dict(order)


HALF = {"type": "PERCENT", "percent_off": 50, "effect": "APPLY_TO_ITEMS"}


@pytest.mark.parametrize(
    ("effect", "off"),
    [
        ("APPLY_TO_CHEAPEST", 500),
        ("APPLY_TO_MOST_EXPENSIVE", 1500),
        ("APPLY_FROM_CHEAPEST", 5000),
        ("APPLY_TO_EVERY", 5000),
    ],
)
async def test_half_of_the_cheapest_unit_is_half_of_one_unit(
    world: World, effect: str, off: int
) -> None:
    entries = [{"object": "product", "id": "mug", "effect": effect, "target": "UNIT"}]
    await bound(world, HALF, *entries)
    order = await redeemed(world, line("mug", 4, 1000), line("mug", 2, 3000))
    assert order["total_discount_amount"] == off


@pytest.mark.parametrize(
    ("discount", "off"),
    [
        (HALF, 500),
        ({"type": "AMOUNT", "amount_off": 300, "effect": "APPLY_TO_ITEMS_BY_QUANTITY"}, 300),
        ({"type": "FIXED", "fixed_amount": 100, "effect": "APPLY_TO_ITEMS"}, 900),
    ],
)
async def test_one_unit_is_one_whatever_is_taken_of_it(
    world: World, discount: dict[str, Any], off: int
) -> None:
    entry = {"object": "product", "id": "mug", "effect": "APPLY_TO_CHEAPEST", "target": "UNIT"}
    await bound(world, discount, entry)
    order = await redeemed(world, line("mug", 4, 1000))
    assert order["total_discount_amount"] == off
