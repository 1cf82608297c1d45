"""Promotions over HTTP: what bodies may say, what they get, and the older endpoints."""

from typing import Any

import pytest

from schemas.promotions import CreateTier
from tests.contract.shapes import assert_shape
from tests.unit.services.world import CLIENT, OTHER, World

OFF: dict[str, Any] = {"discount": {"type": "AMOUNT", "amount_off": 100}}
ABOVE = {
    "name": "Above",
    "rules": {"1": {"name": "order.amount", "conditions": {"$more_than": [500]}}, "logic": "1"},
}


async def ok(world: World, method: str, path: str, body: Any = None, **more: Any) -> Any:
    """The body of an answer that is good."""
    response = await world.call(method, path, body, **more)
    assert response.status_code in (200, 204), response.text
    return response.json() if response.content else None


async def promotion(world: World, *tiers: Any, name: str = "Sale", **more: Any) -> Any:
    """A promotion; a tier may be its name alone: 1.00 off the order."""
    asked = [{"name": each, "action": OFF} if isinstance(each, str) else each for each in tiers]
    body = {"name": name, "campaign_type": "PROMOTION", "promotion": {"tiers": asked}} | more
    made = await ok(world, "POST", "/v1/campaigns", body)
    assert_shape(made, "CampaignsCreateResponseBody")
    return made


def ids(campaign: Any) -> list[str]:
    """The ids of a promotion's tiers."""
    return [each["id"] for each in campaign["promotion"]["tiers"]]


async def test_a_promotion_is_a_campaign_without_vouchers(world: World) -> None:
    made = await promotion(world, "A", "B")
    assert "voucher" not in made
    assert made["campaign_type"] == "PROMOTION"
    assert made["use_voucher_metadata_schema"] is False
    listed = made["promotion"]
    assert {name: listed[name] for name in listed if name != "tiers"} == {
        "object": "list",
        "data_ref": "tiers",
        "total": 2,
        "has_more": False,
    }
    assert [(each["name"], each["hierarchy"]) for each in listed["tiers"]] == [("A", 1), ("B", 2)]
    assert (await ok(world, "GET", "/v1/campaigns/Sale")) == made
    changed = await ok(world, "PUT", "/v1/campaigns/Sale", {"description": "d"})
    assert changed["promotion"] == made["promotion"]
    assert (await promotion(world, name="Empty"))["promotion"]["tiers"] == []


async def test_a_tier_says_what_it_was_given(world: World) -> None:
    rule = await ok(world, "POST", "/v1/validation-rules", ABOVE)
    category = await ok(world, "POST", "/v1/categories", {"name": "First", "hierarchy": 1})
    said = {
        "name": "A",
        "banner": "Hurry",
        "action": {"discount": {"type": "PERCENT", "percent_off": 10, "amount_limit": 500}},
        "metadata": {"season": "spring"},
        "hierarchy": 3,
        "active": False,
        "start_date": "2023-11-01T00:00:00.000Z",
        "expiration_date": "2030-11-01T00:00:00.000Z",
        "validity_timeframe": {"interval": "P2D", "duration": "P1D"},
        "validity_day_of_week": [1, 2],
        "validity_hours": {
            "daily": [{"start_time": "10:00", "expiration_time": "23:59", "days_of_week": [2]}]
        },
    }
    made = await promotion(world, said | {"validation_rules": [rule["id"]], "category": "First"})
    [tier] = made["promotion"]["tiers"]
    assert_shape(tier, "PromotionsTiersGetResponseBody")
    assert {name: tier[name] for name in said} == said
    assert tier["summary"] == {
        "redemptions": {"total_redeemed": 0},
        "orders": {"total_amount": 0, "total_discount_amount": 0},
    }
    assert (tier["category_id"], tier["categories"][0]["name"]) == (category["id"], "First")
    assert tier["validation_rule_assignments"]["data"][0]["rule_id"] == rule["id"]
    assert tier.pop("promotion_id") == tier["campaign_id"] == made["id"]
    path = f"/v1/promotions/tiers/{tier['id']}"
    assert await ok(world, "GET", path) == tier
    again = {"validation_rule_assignments": tier["validation_rule_assignments"], "banner": "New"}
    changed = await ok(world, "PUT", path, again)
    assert_shape(changed, "PromotionsTiersUpdateResponseBody")
    assert changed["validation_rule_assignments"] == tier["validation_rule_assignments"]
    none: dict[str, Any] = {"validation_rules": [], "category_id": None, "expiration_date": None}
    cleared = await ok(world, "PUT", path, none)
    assert not {"validation_rule_assignments", "expiration_date"} & cleared.keys()
    assert cleared["category_id"] is None


async def test_tiers_are_added_moved_switched_and_deleted(world: World) -> None:
    made = await promotion(world, "A", "B")
    new = {"name": "C", "action": OFF, "hierarchy": 1}
    tier = await ok(world, "POST", "/v1/promotions/Sale/tiers", new)
    assert_shape(tier, "PromotionsTiersCreateResponseBody")
    path = f"/v1/promotions/tiers/{tier['id']}"

    async def names(query: str = "") -> tuple[list[str], int, bool]:
        listed = await ok(world, "GET", f"/v1/promotions/{made['id']}/tiers{query}")
        assert_shape(listed, "PromotionsTiersListResponseBody")
        found = [each["name"] for each in listed["tiers"]]
        return found, listed["total"], listed["has_more"]

    assert await names() == (["C", "A", "B"], 3, False)
    assert await names("?limit=2") == (["C", "A"], 3, True)
    assert await names("?limit=2&page=2") == (["B"], 3, False)
    await ok(world, "PUT", path, {"hierarchy": 3, "name": "Z"})
    assert await names() == (["A", "B", "Z"], 3, False)
    assert (await ok(world, "POST", f"{path}/disable"))["active"] is False
    assert (await ok(world, "POST", f"{path}/enable"))["active"] is True
    assert await ok(world, "DELETE", path) is None
    assert await names() == (["A", "B"], 2, False)
    for method, suffix in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/enable")):
        response = await world.call(method, path + suffix, {} if method == "PUT" else None)
        assert (response.status_code, response.json()["resource_type"]) == (404, "promotion_tier")


async def test_stacks_are_made_changed_listed_and_deleted(world: World) -> None:
    made = await promotion(world, "A", "B")
    first, second = ids(made)
    path = "/v1/promotions/Sale/stacks"
    stack = await ok(world, "POST", path, {"name": "S", "tiers": {"ids": [second, first]}})
    assert_shape(stack, "PromotionsStacksCreateResponseBody")
    assert stack["tiers"] == {"ids": [second, first]}
    assert (stack["category_id"], stack["categories"]) == (None, [])
    category = await ok(world, "POST", "/v1/categories", {"name": "First", "hierarchy": 1})
    changes = {"name": "T", "tiers": {"ids": [first]}, "category_id": category["id"]}
    changed = await ok(world, "PUT", f"{path}/{stack['id']}", changes)
    assert (changed["name"], changed["tiers"]["ids"]) == ("T", [first])
    assert changed["categories"][0]["name"] == "First"
    found = await ok(world, "GET", f"{path}/{stack['id']}")
    assert found == changed
    assert_shape(found, "PromotionsStacksGetResponseBody")
    world.ledger.now += 1
    more = await ok(world, "POST", path, {"name": "U", "tiers": {"ids": [first]}})
    listed = await ok(world, "GET", path)
    assert_shape(listed, "PromotionsStacksListResponseBody")
    assert [each["id"] for each in listed["data"]] == [more["id"], stack["id"]]
    assert (await ok(world, "GET", f"{path}?limit=1&page=2"))["data"] == [changed]
    assert await ok(world, "DELETE", f"{path}/{stack['id']}") is None
    gone = await world.call("GET", f"{path}/{stack['id']}")
    assert (gone.status_code, gone.json()["resource_type"]) == (404, "promotion_stack")
    cleared = await ok(world, "PUT", f"{path}/{more['id']}", {"category_id": None})
    assert cleared["category_id"] is None


BAD: list[tuple[str, str, Any, int, str]] = [
    ("POST", "Sale/tiers", {"action": OFF}, 400, ".name"),
    ("POST", "Sale/tiers", {"name": "A", "action": {"discount": 5}}, 400, ".action.discount"),
    ("POST", "Sale/tiers", {"name": "A", "action": OFF, "hierarchy": 0}, 400, ".hierarchy"),
    ("POST", "Sale/tiers", {"name": "A", "action": OFF, "category": "x"}, 404, "category"),
    ("POST", "Sale/tiers", {"name": "A", "action": OFF, "validation_rules": ["x"]}, 404, "x"),
    ("POST", "None/tiers", {"name": "A", "action": OFF}, 404, "campaign"),
    ("GET", "None/tiers", None, 404, "campaign"),
    ("GET", "Sale/tiers?order=name", None, 400, "order"),
    ("GET", "None/stacks", None, 404, "campaign"),
    ("POST", "Sale/stacks", {"name": "S", "tiers": {"ids": []}}, 400, ".tiers.ids"),
    ("POST", "Sale/stacks", {"name": "S", "tiers": {"ids": ["x"]}}, 404, "promotion_tier"),
    ("POST", "Sale/stacks", {"name": "S"}, 400, ".tiers"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "named"), BAD)
async def test_what_makes_no_sense_is_refused_by_name(
    world: World, method: str, path: str, body: Any, status: int, named: str
) -> None:
    await promotion(world, "A")
    response = await world.call(method, f"/v1/promotions/{path}", body)
    assert response.status_code == status, response.text
    assert named in response.json()["details"]


async def test_promotions_are_their_projects_own(world: World) -> None:
    made = await promotion(world, "A")
    [tier] = ids(made)
    for path in (f"tiers/{tier}", "Sale/tiers", f"{made['id']}/stacks"):
        response = await world.call("GET", f"/v1/promotions/{path}", headers=OTHER)
        assert response.status_code == 404
    body = {"redeemables": [{"object": "promotion_tier", "id": tier}], "order": {"amount": 500}}
    other = await ok(world, "POST", "/v1/validations", body, headers=OTHER)
    assert other["redeemables"][0]["result"]["error"]["key"] == "not_found"


async def test_a_tier_is_redeemed_by_servers_and_browsers_and_taken_back(world: World) -> None:
    made = await promotion(world, "A", "B")
    first, second = ids(made)
    path = "/v1/promotions/Sale/stacks"
    stack = await ok(world, "POST", path, {"name": "S", "tiers": {"ids": [first, second]}})
    for asked, taken in (
        ({"object": "promotion_tier", "id": first}, 100),
        ({"object": "promotion_stack", "id": stack["id"]}, 200),
    ):
        body = {"redeemables": [asked], "order": {"amount": 1000}}
        for prefix, headers in (("/v1", {}), ("/client/v1", {"headers": CLIENT})):
            valid = await ok(world, "POST", f"{prefix}/validations", body, **headers)
            client = "Client" if headers else ""
            assert_shape(valid, f"{client}ValidationsValidateResponseBody")
            assert valid["order"]["total_applied_discount_amount"] == taken
            done = await ok(world, "POST", f"{prefix}/redemptions", body, **headers)
            assert_shape(done, f"{client}RedemptionsRedeemResponseBody")
            assert done["order"]["total_discount_amount"] == taken
            assert {each["related_object_type"] for each in done["redemptions"]} == {
                "promotion_tier"
            }
            top = done.get("parent_redemption", done["redemptions"][0])["id"]
            await ok(world, "POST", f"/v1/redemptions/{top}/rollbacks", {})
    summary = (await ok(world, "GET", f"/v1/promotions/tiers/{first}"))["summary"]
    assert summary["redemptions"]["total_redeemed"] == 0
    both = {"object": "promotion_stack", "id": stack["id"]}
    body = {"redeemables": [both, {"object": "promotion_tier", "id": first}]}
    mixed = await world.call("POST", "/v1/validations", body)
    assert (mixed.status_code, mixed.json()["key"]) == (400, "invalid_redeemables")
    tried = await world.call("POST", "/v1/redemptions", body)
    assert (tried.status_code, tried.json()["key"]) == (400, "invalid_redeemables")
    assert tried.json()["explanation"]["rule"] == "promotion_stack_alone"


@pytest.mark.parametrize("session", [None, {"type": "LOCK"}])
async def test_expanded_redeemables_have_names(world: World, session: Any) -> None:
    made = await promotion(world, {"name": "A", "action": OFF, "banner": "Hurry"})
    body = {
        "redeemables": [{"object": "promotion_tier", "id": ids(made)[0]}],
        "options": {"expand": ["redeemable", "category"]},
        "session": session,
    }
    [shown] = (await ok(world, "POST", "/v1/validations", body))["redeemables"]
    assert (shown["name"], shown["campaign_name"]) == ("A", "Sale")
    assert shown["campaign_id"] == made["id"]
    plain = await ok(world, "POST", "/v1/validations", body | {"options": None})
    assert "campaign_name" not in plain["redeemables"][0]


async def test_the_older_redemption_of_a_tier(world: World) -> None:
    made = await promotion(world, "A")
    path = f"/v1/promotions/tiers/{ids(made)[0]}"
    body = {"order": {"amount": 1000}, "customer": {"source_id": "ann"}, "metadata": {"k": 1}}
    done = await ok(world, "POST", f"{path}/redemption", body)
    assert_shape(done, "Redemption")
    assert (done["related_object_type"], done["order"]["total_amount"]) == ("promotion_tier", 900)
    assert done["promotion_tier"]["name"] == "A"
    await ok(world, "POST", f"{path}/disable")
    failed = await world.call("POST", f"{path}/redemption", {})
    assert (failed.status_code, failed.json()["key"]) == (400, "promotion_inactive")
    assert failed.json()["resource_id"].startswith("rf_")
    unknown = await world.call("POST", "/v1/promotions/tiers/promo_9/redemption", {})
    assert (unknown.status_code, unknown.json()["resource_type"]) == (404, "promotion_tier")


@pytest.mark.parametrize("session", [{}, {"session": {"type": "LOCK"}}])
async def test_the_older_validation_of_a_tier(world: World, session: Any) -> None:
    made = await promotion(world, "A")
    tier = ids(made)[0]
    path = f"/v1/promotions/tiers/{tier}/validation"
    shown = await ok(world, "POST", path, {"order": {"amount": 1000}} | session)
    assert (shown["valid"], shown["id"], shown["name"], shown["hierarchy"]) == (True, tier, "A", 1)
    assert shown["discount"]["effect"] == "APPLY_TO_ORDER"
    assert (shown["discount_amount"], shown["applied_discount_amount"]) == (100, 100)
    assert shown["order"]["total_amount"] == 900
    assert shown["campaign"] == {
        "id": made["id"],
        "active": True,
        "categories": [],
        "object": "campaign",
    }
    assert ("session" in shown) == bool(session)
    await ok(world, "POST", f"/v1/promotions/tiers/{tier}/disable")
    refused = await ok(world, "POST", path, session)
    assert (refused["valid"], refused["error"]["key"]) == (False, "promotion_inactive")
    assert refused["reason"] == "Inactive Promotion" and refused["name"] == "A"
    unknown = await ok(world, "POST", "/v1/promotions/tiers/promo_9/validation", session)
    assert (unknown["valid"], unknown["id"]) == (False, "promo_9")
    assert unknown["error"]["key"] == "not_found"


async def test_all_tiers_that_apply_are_given_by_hierarchy(world: World) -> None:
    rule = await ok(world, "POST", "/v1/validation-rules", ABOVE)
    high = {"name": "High", "action": OFF, "validation_rules": [rule["id"]]}
    made = await promotion(world, high, {"name": "B", "action": OFF, "metadata": {"k": "v"}})
    other = await promotion(world, "X", name="Other")

    async def applying(amount: int, query: str = "") -> list[str]:
        body = {"order": {"amount": amount}, "customer": {"source_id": "ann"}}
        shown = await ok(world, "POST", f"/v1/promotions/validation{query}", body)
        assert shown["valid"] is bool(shown["promotions"])
        assert shown["tracking_id"].startswith("track_")
        assert all(each["order"]["total_amount"] == amount - 100 for each in shown["promotions"])
        return [each["name"] for each in shown["promotions"]]

    assert sorted(await applying(1000)) == ["B", "High", "X"]
    assert (await applying(1000))[-1] == "B"
    assert sorted(await applying(400)) == ["B", "X"]
    named = f"?filters[promotion_id][conditions][$is]={other['id']}"
    assert await applying(1000, named) == ["X"]
    assert await applying(1000, "?filters[metadata.k][conditions][$is]=v") == ["B"]
    either = f"{named}&filters[metadata.k][conditions][$has_value]&filters[junction]=or"
    assert await applying(400, either) == ["X", "B"]
    await ok(world, "POST", "/v1/campaigns/Other/disable")
    assert await applying(1000, "?audienceRulesOnly=false") == ["High", "B"]
    for query in ("?filters[name][conditions][$is]=x", "?filters[promotion_id][conditions][$a]=x"):
        response = await world.call("POST", f"/v1/promotions/validation{query}", {})
        assert (response.status_code, response.json()["key"]) == (400, "invalid_query_params")
    await world.observations.drain()
    assert [each["valid"] for each in world.topic.entries] == [True] * 7
    assert made["id"] in world.topic.entries[0]["campaign_ids"]


async def test_tiers_may_be_asked_for_by_their_audience_alone(world: World) -> None:
    rules = {
        "1": {"name": "customer.metadata", "property": "vip", "conditions": {"$is": ["yes"]}},
        "2": {"name": "order.amount", "conditions": {"$more_than": [500]}},
    }
    rule = await ok(world, "POST", "/v1/validation-rules", {"name": "R", "rules": rules})
    await promotion(world, {"name": "A", "action": OFF, "validation_rules": [rule["id"]]})
    for source_id, vip, query, applies in (
        ("ann", "yes", "", False),
        ("ann", "yes", "?audienceRulesOnly=true", True),
        ("bob", "no", "?audienceRulesOnly=true", False),
    ):
        body = {
            "order": {"amount": 400},
            "customer": {"source_id": source_id, "metadata": {"vip": vip}},
        }
        shown = await ok(world, "POST", f"/v1/promotions/validation{query}", body)
        assert shown["valid"] is applies


async def test_an_idempotent_tier_is_created_once(world: World) -> None:
    await promotion(world)
    headers = {"X-App-Id": "app", "X-App-Token": "t-app", "Idempotency-Key": "k"}
    new = {"name": "A", "action": OFF}
    first = await ok(world, "POST", "/v1/promotions/Sale/tiers", new, headers=headers)
    again = await ok(world, "POST", "/v1/promotions/Sale/tiers", new, headers=headers)
    assert first == again
    assert isinstance(world.ledger.commands[-1].body, CreateTier)
    assert (await ok(world, "GET", "/v1/promotions/Sale/tiers"))["total"] == 1
