"""Earning rules over HTTP: added as an array, shown as they were said, changed, switched, removed."""

from typing import Any, Final

import pytest

from engine.answers.activity import activity_entries
from schemas.records import Decided
from tests.unit.services.catalog.loyalty.test_members import ANN, GROWING, joined
from tests.unit.services.catalog.loyalty.test_programs import made
from tests.unit.services.world import MANAGEMENT, World

RULES: Final = "/v1/loyalties/L/earning-rules"
AMOUNT: Final[dict[str, Any]] = {
    "event": "order.paid",
    "loyalty": {
        "type": "PROPORTIONAL",
        "calculation_type": "ORDER_AMOUNT",
        "order": {"amount": {"every": 1000, "points": 3}},
    },
}
FIXED: Final[dict[str, Any]] = {"type": "FIXED", "points": 5}


async def added(world: World, *bodies: dict[str, Any]) -> list[dict[str, Any]]:
    """The rules of the program L that come of it."""
    answer = await world.call("POST", RULES, list(bodies))
    assert answer.status_code == 200, answer.text
    rules: list[dict[str, Any]] = answer.json()
    return rules


async def refusal(world: World, *bodies: dict[str, Any]) -> str:
    """Why rules are not added."""
    answer = await world.call("POST", RULES, list(bodies))
    assert answer.status_code in (400, 404), answer.text
    return str(answer.json()["details"])


async def test_rules_are_added_as_an_array_and_shown_as_they_were_said(world: World) -> None:
    program = await made(world, GROWING)
    first, second = await added(world, AMOUNT, {"event": "visit", "loyalty": FIXED})

    assert first.pop("id").startswith("ern_")
    assert first.pop("automation_id").startswith("auto_")
    assert first.pop("created_at")
    assert first == AMOUNT | {
        "source": {"object_id": program["id"], "object_type": "campaign"},
        "metadata": {}, "validation_rule_id": None, "active": True, "updated_at": None,
        "object": "earning_rule",
    }  # fmt: skip
    shown = (await world.call("GET", f"{RULES}/{second['id']}")).json()
    assert shown == second
    assert await added(world) == []


async def test_everything_that_a_rule_may_say_is_kept(world: World) -> None:
    await made(world, GROWING)
    rule = (await world.call("POST", "/v1/validation-rules", {"name": "R"})).json()
    said = AMOUNT | {
        "source": {"banner": "Three for ten"}, "validation_rule_id": rule["id"], "active": False,
        "start_date": "2025-01-01T00:00:00.000Z", "expiration_date": "2026-01-01T00:00:00.000Z",
        "validity_timeframe": {"interval": "P1W", "duration": "P1D"},
        "validity_day_of_week": [1, 2],
        "validity_hours": {
            "daily": [{"start_time": "10:00", "expiration_time": "11:00", "days_of_week": [1]}]
        },
        "pending_points": {"period_type": "DAY", "period_value": 14},
        "expiration_rules": {"period_type": "MONTH", "period_value": 3},
        "limits": {"count": 2, "points": 50, "period": "MONTH"}, "metadata": {"a": 1},
    }  # fmt: skip
    [made_rule] = await added(world, said)

    assert {name: made_rule[name] for name in said if name != "source"} == {
        name: value for name, value in said.items() if name != "source"
    }
    assert made_rule["source"]["banner"] == "Three for ten"
    assignments = (await world.call("GET", f"/v1/validation-rules/{rule['id']}")).json()
    assert assignments["assignments_count"] == 1


async def test_a_rule_is_sent_back_as_it_was_read(world: World) -> None:
    await made(world, GROWING)
    [rule] = await added(world, AMOUNT | {"source": {"banner": "B"}, "metadata": {"a": 1}})
    answer = await world.call("PUT", f"{RULES}/{rule['id']}", rule)
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert after.pop("updated_at")
    rule.pop("updated_at")
    assert after == rule


async def test_only_what_is_named_changes_and_null_clears(world: World) -> None:
    await made(world, GROWING)
    rule = (await world.call("POST", "/v1/validation-rules", {"name": "R"})).json()
    pending = {"period_type": "DAY", "period_value": 2}
    said = AMOUNT | {"pending_points": pending, "validation_rule_id": rule["id"]}
    [made_rule] = await added(world, said)
    path = f"{RULES}/{made_rule['id']}"

    body = {"loyalty": FIXED, "source": {"banner": "N"}, "pending_points": None}
    after = (await world.call("PUT", path, body)).json()
    assert (after["loyalty"], after["source"]["banner"]) == (FIXED, "N")
    assert "pending_points" not in after
    assert after["validation_rule_id"] == rule["id"]
    after = (await world.call("PUT", path, {"validation_rule_id": None})).json()
    assert after["validation_rule_id"] is None
    refused = await world.call("PUT", path, {"event": "visit"})
    assert refused.json()["details"] == "Property `.event` cannot be changed"


async def test_what_a_rule_is_about_may_be_named_as_it_is_and_never_changed(world: World) -> None:
    """Another program's tier is none of this one."""
    await made(world, GROWING)
    await made(world, {**GROWING, "name": "M"})
    wanted = [{"name": "A", "points": {"from": 1, "to": 9}}, {"name": "B", "points": {"from": 10}}]
    first, second = (await world.call("POST", "/v1/loyalties/L/tiers", wanted)).json()
    body = {"event": "customer.loyalty.tier.joined", "loyalty": FIXED}
    strange = await world.call(
        "POST", "/v1/loyalties/M/earning-rules", [body | {"loyalty_tier": {"id": first["id"]}}]
    )
    assert (strange.status_code, strange.json()["resource_id"]) == (404, first["id"])

    [rule] = await added(world, body | {"loyalty_tier": {"id": first["id"]}})
    path = f"{RULES}/{rule['id']}"
    again = await world.call("PUT", path, {"loyalty_tier": {"id": first["id"]}})
    assert again.json()["loyalty_tier"] == {"id": first["id"]}
    for name, other in (
        ("loyalty_tier.id", {"loyalty_tier": {"id": second["id"]}}),
        ("segment.id", {"segment": {"id": "seg_1"}}),
        ("custom_event.schema_id", {"custom_event": {"schema_id": "ces_1"}}),
    ):
        refused = await world.call("PUT", path, other)
        assert refused.json()["details"] == f"Property `.{name}` cannot be changed"


async def test_a_rule_is_switched_and_removed(world: World) -> None:
    await made(world, GROWING)
    [rule] = await added(world, AMOUNT)
    path = f"{RULES}/{rule['id']}"
    assert (await world.call("POST", f"{path}/disable")).json()["active"] is False
    assert (await world.call("POST", f"{path}/enable")).json()["active"] is True
    assert (await world.call("DELETE", path)).status_code == 204
    for method, where in (("GET", path), ("DELETE", path), ("POST", f"{path}/enable")):
        assert (await world.call(method, where)).status_code == 404


async def test_rules_are_listed_by_page(world: World) -> None:
    await made(world, GROWING)
    rules = await added(world, *({"event": f"e{n}", "loyalty": FIXED} for n in range(3)))
    page = (await world.call("GET", f"{RULES}?limit=2&page=2&order=created_at")).json()
    assert (page["total"], len(page["data"]), page["data_ref"]) == (3, 1, "data")
    everything = (await world.call("GET", f"{RULES}?order=-created_at")).json()["data"]
    assert {each["id"] for each in everything} == {each["id"] for each in rules}
    assert (await world.call("GET", "/v1/loyalties/none/earning-rules")).status_code == 404


async def test_a_rule_for_a_custom_event_may_name_its_schema_alone(world: World) -> None:
    await made(world, GROWING)
    path = "/management/v1/projects/proj/custom-event-schemas"
    body = {"name": "visit", "schema": {"properties": {}}}
    schema = (await world.call("POST", path, body, MANAGEMENT)).json()
    named = {"custom_event": {"schema_id": schema["id"]}, "loyalty": FIXED}
    [rule] = await added(world, named)
    assert (rule["event"], rule["custom_event"]) == ("visit", named["custom_event"])
    assert "describes visit" in await refusal(world, named | {"event": "other"})


async def test_a_member_that_points_do_not_have_is_passed_over(world: World) -> None:
    await made(world, GROWING)
    [rule] = await added(world, {"event": "visit", "loyalty": FIXED | {"odd": 1, "order": None}})
    assert rule["loyalty"] == FIXED


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({"loyalty": FIXED}, "[0].event"),
        ({"event": "order.paid", "loyalty": {"type": "ODD"}}, "[0].loyalty.type"),
        (
            {"event": "order.paid", "loyalty": {"type": "PROPORTIONAL", "calculation_type": []}},
            "[0].loyalty.calculation_type",
        ),
        ({"event": "order.paid", "loyalty": {"type": "FIXED", "points": -1}}, "[0].loyalty.points"),
        ({"event": "order.paid", "loyalty": {"type": "FIXED", "points": 1.5}}, "[0].loyalty.points"),
        ({"event": "order.paid", "loyalty": FIXED | {"points_formula": "1 +"}}, "points_formula"),
        ({"event": "visit", "loyalty": AMOUNT["loyalty"]}, "[0].loyalty.calculation_type"),
        ({"event": "customer.segment.entered", "loyalty": FIXED}, "[0].segment.id"),
        ({"event": "visit", "loyalty": FIXED, "segment": {"id": "seg_1"}}, "[0].segment"),
        ({"event": "visit", "loyalty": FIXED, "loyalty_tier": {"id": "l"}}, "[0].loyalty_tier"),
        ({"event": "visit", "loyalty": FIXED, "pending_points": {"period_value": 1}}, "[0].pending_points"),
        (AMOUNT | {"pending_points": {"period_value": 5000}}, "[0].pending_points.period_value"),
        (AMOUNT | {"limits": {"period": "DAY"}}, "[0].limits"),
        (AMOUNT | {"limits": {"count": 0}}, "[0].limits.count"),
        (AMOUNT | {"expiration_rules": {"period_type": "MONTH"}}, "[0].expiration_rules.period_value"),
        (AMOUNT | {"expiration_rules": {"period_type": "DAY", "period_value": 9, "notice_days": 2}}, "[0].expiration_rules.notice_days"),
        (AMOUNT | {"validity_hours": {"daily": [{"start_time": "x", "expiration_time": "y"}]}}, "HH:MM"),
        (AMOUNT | {"validation_rule_id": "val_none"}, "val_none"),
        ({"event": "customer.segment.entered", "loyalty": FIXED, "segment": {"id": "seg_0"}}, "seg_0"),
        ({"event": "customer.loyalty.tier.left", "loyalty": FIXED, "loyalty_tier": {"id": "ltr_0"}}, "ltr_0"),
        (AMOUNT | {"pending_points": {"period_type": "DAY"}}, "`[0].pending_points` is not valid: a period_value is wanted"),
        ({"event": "e", "loyalty": FIXED, "custom_event": {"schema_id": "ces_0"}}, "ces_0"),
    ],
)  # fmt: skip
async def test_a_rule_that_makes_no_sense_is_refused_by_the_name_of_the_member(
    world: World, body: dict[str, Any], details: str
) -> None:
    await made(world, GROWING)
    assert details in await refusal(world, body)


async def test_a_paid_order_of_a_member_earns_and_its_cancellation_takes_it_back(
    world: World,
) -> None:
    await made(world, GROWING)
    member = await joined(world)
    await added(world, AMOUNT)
    order = {"source_id": "o1", "amount": 2999, "status": "PAID"} | ANN

    assert (await world.call("POST", "/v1/orders", order)).status_code == 200
    card = (await world.call("GET", f"/v1/vouchers/{member['code']}")).json()["loyalty_card"]
    assert (card["points"], card["balance"]) == (106, 106)

    await world.call("PUT", "/v1/orders/o1", {"status": "CANCELED"})
    card = (await world.call("GET", f"/v1/vouchers/{member['code']}")).json()["loyalty_card"]
    assert card["balance"] == 100


async def test_what_an_order_would_earn_is_told_and_nothing_changes(world: World) -> None:
    program = await made(world, GROWING)
    member = await joined(world)
    await added(world, AMOUNT, {"event": "order.paid", "loyalty": FIXED})
    body = {"order": {"amount": 2500}} | ANN
    path = "/v1/loyalties/L/qualifications"

    answer = (await world.call("POST", path, body)).json()
    assert answer == {
        "campaign": {"id": program["id"], "name": "L", "object": "campaign"},
        "points_estimation": 11,
    }
    new = {"customer": {"source_id": "new"}, "order": {"amount": 1000}}
    assert (await world.call("POST", path, new)).json()["points_estimation"] == 8
    card = (await world.call("GET", f"/v1/vouchers/{member['code']}")).json()["loyalty_card"]
    assert card["balance"] == 100
    bodies: tuple[dict[str, Any], ...] = (
        {"order": {}},
        {"customer": {}, "order": {"amount": 1}},
        ANN,
    )
    for bad in bodies:
        assert (await world.call("POST", path, bad)).status_code == 400
    unknown = {"customer": {"id": "cust_0"}, "order": {"amount": 1}}
    assert (await world.call("POST", path, unknown)).status_code == 404
    assert (await world.call("POST", "/v1/loyalties/none/qualifications", body)).status_code == 404


async def test_an_event_that_names_a_card_earns_for_it_and_says_so(world: World) -> None:
    await made(world, GROWING)
    await added(world, {"event": "visit", "loyalty": FIXED})
    card = await joined(world)
    event = ANN | {"event": "visit", "loyalty": {"code": card["code"]}}
    answer = await world.call("POST", "/v1/events", event)
    assert answer.json()["loyalty"] == {"id": card["id"], "code": card["code"]}
    shown = (await world.call("GET", f"/v1/loyalties/members/{card['code']}")).json()
    assert shown["loyalty_card"]["balance"] == card["loyalty_card"]["balance"] + 5
    record = world.ledger.records[-1]
    assert isinstance(record, Decided)
    [fed] = [each for each in activity_entries(record) if each.type == "customer.custom_event"]
    assert fed.data["loyalty"]["voucher"]["code"] == card["code"]
    assert fed.data["loyalty"]["campaign"]["id"] == card["campaign_id"]
