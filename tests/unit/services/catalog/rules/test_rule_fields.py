"""What rules can be about, over HTTP."""

from tests.unit.services.world import CLIENT, World


async def test_fields_and_operators_are_told(world: World) -> None:
    body = (await world.call("GET", "/v1/validation-rules/fields")).json()
    fields = {each["name"]: each for each in body["fields"]}
    assert fields["order.amount"] == {
        "name": "order.amount",
        "label": "Order amount before discounts",
        "group": "order",
        "kind": "money",
        "about": "request",
        "needs_property": False,
        "needs": None,
        "conditions_optional": False,
    }
    more_than = {"name": "$more_than", "label": "is more than", "takes": "one", "value": "money"}
    assert more_than in body["kinds"]["money"]["operators"]
    assert body["limits"]["rules"] == 200


async def test_fields_are_for_servers(world: World) -> None:
    response = await world.call("GET", "/v1/validation-rules/fields", headers=CLIENT)
    assert response.status_code == 403
