"""`POST /v1/qualifications`: what suits, as the API shows it."""

import asyncio
from typing import Any

import pytest

from engine.qualification import page
from services.validation import turns
from tests.contract.shapes import assert_shape
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.world import CLIENT, SERVER, World

PATH = "/v1/qualifications"
SALE = {
    "name": "Sale",
    "campaign_type": "DISCOUNT_COUPONS",
    "type": "AUTO_UPDATE",
    "metadata": {"a": 1},
    "voucher": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 300}},
}
TIER = {
    "name": "Ten",
    "banner": "10%",
    "action": {"discount": {"type": "PERCENT", "percent_off": 10}},
}
PROMOTION = {"name": "Promotion", "campaign_type": "PROMOTION", "promotion": {"tiers": [TIER]}}
EMPTY = {"customer_id": None, "referrer_id": None, "object": "order"}


async def _asked(world: World, **body: Any) -> dict[str, Any]:
    answer = await world.call("POST", PATH, body)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    assert_shape(shown, "QualificationsCheckEligibilityResponseBody")
    assert shown["redeemables"]["total"] == len(shown["redeemables"]["data"])
    return shown


async def _shop(world: World) -> tuple[str, str]:
    """A voucher, a campaign, and a promotion; the ids of the campaign and of the tier."""
    await world.voucher("A", metadata={"v": 1})
    world.ledger.now += 1000
    sale = await world.call("POST", "/v1/campaigns", SALE)
    world.ledger.now += 1000
    promotion = await world.call("POST", "/v1/campaigns", PROMOTION)
    assert promotion.status_code == 200, promotion.text
    return sale.json()["id"], promotion.json()["promotion"]["tiers"][0]["id"]


async def test_vouchers_campaigns_and_tiers_are_rows_the_newest_first(world: World) -> None:
    campaign_id, tier_id = await _shop(world)
    body = await _asked(world, order={"amount": 10_000})
    rows = body["redeemables"]["data"]
    kinds = [(each["object"], each["id"]) for each in rows]
    assert kinds == [("promotion_tier", tier_id), ("campaign", campaign_id), ("voucher", "A")]
    assert [each["order"]["total_amount"] for each in rows] == [9000, 9700, 9000]
    assert rows[0]["result"]["discount"]["percent_off"] == 10
    assert rows[1]["metadata"] == {"a": 1}
    assert rows[2]["metadata"] == {"v": 1}
    assert all("status" not in each and each["created_at"] for each in rows)
    assert body["redeemables"]["has_more"] is False
    assert "more_starting_after" not in body["redeemables"]
    assert body["order"] == EMPTY | {"amount": 10_000, "metadata": {}}
    assert body["stacking_rules"]["redeemables_limit"] == 30
    assert body["tracking_id"].startswith("track_")


async def test_an_empty_order_is_shown_as_one(world: World) -> None:
    await _shop(world)
    cases: list[dict[str, Any]] = [
        {},
        {"order": {}},
        {"order": None, "customer": {"source_id": "ann"}},
    ]
    for given in cases:
        body = await _asked(world, **given)
        assert len(body["redeemables"]["data"]) == 3
        assert [each["order"] for each in body["redeemables"]["data"]] == [EMPTY] * 3
        assert body["order"] == EMPTY


async def test_pages_follow_one_another(world: World) -> None:
    for n in range(7):
        await world.voucher(f"V{n}")
    found: list[str] = []
    options: dict[str, Any] = {"limit": 3}
    sizes = []
    while True:
        listed = (await _asked(world, options=options))["redeemables"]
        found += [each["id"] for each in listed["data"]]
        sizes.append(listed["total"])
        if not listed["has_more"]:
            break
        options["starting_after"] = listed["more_starting_after"]
    assert sizes == [3, 3, 1]
    assert sorted(found) == [f"V{n}" for n in range(7)]
    assert (await _asked(world))["redeemables"]["total"] == 5
    assert (await _asked(world, options={"limit": 100}))["redeemables"]["total"] == 7


async def test_more_is_shown_when_it_is_asked_for(world: World) -> None:
    campaign_id, tier_id = await _shop(world)
    rule = await world.call("POST", "/v1/validation-rules", {"name": "Any", "rules": {}})
    rule_id = rule.json()["id"]
    bound = {"related_object_id": tier_id, "related_object_type": "promotion_tier"}
    await world.call("POST", f"/v1/validation-rules/{rule_id}/assignments", bound)
    expand = ["redeemable", "category", "validation_rules"]
    body = await _asked(world, options={"expand": expand})
    tier, campaign, voucher = body["redeemables"]["data"]
    assert (tier["name"], tier["banner"], tier["campaign_name"]) == ("Ten", "10%", "Promotion")
    assert [each["rule_id"] for each in tier["validation_rules_assignments"]["data"]] == [rule_id]
    assert (campaign["name"], campaign["campaign_id"]) == ("Sale", campaign_id)
    assert "validation_rules_assignments" not in voucher
    plain = (await _asked(world))["redeemables"]["data"][0]
    assert plain.keys().isdisjoint({"name", "campaign_name", "validation_rules_assignments"})


async def test_an_assignment_says_which_of_its_rules_were_left_out(world: World) -> None:
    rules = {
        "1": {"name": "customer.metadata", "property": "vip", "conditions": {"$is": ["yes"]}},
        "2": {"name": "order.amount", "conditions": {"$more_than": [500]}},
    }
    rule = await world.call("POST", "/v1/validation-rules", {"name": "R", "rules": rules})
    await world.voucher("V", validation_rules=[rule.json()["id"]])
    known = {"source_id": "ann", "metadata": {"vip": "yes"}}
    options = {"expand": ["validation_rules"]}
    for scenario, status, left_out in (
        ("ALL", "VALID", []),
        ("AUDIENCE_ONLY", "PARTIALLY_VALID", ["order.amount"]),
    ):
        body = await _asked(
            world, scenario=scenario, customer=known, order={"amount": 600}, options=options
        )
        [row] = body["redeemables"]["data"]
        [shown] = row["validation_rules_assignments"]["data"]
        assert (shown["validation_status"], shown["validation_omitted_rules"]) == (
            status,
            left_out,
        )


async def test_a_customer_sees_what_it_holds_and_is_not_made_known(world: World) -> None:
    await _shop(world)
    published = await world.call(
        "POST", "/v1/publications", {"campaign": {"name": "Sale"}, "customer": {"source_id": "ann"}}
    )
    code = published.json()["voucher"]["code"]
    count = len(world.ledger.records)
    mine = await _asked(world, scenario="CUSTOMER_WALLET", customer={"source_id": "ann"})
    assert [each["id"] for each in mine["redeemables"]["data"]] == [code]
    others = await _asked(world, scenario="CUSTOMER_WALLET", customer={"source_id": "ben"})
    assert others["redeemables"]["data"] == []
    owned = {"holder_role": {"conditions": {"$is": ["OWNER"]}}}
    asked = {"customer": {"source_id": "ann"}, "options": {"filters": owned}}
    assert [e["id"] for e in (await _asked(world, **asked))["redeemables"]["data"]] == [code]
    assert len(world.ledger.records) == count


async def test_deals_are_sorted_by_what_they_take(world: World) -> None:
    await _shop(world)
    for rule, first in (("BEST_DEAL", 1000), ("LEAST_DEAL", 300)):
        body = await _asked(world, order={"amount": 10_000}, options={"sorting_rule": rule})
        took = [each["order"]["total_discount_amount"] for each in body["redeemables"]["data"]]
        assert took[0] == first
        assert took == sorted(took, reverse=rule == "BEST_DEAL")


async def test_a_stack_is_a_row_with_its_tiers(world: World) -> None:
    _, tier_id = await _shop(world)
    stack = {"name": "Stack", "tiers": {"ids": [tier_id]}}
    promotion = await world.call("GET", "/v1/campaigns/Promotion")
    path = f"/v1/promotions/{promotion.json()['id']}/stacks"
    made = await world.call("POST", path, stack)
    assert made.status_code == 200, made.text
    body = await _asked(world, scenario="PROMOTION_STACKS", order={"amount": 1000})
    [row] = body["redeemables"]["data"]
    assert (row["object"], row["id"]) == ("promotion_stack", made.json()["id"])
    assert row["order"]["total_amount"] == 900
    assert [each["id"] for each in row["redeemables"]] == [tier_id]


async def test_a_browser_may_ask_too(world: World) -> None:
    await world.voucher("A")
    answer = await world.call("POST", f"/client{PATH}", {}, CLIENT)
    assert answer.status_code == 200
    assert_shape(answer.json(), "ClientQualificationsCheckEligibilityResponseBody")
    assert [each["id"] for each in answer.json()["redeemables"]["data"]] == ["A"]


@pytest.mark.parametrize(
    "body",
    [
        {"scenario": "SOME"},
        {"options": {"limit": 0}},
        {"options": {"starting_after": "soon"}},
        {"options": {"filters": {"color": {"conditions": {"$is": ["red"]}}}}},
        {"options": {"sorting_rule": "FIRST"}},
        {"options": {"sorting_rule": "BEST_DEAL", "starting_after": "2020-01-01T00:00:00Z"}},
        {"order": {"amount": -1}},
    ],
)
async def test_what_cannot_be_asked_is_refused(world: World, body: dict[str, Any]) -> None:
    answer = await world.call("POST", PATH, body, SERVER)
    assert refused(answer) == (400, "invalid_payload")


async def test_the_older_endpoint_lists_campaigns(world: World) -> None:
    campaign_id, _ = await _shop(world)
    path = "/v1/campaigns/qualification"
    answer = await world.call("POST", f"{path}?audienceRulesOnly=true&order=-created_at", {})
    assert answer.status_code == 200, answer.text
    assert [each["id"] for each in answer.json()["data"]] == [campaign_id]
    assert answer.json()["total"] == 1
    wrong = await world.call("POST", f"{path}?limit=51", {})
    assert refused(wrong) == (400, "invalid_query_params")


@pytest.mark.parametrize("path", [PATH, "/v1/campaigns/qualification", "/v1/promotions/validation"])
async def test_others_have_their_turn_while_many_are_tried(
    world: World, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    tiers = [TIER | {"name": f"T{n}"} for n in range(20)]
    made = {"name": "Many", "campaign_type": "PROMOTION", "promotion": {"tiers": tiers}}
    assert (await world.call("POST", "/v1/campaigns", made)).status_code == 200
    for n in range(20):
        answer = await world.call("POST", "/v1/campaigns", SALE | {"name": f"Sale {n}"})
        assert answer.status_code == 200

    async def turns_of_others(steps_at_once: int) -> int:
        monkeypatch.setattr(turns, "STEPS_AT_ONCE", steps_at_once)
        asked = asyncio.create_task(world.call("POST", path, {"options": {"limit": 50}}))
        count = 0
        while not asked.done():
            count += 1
            await asyncio.sleep(0)
        assert asked.result().status_code == 200, asked.result().text
        return count

    assert await turns_of_others(1) >= await turns_of_others(10_000) + 20


async def test_campaigns_are_found_behind_many_that_do_not_suit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "LOOKED_AT_MAX", 2)
    for n in range(6):
        over = {} if n % 3 == 0 else {"expiration_date": "2020-01-01"}
        answer = await world.call("POST", "/v1/campaigns", SALE | {"name": f"S{n}"} | over)
        assert answer.status_code == 200, answer.text
        world.ledger.now += 1000
    answer = await world.call("POST", "/v1/campaigns/qualification", {})
    assert [each["name"] for each in answer.json()["data"]] == ["S3", "S0"]


async def test_what_ones_own_session_holds_suits_still(world: World) -> None:
    await world.voucher("ONE", redemption={"quantity": 1})
    held = {"redeemables": [{"object": "voucher", "id": "ONE"}], "session": {"key": "mine"}}
    assert (await world.call("POST", "/v1/validations", held)).json()["valid"]
    for session, total in ((None, 0), ({"key": "others"}, 0), ({"type": "LOCK", "key": "mine"}, 1)):
        body = {"session": session, "order": {"amount": 1000}}
        answer = await world.call("POST", "/v1/qualifications", body)
        assert answer.json()["redeemables"]["total"] == total


@pytest.mark.parametrize("cursor", ["more_starting_after", "created_at"])
@pytest.mark.parametrize("limit", [1, 7, 30])
async def test_vouchers_of_one_millisecond_are_all_listed(
    world: World, limit: int, cursor: str
) -> None:
    for n in range(30):
        await world.voucher(f"V{n}", discount={"type": "PERCENT", "percent_off": n % 7 + 1})
    for rule in ("DEFAULT", "BEST_DEAL", "LEAST_DEAL"):
        seen: set[str] = set()
        options: dict[str, Any] = {"limit": limit, "sorting_rule": rule}
        while True:
            body = {"order": {"amount": 1000}, "options": options}
            found = (await world.call("POST", "/v1/qualifications", body)).json()["redeemables"]
            seen |= {each["id"] for each in found["data"]}
            if not found["has_more"]:
                break
            said = found if cursor in found else found["data"][-1]
            options["starting_after"] = said[cursor]
        assert seen == {f"V{n}" for n in range(30)}
