"""Validation rules over HTTP: what bodies may say, what answers show, and what is refused by name."""

from typing import Any

import pytest

from schemas.rules import PRODUCT_LIMITS
from tests.contract.shapes import assert_shape
from tests.unit.services.world import OTHER, World, asked

RULES: dict[str, Any] = {"1": {"name": "order.amount", "conditions": {"$more_than": [5000]}}}
OFF = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 100}}


async def create(world: World, **more: Any) -> dict[str, Any]:
    """Creates a set of rules."""
    response = await world.call("POST", "/v1/validation-rules", {"name": "Large orders"} | more)
    assert response.status_code == 200, response.text
    body = dict(response.json())
    assert_shape(body, "ValidationRulesCreateResponseBody")
    return body


async def refused(world: World, method: str, path: str, body: Any = None) -> tuple[int, str, str]:
    """Status, key and details of an error."""
    response = await world.call(method, path, body)
    error = response.json()
    assert response.status_code == error["code"]
    return response.status_code, error["key"], error["details"]


async def test_a_set_has_its_defaults_and_its_logic(world: World) -> None:
    body = await create(world, rules=RULES)
    assert body.pop("id").startswith("val_")
    assert body.pop("created_at").endswith("Z")
    assert body == {
        "name": "Large orders",
        "rules": RULES | {"logic": "1"},
        "type": "expression",
        "context_type": "global",
        "applicable_to": None,
        "object": "validation_rules",
    }


async def test_items_are_shown_with_what_they_leave_open(world: World) -> None:
    entry = {"object": "product", "id": "prod_1", "price": 500.0, "price_formula": 5}
    body = await create(
        world,
        applicable_to={"included": [entry | {"order_item_indices": [0]}], "included_all": None},
    )
    assert body["applicable_to"]["included"] == [
        {
            "object": "product",
            "id": "prod_1",
            "price": 500,
            "price_formula": 5,
            "strict": False,
            "effect": "APPLY_TO_EVERY",
            "repeat": 1,
            "skip_initially": 0,
            "target": "ITEM",
        }
    ]


async def test_limits_of_products_are_kept_shown_and_hold(world: World) -> None:
    limits: dict[str, Any] = {name: number for number, name in enumerate(PRODUCT_LIMITS, 2)}
    formulas = {f"{name}_formula": f"{number} + 1" for name, number in limits.items()}
    entry = {"object": "product", "id": "prod_1"} | limits | formulas
    made = await create(world, applicable_to={"included": [entry]})
    [shown] = made["applicable_to"]["included"]
    assert {name: shown[name] for name in entry} == entry
    only = {"object": "product", "id": "prod_1", "product_campaign_quantity_limit": 2}
    path = f"/v1/validation-rules/{made['id']}"
    await world.call("PUT", path, {"applicable_to": {"included": [only]}})
    await world.voucher("TWO", validation_rules=[made["id"]])
    line = {"product_id": "prod_1", "quantity": 3, "price": 1000}
    body = asked("TWO") | {"order": {"items": [line]}}
    redeemed = await world.call("POST", "/v1/redemptions", body)
    assert redeemed.json()["order"]["total_applied_discount_amount"] == 200
    failed = (await world.call("POST", "/v1/validations", body)).json()
    [result] = failed["inapplicable_redeemables"]
    assert result["result"]["error"]["key"] == "order_rules_violated"
    [told] = result["result"]["error"]["explanation"]["violations"]
    assert told["conditions"] == {"product_campaign_quantity_limit": 2}
    assert told["value"] == {"object": "product", "id": "prod_1", "used": 2}


async def test_names_of_older_clients_are_kept(world: World) -> None:
    rules = {"1": {"name": "customer_metadata", "property": "a", "conditions": {"$is": ["b"]}}}
    assert (await create(world, rules=rules))["rules"] == rules | {"logic": "1"}


async def test_a_set_is_changed_as_named_and_cleared_by_what_is_empty(world: World) -> None:
    bundle = {
        "1": {
            "name": "order.items.any",
            "conditions": {"$is": [{"id": "p", "type": "product_or_sku", "object": "product"}]},
        }
    }
    error = {"message": "Spend more"}
    made = await create(world, rules=RULES, error=error, bundle_rules=bundle)
    assert (made["error"], made["bundle_rules"]) == (error, bundle)
    path = f"/v1/validation-rules/{made['id']}"
    changes: dict[str, Any] = {"name": "Any order", "rules": {}, "error": {}, "bundle_rules": {}}
    response = await world.call("PUT", path, changes)
    assert_shape(response.json(), "ValidationRulesUpdateResponseBody")
    changed = response.json()
    assert changed.pop("updated_at")
    del made["error"], made["bundle_rules"]
    assert changed == made | {"name": "Any order", "rules": {}}
    assert (await world.call("GET", path)).json() == response.json()
    nothing = {"rules": None, "error": None, "applicable_to": None, "bundle_rules": None}
    same = (await world.call("PUT", path, nothing)).json()
    assert same | {"updated_at": ""} == response.json() | {"updated_at": ""}


@pytest.mark.parametrize(
    ("body", "key", "details"),
    [
        ({}, "invalid_payload", "name"),
        ({"name": "A", "rules": [1]}, "invalid_payload", "rules"),
        ({"name": "A", "type": "simple"}, "invalid_payload", "type"),
        ({"name": "A", "context_type": "everything"}, "invalid_payload", "context_type"),
        (
            {"name": "A", "applicable_to": {"included": [{"object": "product"}]}},
            "invalid_payload",
            "id",
        ),
        (
            {
                "name": "A",
                "applicable_to": {"included": [{"object": "product", "id": "p", "strict": True}]},
            },
            "invalid_payload",
            "`.applicable_to.included[0].strict` is not valid: can only be false",
        ),
        (
            {"name": "A", "rules": {"1": {"name": "x"}}},
            "invalid_validation_rules",
            "Property `.rules.1.name` 'x' is not the name of a rule",
        ),
    ],
)
async def test_what_is_wrong_with_a_body_is_named(
    world: World, body: dict[str, Any], key: str, details: str
) -> None:
    status, found, told = await refused(world, "POST", "/v1/validation-rules", body)
    assert (status, found) == (400, key)
    assert details in told


async def test_a_set_is_assigned_once_and_unassigned(world: World) -> None:
    await world.call("POST", "/v1/vouchers/TEN", OFF)
    made = await create(world, rules=RULES)
    path = f"/v1/validation-rules/{made['id']}"
    asked = {"related_object_id": "TEN"}
    response = await world.call("POST", f"{path}/assignments?force=true", asked)
    assignment = response.json()
    assert_shape(assignment, "ValidationRulesAssignmentsCreateResponseBody")
    shown = (await world.call("GET", "/v1/vouchers/TEN")).json()["validation_rules_assignments"]
    assert shown == {"object": "list", "data_ref": "data", "data": [assignment], "total": 1}
    assert (await world.call("GET", path)).json()["assignments_count"] == 1
    assert await refused(world, "POST", f"{path}/assignments", asked) == (
        409,
        "duplicate_found",
        f"Duplicated validation_rules_assignment exists with id {assignment['id']}",
    )
    one = f"{path}/assignments/{assignment['id']}"
    assert (await world.call("DELETE", one)).status_code == 204
    assert (await refused(world, "DELETE", one))[:2] == (404, "not_found")
    shown = (await world.call("GET", "/v1/vouchers/TEN")).json()["validation_rules_assignments"]
    assert shown["data"] == []


async def test_a_deleted_set_is_not_found(world: World) -> None:
    path = f"/v1/validation-rules/{(await create(world))['id']}"
    assert (await world.call("DELETE", path)).status_code == 204
    for method, body in (("GET", None), ("PUT", {"name": "A"}), ("DELETE", None)):
        assert (await refused(world, method, path, body))[:2] == (404, "not_found")


async def test_a_set_of_another_project_is_not_found(world: World) -> None:
    path = f"/v1/validation-rules/{(await create(world))['id']}"
    assert (await world.call("GET", path, headers=OTHER)).status_code == 404


async def test_vouchers_and_campaigns_are_created_bound(world: World) -> None:
    rule_id = (await create(world, rules=RULES))["id"]
    bound = {"validation_rules": [rule_id]}
    made = (await world.call("POST", "/v1/vouchers/TEN", OFF | bound)).json()
    assert_shape(made, "VouchersCreateResponseBody")
    (own,) = made["validation_rules_assignments"]["data"]
    assert (own["rule_id"], own["related_object_id"]) == (rule_id, made["id"])
    terms = {"name": "Spring", "voucher": OFF} | bound
    campaign = (await world.call("POST", "/v1/campaigns", terms)).json()
    (shown,) = campaign["validation_rules_assignments"]["data"]
    assert (shown["related_object_type"], shown["related_object_id"]) == (
        "campaign",
        campaign["id"],
    )
    added = (await world.call("POST", "/v1/campaigns/Spring/vouchers/MAY")).json()
    assert added["validation_rules_assignments"]["data"] == [shown]
    for path in ("/v1/vouchers/MAY", "/v1/campaigns/Spring"):
        found = (await world.call("GET", path)).json()
        assert found["validation_rules_assignments"]["data"] == [shown]
    for path in ("/v1/vouchers", "/v1/vouchers/JUNE"):
        one = (await world.call("POST", path, {"campaign": "Spring"} | bound)).json()
        shown_of_one = one["validation_rules_assignments"]["data"]
        assert {each["related_object_id"] for each in shown_of_one} == {one["id"], campaign["id"]}
    unknown = {"campaign": "Spring", "validation_rules": ["val_none"]}
    assert (await world.call("POST", "/v1/vouchers", unknown)).status_code == 404


async def test_an_unknown_set_binds_nothing(world: World) -> None:
    asked = OFF | {"validation_rules": ["val_0"]}
    assert (await refused(world, "POST", "/v1/vouchers/TEN", asked))[:2] == (404, "not_found")
    terms = {"name": "Spring", "voucher": OFF, "validation_rules": ["val_0"]}
    assert (await refused(world, "POST", "/v1/campaigns", terms))[:2] == (404, "not_found")
