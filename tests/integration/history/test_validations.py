"""Validations over a real engine: what was asked and what it came to, for so many days."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw, json, structs, to_builtins

from runtime.clickhouse.database import Query
from runtime.clickhouse.retention import Retention, remove_old
from runtime.clickhouse.table import as_checkpoint, checkpoint
from schemas.api import OrderInput, Redeemable
from schemas.errors import refuse
from schemas.evaluations import Asked, Evaluation, Outcome
from schemas.observations import NOTHING, ValidationDetails, ValidationObserved
from schemas.orders import Order
from schemas.sessions import Session, SessionLocked, SessionRefused
from services.audit.sink.validation_table import VALIDATIONS
from tests.integration.insight_host import Insight, running
from tests.integration.insight_world import LEDGER_PLACE, VALIDATIONS_PLACE
from tests.unit.services.audit.examples import (
    DAY,
    PROJECT,
    START,
    applicable,
    created,
    customer_created,
    decided,
    succeeded,
)

ORDER = Order("", amount=1000, discount_amount=100)
REFUSED = Outcome("voucher", "NONE", "INAPPLICABLE", refusal=refuse("not_found", "NONE"))
REQUEST = Asked((Redeemable("voucher", "A"),), OrderInput(amount=1000), {"till": 1})
ASKED = to_builtins(REQUEST)


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


def seen(number: int, *outcomes: Outcome, **more: Any) -> ValidationObserved:
    evaluation = Evaluation(outcomes, ORDER)
    details = Raw(json.encode(ValidationDetails(evaluation, REQUEST, "track_1")))
    known: dict[str, Any] = {"project": PROJECT, "at": START + number, "details": details}
    return ValidationObserved(
        id=f"valid_{number}",
        valid=evaluation.valid,
        key_kind="server",
        redeemables=tuple(each.id for each in outcomes),
        failure_codes=tuple(each.refusal.key for each in outcomes if each.refusal),
        **(known | more),
    )


def locked(key: str, at: int, *outcomes: Outcome, **more: Any) -> Any:
    evaluation = Evaluation(outcomes, ORDER)
    if not evaluation.valid:
        event: Any = SessionRefused(evaluation, asked=ASKED, session_key=key, **more)
    else:
        session = Session(key, (), at + DAY, 1, "DAYS")
        event = SessionLocked(session, evaluation, asked=ASKED, **more)
    return structs.replace(decided(event, at=at), command_id=f"cmd_{key}")


async def ids(insight: Insight, query: str) -> list[str]:
    found = await insight.get(f"/v1/validations?{query}")
    assert found["total"] == len(found["data"])
    return [each["session_key"] or each["id"][-1] for each in found["data"]]


async def test_a_validation_shows_what_was_asked_and_what_it_came_to(insight: Insight) -> None:
    insight.world.append(decided(customer_created(1)))
    insight.world.observe(seen(1, applicable("A", 100), customer_id="cust_1"))
    (listed,) = (await insight.get("/v1/validations"))["data"]
    assert listed["redeemables"][0]["result"]["discount"]["amount_off"] == 100
    wanted = {
        "id": "valid_1",
        "object": "validation",
        "created_at": "2023-11-14T22:13:20.001Z",
        "result": "VALID",
        "channel": "API",
        "session_key": None,
        "customer_id": "cust_1",
        "asked": ["A"],
        "failure_codes": [],
        "inapplicable_redeemables": [],
        "skipped_redeemables": [],
        "amount": 1000,
        "total_discount_amount": 100,
        "total_amount": 900,
    }
    assert {name: listed[name] for name in wanted} == wanted
    assert listed["customer"]["source_id"] == "source_1"
    one = await insight.get("/v1/validations/valid_1")
    assert {name: one[name] for name in listed} == listed
    assert one["request"] == {
        "redeemables": [{"object": "voucher", "id": "A"}],
        "order": {"amount": 1000},
        "metadata": {"till": 1},
        "customer": listed["customer"],
    }
    answer = one["answer"]
    assert (answer["id"], answer["valid"], answer["tracking_id"]) == ("valid_1", True, "track_1")
    assert answer["order"]["total_amount"] == 900


async def test_a_validation_with_a_session_shows_it(insight: Insight) -> None:
    insight.world.append(
        locked("cart", START, applicable("A", 100)), locked("late", START + 1, REFUSED)
    )
    late, cart = (await insight.get("/v1/validations"))["data"]
    assert (cart["session_key"], cart["result"]) == ("cart", "VALID")
    assert (late["session_key"], late["result"]) == ("late", "INVALID")
    assert [each["id"] for each in late["inapplicable_redeemables"]] == ["NONE"]
    one = await insight.get(f"/v1/validations/{cart['id']}")
    session = {"key": "cart", "type": "LOCK", "ttl": 1, "ttl_unit": "DAYS"}
    assert one["request"]["session"] == one["answer"]["session"] == session
    other = await insight.get(f"/v1/validations/{late['id']}")
    assert other["request"]["session"] == {"key": "late", "type": "LOCK"}
    assert "session" not in other["answer"]


async def test_validations_are_found_by_what_they_say(insight: Insight) -> None:
    insight.world.append(
        decided(created("A")),
        decided(customer_created(1)),
        locked("cart", START + 3, applicable("A", 100), customer_id="cust_1"),
        decided(succeeded(applicable("A", 100))),
    )
    insight.world.observe(
        seen(1, applicable("A", 100)),
        seen(1, applicable("A", 100)),
        seen(2, REFUSED, customer_id="cust_1"),
        seen(4, applicable("v_A", 100)),
        seen(5, applicable("A", 100), project="other"),
    )
    wanted = {
        "": ["4", "cart", "2", "1"],
        "order=created_at": ["1", "2", "cart", "4"],
        "result=valid": ["4", "cart", "1"],
        "result=INVALID": ["2"],
        "code=A": ["4", "cart", "1"],
        "code=v_A": ["4", "cart", "1"],
        "code=NONE": ["2"],
        "customer=source_1": ["cart", "2"],
        "customer=nobody": [],
        "session_key=cart": ["cart"],
        "created_at[after]=2023-11-14T22:13:20.002Z": ["4", "cart"],
        "filters[failure_code][conditions][$is]=not_found": ["2"],
        "filters[code][conditions][$starts_with]=v_": ["4"],
        "filters[session_key][conditions][$has_value]=": ["cart"],
    }
    found = {query: await ids(insight, query) for query in wanted}
    assert found == wanted
    page = await insight.get("/v1/validations?limit=1&page=2")
    assert ([each["session_key"] for each in page["data"]], page["total"]) == (["cart"], 4)


async def test_what_was_too_large_to_be_kept_is_found_and_has_no_answer(insight: Insight) -> None:
    insight.world.observe(seen(1, applicable("A", 100), details=NOTHING))
    one = await insight.get("/v1/validations/valid_1")
    assert (one["request"], one["answer"], one["redeemables"]) == (None, None, [])
    assert (one["asked"], one["result"], one["amount"]) == (["A"], "VALID", None)


async def test_a_validation_is_gone_after_its_days(insight: Insight) -> None:
    world = insight.world
    world.append(locked("cart", START, applicable("A", 100)))
    world.observe(seen(0, applicable("A", 100)), seen(DAY, applicable("A", 100)))
    world.time = START + 30 * DAY - 1
    assert len(await ids(insight, "")) == 3
    world.time = START + 30 * DAY
    assert len(await ids(insight, "")) == 1
    await insight.get("/v1/validations/valid_0", status=404)
    retention = Retention(VALIDATIONS, 30)
    places = (LEDGER_PLACE, VALIDATIONS_PLACE)
    before = await _checkpoints(insight)
    await remove_old(insight.database, retention, places, START + 30 * DAY + 1)
    settled = "SELECT count() FROM system.mutations WHERE NOT is_done"
    while (await insight.database.query(Query(settled)))[0][0]:
        pass
    left = await insight.database.query(
        Query(f"SELECT id FROM {VALIDATIONS.full_name} WHERE log_index >= 0")
    )
    assert left == [(f"valid_{DAY}",)]
    assert await _checkpoints(insight) == before
    # a second look finds nothing to do
    await remove_old(insight.database, retention, places, START + 30 * DAY + 1)
    assert await _checkpoints(insight) == before


async def _checkpoints(insight: Insight) -> list[Any]:
    return [
        as_checkpoint(await insight.database.query(checkpoint(VALIDATIONS, place)))
        for place in (LEDGER_PLACE, VALIDATIONS_PLACE)
    ]


NO_PARAMETERS = (
    "result=maybe",
    "order=id",
    "limit=0",
    "status=1",
    "code=",
    "filters[x][conditions][$is]=1",
)


async def test_what_is_no_parameter_of_the_list_is_refused(insight: Insight) -> None:
    for query in NO_PARAMETERS:
        answer = await insight.get(f"/v1/validations?{query}", status=400)
        assert answer["key"] == "invalid_query_params", query
        assert f"`{query.partition('=')[0]}`" in answer["details"], query
