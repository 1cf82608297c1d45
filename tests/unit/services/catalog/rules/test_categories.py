"""Categories and stacking rules over HTTP."""

from typing import Any

import pytest

from tests.unit.services.world import MANAGEMENT, SERVER, World, asked

RULES = "/management/v1/projects/proj/stacking-rules"
EXPAND: dict[str, Any] = {"options": {"expand": ["category"]}}
LIMITS = {"applicable_redeemables_limit": 3, "redeemables_application_mode": "PARTIAL"}
DEFAULTS = {
    "exclusive_categories": [],
    "joint_categories": [],
    "redeemables_limit": 30,
    "applicable_redeemables_limit": 5,
    "applicable_redeemables_per_category_limit": 1,
    "applicable_redeemables_category_limits": {},
    "applicable_exclusive_redeemables_limit": 1,
    "applicable_exclusive_redeemables_per_category_limit": 1,
    "discount_calculation_mode": "DISCOUNTED_AMOUNT",
    "initial_amount_mode_categories": [],
    "discounted_amount_mode_categories": [],
    "redeemables_application_mode": "ALL",
    "redeemables_sorting_rule": "REQUESTED_ORDER",
    "redeemables_products_application_mode": "STACK",
    "redeemables_no_effect_rule": "REDEEM_ANYWAY",
    "no_effect_skip_categories": [],
    "no_effect_redeem_anyway_categories": [],
    "redeemables_rollback_order_mode": "WITH_ORDER",
}


async def created(world: World, path: str, body: Any, **more: Any) -> dict[str, Any]:
    response = await world.call("POST", path, body, **more)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def category(world: World, name: str, hierarchy: int = 1) -> str:
    made = await created(world, "/v1/categories", {"name": name, "hierarchy": hierarchy})
    return str(made["id"])


async def test_a_project_has_one_set_of_stacking_rules(world: World) -> None:
    empty = (await world.call("GET", RULES, headers=MANAGEMENT)).json()
    assert empty == {"object": "list", "data_ref": "data", "data": [], "total": 0}
    made = await created(world, RULES, LIMITS, headers=MANAGEMENT)
    rules_id, at = made.pop("id"), made.pop("created_at")
    assert rules_id.startswith("stk_")
    assert at
    assert made == DEFAULTS | LIMITS
    again = await world.call("POST", RULES, {}, headers=MANAGEMENT)
    assert (again.status_code, again.json()["key"]) == (409, "stacking_rules_exist")
    listed = (await world.call("GET", RULES, headers=MANAGEMENT)).json()
    assert [each["id"] for each in listed["data"]] == [rules_id]
    change = {
        "applicable_redeemables_per_category_limit": 2,
        # official clients send null for what they leave out
        "applicable_exclusive_redeemables_per_category_limit": None,
        "applicable_redeemables_limit": None,
    }
    changed = await world.call("PUT", f"{RULES}/{rules_id}", change, headers=MANAGEMENT)
    assert changed.json()["applicable_redeemables_per_category_limit"] == 2
    assert changed.json()["applicable_exclusive_redeemables_per_category_limit"] == 1
    assert changed.json()["applicable_redeemables_limit"] == 3
    assert changed.json()["updated_at"]
    found = await world.call("GET", f"{RULES}/{rules_id}", headers=MANAGEMENT)
    assert found.json() == changed.json()
    await world.voucher("A")
    checked = (await world.call("POST", "/v1/validations", asked("A"))).json()
    assert checked["stacking_rules"]["applicable_redeemables_limit"] == 3
    gone = await world.call("DELETE", f"{RULES}/{rules_id}", headers=MANAGEMENT)
    assert (gone.status_code, gone.content) == (204, b"")
    for method in ("GET", "PUT", "DELETE"):
        body: dict[str, Any] | None = {} if method == "PUT" else None
        missing = await world.call(method, f"{RULES}/{rules_id}", body, headers=MANAGEMENT)
        assert (missing.status_code, missing.json()["resource_type"]) == (404, "stacking_rules")
    assert (await created(world, RULES, {}, headers=MANAGEMENT))["redeemables_limit"] == 30


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"redeemables_limit": 31}, 400, "redeemables_limit"),
    ({"redeemables_limit": 0}, 400, "redeemables_limit"),
    ({"redeemables_limit": 3, "applicable_redeemables_limit": 4}, 400, "must not be above"),
    ({"joint_categories": ["cat_1"]}, 404, "cat_1"),
    ({"applicable_redeemables_category_limits": {"cat_1": 2}}, 404, "cat_1"),
    ({"redeemables_application_mode": "SOME"}, 400, "redeemables_application_mode"),
    ({"limit": 3}, 400, "limit"),
]


@pytest.mark.parametrize(("body", "status", "told"), WRONG)
async def test_what_stacking_rules_cannot_say(
    world: World, body: dict[str, Any], status: int, told: str
) -> None:
    refused = await world.call("POST", RULES, body, headers=MANAGEMENT)
    assert refused.status_code == status, refused.text
    assert told in refused.json()["details"]


async def test_stacking_rules_belong_to_projects_that_the_key_manages(world: World) -> None:
    elsewhere = RULES.replace("proj/", "nowhere/")
    assert (await world.call("GET", elsewhere, headers=MANAGEMENT)).status_code == 404
    assert (await world.call("POST", elsewhere, {}, headers=MANAGEMENT)).status_code == 404
    assert (await world.call("GET", RULES, headers=SERVER)).status_code == 403


async def test_a_category_is_exclusive_or_joint(world: World) -> None:
    one = await category(world, "one")
    both = {"exclusive_categories": [one], "joint_categories": [one]}
    refused = await world.call("POST", RULES, both, headers=MANAGEMENT)
    assert refused.status_code == 400
    assert one in refused.json()["details"]


async def test_categories_are_kept_changed_and_listed(world: World) -> None:
    made = await created(world, "/v1/categories", {"name": "Shoes", "hierarchy": 2})
    assert made.keys() == {"id", "name", "hierarchy", "created_at", "object"}
    assert (made["id"][:4], made["object"]) == ("cat_", "category")
    path = f"/v1/categories/{made['id']}"
    assert (await world.call("GET", path)).json() == made
    await category(world, "Hats")
    taken = await world.call("POST", "/v1/categories", {"name": "Hats", "hierarchy": 1})
    assert (taken.status_code, taken.json()["key"]) == (409, "duplicate_found")
    assert (await world.call("PUT", path, {"name": "Hats"})).status_code == 409
    changed = (await world.call("PUT", path, {"name": "Boots"})).json()
    assert (changed["name"], changed["hierarchy"]) == ("Boots", 2)
    assert changed["updated_at"]
    assert (await world.call("PUT", path, {"name": "Boots", "hierarchy": 0})).status_code == 200
    assert (await world.call("PUT", path, {})).status_code == 400
    for query, names in (
        ("", {"Boots", "Hats"}),
        ("?filters[name][conditions][$is]=Hats", {"Hats"}),
        ("?filters[name][conditions][$starts_with]=Bo", {"Boots"}),
        ("?filters[name][conditions][$not_in][0]=Hats", {"Boots"}),
        ("?limit=1&order=hierarchy", {"Boots"}),
        ("?limit=1&page=2&order=hierarchy", {"Hats"}),
        ("?filters[created_at][conditions][$after]=2000-01-01", {"Boots", "Hats"}),
        ("?filters[created_at][conditions][$before]=2000-01-01", set()),
    ):
        listed = (await world.call("GET", f"/v1/categories{query}")).json()
        assert {each["name"] for each in listed["data"]} == names, query
        assert listed["has_more"] is (query == "?limit=1&order=hierarchy")
    for query in ("?filters[size][conditions][$is]=1", "?filters[name][conditions][$x]=1", "?a=1"):
        assert (await world.call("GET", f"/v1/categories{query}")).status_code == 400
    await created(world, "/v1/categories", {"name": "Shoes", "hierarchy": 3})
    assert (await world.call("DELETE", path)).status_code == 204
    assert (await world.call("GET", path)).status_code == 404
    assert (await world.call("DELETE", path)).status_code == 404
    assert (await world.call("PUT", path, {"name": "X"})).status_code == 404


@pytest.mark.parametrize("body", [{}, {"name": "", "hierarchy": 1}, {"name": "A", "hierarchy": -1}])
async def test_a_category_has_a_name_and_a_rank(world: World, body: dict[str, Any]) -> None:
    assert (await world.call("POST", "/v1/categories", body)).status_code == 400


@pytest.mark.parametrize("member", ["category", "category_id"])
async def test_vouchers_are_in_a_category_by_name_or_id(world: World, member: str) -> None:
    one = await category(world, "one", 3)
    named = {"category": "one", "category_id": one}[member]
    made = await world.voucher("A", **{member: named})
    assert (made["category"], made["category_id"]) == ("one", one)
    assert [each["hierarchy"] for each in made["categories"]] == [3]
    assert (await world.call("GET", "/v1/vouchers/A")).json()["categories"] == made["categories"]
    checked = (await world.call("POST", "/v1/validations", asked("A", **EXPAND))).json()
    assert [each["id"] for each in checked["redeemables"][0]["categories"]] == [one]
    redeemed = (await world.call("POST", "/v1/redemptions", asked("A"))).json()
    assert redeemed["redemptions"][0]["voucher"]["category"] == "one"
    back = await world.call("POST", f"/v1/redemptions/{redeemed['redemptions'][0]['id']}/rollback")
    assert back.json()["voucher"]["category"] == "one"
    # a new name is shown at once
    await world.call("PUT", f"/v1/categories/{one}", {"name": "two"})
    assert (await world.call("GET", "/v1/vouchers/A")).json()["category"] == "two"
    await world.call("DELETE", f"/v1/categories/{one}")
    after = (await world.call("GET", "/v1/vouchers/A")).json()
    assert (after["category"], after["category_id"], after["categories"]) == (None, None, [])
    updated = await world.call("PUT", "/v1/vouchers/A", {"additional_info": "x"})
    assert updated.json()["category"] is None


async def test_a_voucher_changes_its_category(world: World) -> None:
    one, two = await category(world, "one"), await category(world, "two")
    await world.voucher("A", category_id=one)
    for change, shown in (
        ({"category": "two"}, two),
        ({"category_id": one}, one),
        ({"category": None}, None),
    ):
        changed = await world.call("PUT", "/v1/vouchers/A", change)
        assert changed.json()["category_id"] == shown
    for change in ({"category": "three"}, {"category_id": "cat_x"}):
        refused = await world.call("PUT", "/v1/vouchers/A", change)
        assert (refused.status_code, refused.json()["resource_type"]) == (404, "category")


async def test_campaigns_are_in_a_category(world: World) -> None:
    one, two = await category(world, "one", 2), await category(world, "two", 1)
    body = {
        "name": "C",
        "vouchers_count": 1,
        "category": "one",
        "voucher": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 5}},
    }
    made = await created(world, "/v1/campaigns", body)
    assert (made["category"], made["category_id"]) == ("one", one)
    assert [each["id"] for each in made["categories"]] == [one]
    voucher = await created(world, "/v1/campaigns/C/vouchers/V", {"category": "two"})
    assert voucher["category_id"] == two
    # its own category and its campaign's, by rank
    checked = (await world.call("POST", "/v1/validations", asked("V", **EXPAND))).json()
    assert [each["id"] for each in checked["redeemables"][0]["categories"]] == [two, one]
    changed = await world.call("PUT", "/v1/campaigns/C", {"category_id": two})
    assert changed.json()["category"] == "two"
    assert (await world.call("GET", "/v1/campaigns/C")).json()["category_id"] == two
    cleared = (await world.call("PUT", "/v1/campaigns/C", {"category_id": None})).json()
    assert (cleared["category_id"], cleared["categories"]) == (None, [])
    assert "category" not in cleared
    refused = await world.call("POST", "/v1/campaigns/C/vouchers/W", {"category": "none"})
    assert refused.status_code == 404


async def test_a_deleted_category_leaves_the_stacking_rules(world: World) -> None:
    one, two = await category(world, "one"), await category(world, "two")
    rules = {
        "exclusive_categories": [one],
        "joint_categories": [two],
        "applicable_redeemables_category_limits": {one: 2, two: 3},
    }
    made = await created(world, RULES, rules, headers=MANAGEMENT)
    assert (await world.call("DELETE", f"/v1/categories/{one}")).status_code == 204
    after = (await world.call("GET", f"{RULES}/{made['id']}", headers=MANAGEMENT)).json()
    assert after["exclusive_categories"] == []
    assert after["joint_categories"] == [two]
    assert after["applicable_redeemables_category_limits"] == {two: 3}


async def test_categories_are_put_in_an_order_by_one_record(world: World) -> None:
    ids = [await category(world, name, 5) for name in ("A", "B", "C")]
    before = len(world.ledger.records)
    wanted = [ids[2], ids[0], ids[1]]
    body = (await world.call("PUT", "/v1/categories/order", {"ids": wanted})).json()
    assert [(each["id"], each["hierarchy"]) for each in body["data"]] == [
        (each, n) for n, each in enumerate(wanted, 1)
    ]
    assert len(world.ledger.records) == before + 1
    listed = (await world.call("GET", "/v1/categories?order=hierarchy")).json()
    assert [each["id"] for each in listed["data"]] == wanted
