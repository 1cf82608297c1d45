"""Simulations over HTTP: asked for where the catalogue is, made and kept where the past is."""

from typing import Any

import pytest

from runtime.log.log import LogError
from services.analytics.simulations.runs import KEPT_MAX, OPEN_MAX
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.analytics.simulations.simulating import (
    BODY,
    CAMPAIGN,
    PATH,
    RESULT,
    TIER,
    Simulating,
)
from tests.unit.services.world import CLIENT, OTHER


async def test_a_simulation_is_asked_for_and_read_when_it_is_done(world: Simulating) -> None:
    made = (await world.asked(BODY | {"placing": "first"})).json()
    assert made["campaign"] == "Draft"
    assert (made["status"], made["placing"], made["tiers"]) == ("SCHEDULED", "first", ["Ten"])
    assert (made["from"], made["to"]) == ("2024-01-01T00:00:00.000Z", "2024-02-01T00:00:00.000Z")
    done = await world.ended(made["id"])
    assert (done["status"], done["progress"], done["failure"]) == ("DONE", 100, None)
    result = done["result"]
    assert result["totals"]["discount_amount"] == 1000
    assert result["totals"]["unique_customers"] == 1
    assert result["tiers"] == [{"name": "Ten", "redemptions": 1, "discount_amount": 1000}]
    assert result["displaced"][0]["amount"] == 500
    assert result["not_matched"] == {"order_rules_violated": 2}
    listed = (await world.call("GET", PATH)).json()
    assert [each["id"] for each in listed["data"]] == [made["id"]]
    assert listed["data"][0]["result"] is None
    assert len(world.ledger.records) == 4  # nothing but the two projects


async def test_progress_is_told_while_it_runs(world: Simulating) -> None:
    world.past.gate.clear()
    made = (await world.asked()).json()
    await world.past.began.get()
    running = (await world.call("GET", f"{PATH}/{made['id']}")).json()
    assert (running["status"], running["progress"]) == ("IN_PROGRESS", 25)
    world.past.gate.set()
    assert (await world.ended(made["id"]))["status"] == "DONE"


async def test_deleting_ends_what_runs(world: Simulating) -> None:
    world.past.gate.clear()
    first = (await world.asked()).json()
    world.ledger.now += 1
    second = (await world.asked()).json()
    await world.past.began.get()
    assert (await world.call("DELETE", f"{PATH}/{first['id']}")).status_code == 204
    assert world.past.killed == 1
    assert refused(await world.call("GET", f"{PATH}/{first['id']}")) == (404, "not_found")
    world.past.gate.set()
    assert (await world.ended(second["id"]))["status"] == "DONE"


async def test_nobody_sees_the_simulations_of_another_project(world: Simulating) -> None:
    made = (await world.asked()).json()
    path = f"{PATH}/{made['id']}"
    for method in ("GET", "DELETE"):
        assert refused(await world.call(method, path, headers=OTHER)) == (404, "not_found")
    assert (await world.call("GET", PATH, headers=OTHER)).json()["total"] == 0
    assert refused(await world.call("GET", PATH, headers=CLIENT))[0] in (401, 403)


async def test_only_so_many_of_a_project_wait(world: Simulating) -> None:
    world.past.gate.clear()
    for _ in range(OPEN_MAX):
        assert (await world.asked()).status_code == 200
    assert refused(await world.asked()) == (429, "too_many_requests")
    assert (await world.asked(headers=OTHER)).status_code == 200


async def test_the_oldest_that_are_done_go_first(world: Simulating) -> None:
    ids = []
    for _ in range(KEPT_MAX + 2):
        world.ledger.now += 1
        ids.append((await world.asked()).json()["id"])
        await world.ended(ids[-1])
    listed = (await world.call("GET", PATH)).json()
    assert listed["total"] <= KEPT_MAX
    assert listed["data"][0]["id"] == ids[-1]
    assert ids[0] not in [each["id"] for each in listed["data"]]


async def test_a_past_that_cannot_be_read_fails_the_simulation(world: Simulating) -> None:
    world.past.steps = [LogError("away")]
    made = (await world.asked()).json()
    failed = await world.ended(made["id"])
    assert (failed["status"], failed["result"]) == ("FAILED", None)
    assert failed["failure"] == "The past cannot be read"
    world.past.steps = [RESULT]
    again = (await world.asked()).json()
    assert (await world.ended(again["id"]))["status"] == "DONE"


async def test_coupons_are_simulated_as_if_everybody_had_one(world: Simulating) -> None:
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 300}}
    coupons = {"name": "Coupons", "campaign_type": "DISCOUNT_COUPONS", "voucher": voucher}
    made = (await world.asked(BODY | {"campaign": coupons})).json()
    assert made["tiers"] == ["Coupons"]
    await world.ended(made["id"])
    (tier,) = world.past.jobs[0].asked.draft.tiers
    assert tier.discount is not None
    assert tier.discount.amount_off == 300


async def test_rules_are_bound_by_name_or_copied_as_they_are_now(world: Simulating) -> None:
    rules = {"1": {"name": "order.amount", "conditions": {"$more_than": [5000]}, "rules": {}}}
    body = {"name": "R", "rules": rules}
    known = (await world.call("POST", "/v1/validation-rules", body)).json()["id"]
    records = len(world.ledger.records)
    tier = TIER | {"validation_rules": [known, "own"]}
    campaign = CAMPAIGN | {"promotion": {"tiers": [tier]}}
    asked = BODY | {"campaign": campaign, "validation_rules": [body | {"name": "own"}]}
    made = (await world.asked(asked)).json()
    await world.ended(made["id"])
    draft = world.past.jobs[0].asked.draft
    assert len(draft.rules) == len(draft.tiers[0].rule_ids) == 2
    assert known not in {each.id for each in draft.rules}
    assert set(draft.tiers[0].rule_ids) == {each.id for each in draft.rules}
    assert len(world.ledger.records) == records


GIFT = {"type": "GIFT_VOUCHER", "gift": {"amount": 500}}
OFF = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 300}}
DRAWN = {"closes_at": "2030-01-01T00:00:00Z", "winners": 1}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"to": "2024-01-01"}, "Property `.to` has to be after `.from`"),
        ({"to": "2026-01-01"}, "by 400 days at most"),
        ({"from": "soon"}, "Property `.from` is not valid"),
        ({"placing": "middle"}, "Property `.placing` is not valid"),
        ({"campaign": {"campaign_type": "PROMOTION"}}, "Property `.campaign.name` is required"),
        (
            {"campaign": {"name": "D", "campaign_type": "PROMOTION"}},
            "Property `.campaign.promotion.tiers` needs a tier",
        ),
        (
            {"campaign": {"name": "D", "campaign_type": "GIFT_VOUCHERS", "voucher": GIFT}},
            "Property `.campaign.campaign_type` has to be PROMOTION or DISCOUNT_COUPONS",
        ),
        (
            {"campaign": {"name": "D", "voucher": {"loyalty_card": {"points": 5}}}},
            "depends on who would have joined",
        ),
        (
            {"campaign": {"name": "D", "voucher": OFF | {"is_referral_code": True}}},
            "nobody knows who would have come by whose code",
        ),
        (
            {"campaign": {"name": "D", "campaign_type": "GIVEAWAY", "giveaway": DRAWN}},
            "nobody knows who would have been drawn",
        ),
        (
            {"campaign": {"name": "D", "voucher": OFF | {"redemption": {"quantity": 1}}}},
            "Property `.campaign.voucher.redemption` is of codes",
        ),
        (
            {"campaign": {"name": "D", "voucher": OFF, "vouchers_count": 5}},
            "Property `.campaign.vouchers_count` is of codes",
        ),
        (
            {"validation_rules": [{"name": "R", "rules": {}}, {"name": "R", "rules": {}}]},
            "Property `.validation_rules` has the same name twice",
        ),
    ],
)
async def test_what_cannot_be_simulated_is_refused_by_name(
    world: Simulating, changed: dict[str, Any], told: str
) -> None:
    answer = await world.asked(BODY | changed)
    assert refused(answer) == (400, "invalid_payload")
    assert told in answer.json()["details"]
    assert world.past.jobs == []


async def test_a_member_that_nobody_reads_is_told(world: Simulating) -> None:
    answer = await world.asked(BODY | {"budget": 3, "campaign": CAMPAIGN | {"odd": 1}})
    assert answer.status_code == 200
    assert answer.headers["x-ignored-members"] == "campaign.odd, budget"


async def test_an_unknown_rule_of_the_draft_is_not_found(world: Simulating) -> None:
    campaign = CAMPAIGN | {"promotion": {"tiers": [TIER | {"validation_rules": ["val_0"]}]}}
    assert refused(await world.asked(BODY | {"campaign": campaign})) == (404, "not_found")


async def test_a_name_that_is_taken_may_be_simulated(world: Simulating) -> None:
    assert (await world.call("POST", "/v1/campaigns", CAMPAIGN)).status_code == 200
    assert (await world.asked()).json()["campaign"] == "Draft"
