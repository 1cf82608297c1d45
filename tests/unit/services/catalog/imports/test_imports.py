"""Imports and bulk updates: from the request to the action's result."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from fronts.staging import UPLOADS_AT_ONCE_MAX
from schemas.actions import StageRows, StartAction
from services.catalog.imports.uploads import FILE_BYTES_MAX
from tests.unit.services.catalog.imports.uploading import ROWS, done, item, upload, voucher
from tests.unit.services.world import OTHER, SERVER, World


async def test_vouchers_of_a_json_import_and_their_action(world: World) -> None:
    gift = {"code": "G", "type": "GIFT_VOUCHER", "gift": {"amount": 1000}}
    terms = {"start_date": "2024-01-01", "metadata": {"a": 1}, "redemption": {"quantity": 3}}
    rows = [item("A"), gift, item("B", active=False, **terms)]
    response = await world.call("POST", "/v1/vouchers/import", rows)
    assert response.status_code == 202
    action_id = response.json()["async_action_id"]
    waiting = (await world.call("GET", f"/v1/async-actions/{action_id}")).json()
    assert (waiting["status"], waiting["operation_status"]) == ("IN_PROGRESS", "UNKNOWN")

    action = await done(world, response)
    assert action["type"] == "VOUCHERS.IMPORT"
    assert (action["operation_status"], action["progress"]) == ("SUCCESS", 100)
    assert action["request_id"] == response.headers["x-request-id"]
    assert action["result"] == {
        "message": "3 done, 0 failed",
        "done_count": 3,
        "failed_count": 0,
        "failed": [],
    }
    found = await voucher(world, "B")
    assert (found["active"], found["metadata"]) == (False, {"a": 1})
    assert found["redemption"]["quantity"] == 3
    assert found["start_date"] == "2024-01-01T00:00:00.000Z"
    assert (await voucher(world, "G"))["gift"] == {"amount": 1000, "balance": 1000}
    other = await world.call("GET", f"/v1/async-actions/{action_id}", headers=OTHER)
    assert other.status_code == 404
    assert other.json()["resource_type"] == "async_action"


@pytest.mark.parametrize(
    ("rows", "details"),
    [
        ({}, "A body with a JSON array is required"),
        ([], "At least one row is required"),
        ([item("A"), {"discount": {}}], "Property `[1].code` is required"),
        ([item("A"), 7], "Property `[1]` is not valid"),
        ([{"code": "A"}], "either discount, gift or loyalty_card is required"),
        ([item("A", type="GIFT_VOUCHER")], "does not belong to the type GIFT_VOUCHER"),
        ([item("A", start_date="soon")], "Property `[0].start_date` is not valid"),
    ],
)
async def test_a_json_import_with_a_wrong_row_imports_nothing(
    world: World, rows: Any, details: str
) -> None:
    response = await world.call("POST", "/v1/vouchers/import", rows)
    assert response.status_code == 400
    body = response.json()
    assert body["key"] == "invalid_payload"
    assert details in body["details"]
    assert not any(isinstance(each.body, StageRows) for each in world.ledger.commands)


async def test_a_row_has_a_discount_of_any_kind(world: World) -> None:
    await world.call("POST", "/v1/products", {"source_id": "mug", "name": "Mug"})
    free = {"type": "UNIT", "unit_off": 1, "unit_type": "mug", "effect": "ADD_NEW_ITEMS"}
    response = await world.call("POST", "/v1/vouchers/import", [{"code": "A", "discount": free}])
    await done(world, response)
    assert (await voucher(world, "A"))["discount"]["product"]["name"] == "Mug"


async def test_limits(world: World) -> None:
    headers = SERVER | {"content-type": "text/csv"}
    large = await world.http.post(ROWS, content=b"x" * (FILE_BYTES_MAX + 1), headers=headers)
    assert (large.status_code, large.json()["key"]) == (413, "payload_too_large")
    larger = await world.http.post(ROWS, content=b"x" * (11 * 1024 * 1024), headers=headers)
    assert larger.status_code == 413
    many = b"Code\n" + b"A\n" * 100_001
    refused = await world.http.post(ROWS, content=many, headers=headers)
    assert (refused.status_code, refused.json()["key"]) == (413, "query_too_large")
    rows = json.dumps([{"code": "A", "metadata": {}}] * 100_001).encode()
    bulk = await world.http.post(
        "/v1/vouchers/bulk/async",
        content=rows,
        headers=SERVER | {"content-type": "application/json"},
    )
    assert (bulk.status_code, bulk.json()["key"]) == (413, "query_too_large")


async def test_a_project_has_so_many_uploads_read_at_once(world: World) -> None:
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"Code,Value,Discount Type\n"
        await go_on.wait()
        yield b"A,1,AMOUNT\n"

    async def upload_slowly() -> int:
        headers = SERVER | {"content-type": "text/csv"}
        return (await world.http.post(ROWS, content=slow(), headers=headers)).status_code

    under_way = [asyncio.create_task(upload_slowly()) for _ in range(UPLOADS_AT_ONCE_MAX)]
    await asyncio.sleep(0.05)
    fifth = await upload(world, ROWS, "Code\nA\n")
    assert (fifth.status_code, fifth.json()["key"]) == (503, "unavailable")
    assert fifth.headers["retry-after"] == "1"
    others = await world.call("POST", "/v1/vouchers/import", [item("A")], OTHER)
    assert others.status_code == 202
    assert (await world.call("GET", "/v1/async-actions/aa_x")).status_code == 404
    go_on.set()
    assert await asyncio.gather(*under_way) == [202] * UPLOADS_AT_ONCE_MAX
    assert (await upload(world, ROWS, "Code\nA\n")).status_code == 202


async def test_many_rows_are_staged_in_sets_and_done_in_order(world: World) -> None:
    rows = [item(f"V{n}", metadata={"long": "x" * 300}) for n in range(1200)] + [item("V0")]
    response = await world.call("POST", "/v1/vouchers/import", rows)
    staged = [each.body for each in world.ledger.commands if isinstance(each.body, StageRows)]
    assert staged[0].first_row == 1
    assert sum(len(each.rows) for each in staged) == 1201
    assert all(len(each.rows) <= 500 for each in staged)
    action = await done(world, response)
    assert action["result"]["done_count"] == 1200
    assert action["result"]["failed"] == [
        {"row": 1201, "reason": "Duplicated voucher exists with id V0", "code": "V0"}
    ]


async def test_the_same_key_starts_one_action(world: World) -> None:
    headers = SERVER | {"Idempotency-Key": "k1"}
    first = await world.call("POST", "/v1/vouchers/import", [item("A")], headers)
    again = await world.call("POST", "/v1/vouchers/import", [item("A")], headers)
    assert first.json()["async_action_id"] == again.json()["async_action_id"]
    starts = [each for each in world.ledger.commands if isinstance(each.body, StartAction)]
    assert len({each.id for each in starts}) == 1
    other = await world.call("POST", "/v1/vouchers/import", [item("B")], headers)
    assert (other.status_code, other.json()["key"]) == (409, "idempotency_key_reused")


async def test_bulk_and_metadata_updates_of_vouchers(world: World) -> None:
    for code in "AB":
        await world.voucher(code, metadata={"old": 1})
    rows = [{"code": "A", "metadata": {"a": 1}}, {"code": "X", "metadata": {"a": 1}}]
    action = await done(world, await world.call("POST", "/v1/vouchers/bulk/async", rows))
    assert action["type"] == "VOUCHERS.BULK_UPDATE"
    assert (action["result"]["done_count"], action["result"]["failed_count"]) == (1, 1)
    [error] = action["result"]["errors"]
    assert (error["key"], error["code"], error["row"]) == ("not_found", "X", 2)
    assert (await voucher(world, "A"))["metadata"] == {"old": 1, "a": 1}

    body = {"codes": ["A", "B"], "metadata": {"b": 2}}
    action = await done(world, await world.call("POST", "/v1/vouchers/metadata/async", body))
    assert action["type"] == "VOUCHERS.METADATA_UPDATE"
    assert (await voucher(world, "B"))["metadata"] == {"old": 1, "b": 2}
    wrongs: tuple[Any, ...] = ([], {"codes": "A", "metadata": {}}, {"codes": ["A"]})
    for wrong in wrongs:
        response = await world.call("POST", "/v1/vouchers/metadata/async", wrong)
        assert response.status_code == 400


async def test_customers_are_imported_and_updated(world: World) -> None:
    text = (
        "Name,Email,Source_id,Birthdate,City,Postal_Code,tier\n"
        "Alice,a@x,alice,1990-02-03,Berlin,10115,gold\n"
        "Bob,b@x,bob,someday,,,\n"
    )
    action = await done(world, await upload(world, "/v1/customers/importCSV", text))
    assert action["type"] == "CUSTOMERS.IMPORT_CSV"
    [failed] = action["result"]["failed"]
    assert (failed["row"], failed["column"]) == (2, "Birthdate")
    alice = (await world.call("GET", "/v1/customers/alice")).json()
    assert (alice["name"], alice["birthdate"]) == ("Alice", "1990-02-03")
    assert (alice["address"]["city"], alice["metadata"]) == ("Berlin", {"tier": "gold"})

    rows = [{"source_id": "alice", "name": "A."}, {"source_id": "carol", "name": "Carol"}]
    action = await done(world, await world.call("POST", "/v1/customers/bulk/async", rows))
    assert (action["type"], action["result"]["done_count"]) == ("CUSTOMERS.BULK_UPDATE", 2)
    body = {"source_ids": ["alice", "dave"], "metadata": {"vip": True}}
    action = await done(world, await world.call("POST", "/v1/customers/metadata/async", body))
    assert action["type"] == "CUSTOMERS.METADATA_UPDATE"
    alice = (await world.call("GET", "/v1/customers/alice")).json()
    assert (alice["name"], alice["metadata"]) == ("A.", {"tier": "gold", "vip": True})
    assert (await world.call("GET", "/v1/customers/dave")).json()["metadata"] == {"vip": True}


async def test_orders_are_imported(world: World) -> None:
    orders = [
        {"source_id": "o1", "amount": 1000, "status": "PAID", "customer": {"source_id": "alice"}},
        {"source_id": "o2", "items": [{"quantity": 2, "price": 300}]},
    ]
    response = await world.call("POST", "/v1/orders/import", orders)
    assert response.status_code == 200
    action = await done(world, response)
    assert (action["type"], action["result"]["done_count"]) == ("ORDERS.IMPORT", 2)
    first = (await world.call("GET", "/v1/orders/o1")).json()
    assert (first["status"], first["amount"]) == ("PAID", 1000)
    assert (await world.call("GET", "/v1/orders/o2")).json()["amount"] == 600
    many = await world.call("POST", "/v1/orders/import", [{"source_id": "o"}] * 2001)
    assert (many.status_code, many.json()["key"]) == (413, "query_too_large")


async def test_a_campaign_gives_its_imported_vouchers_what_they_leave_out(world: World) -> None:
    campaign = {
        "name": "Spring",
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "PERCENT", "percent_off": 20},
            "redemption": {"quantity": 1},
        },
    }
    created = await world.call("POST", "/v1/campaigns", campaign)
    assert created.status_code == 200, created.text
    text = "Code,Active,Redeemed Quantity\nS1,false,1\nS2,,\n"
    response = await upload(world, "/v1/campaigns/Spring/importCSV", text)
    assert response.status_code == 200
    action = await done(world, response)
    assert action["type"] == "CAMPAIGN.VOUCHERS_IMPORT_CSV"
    assert action["result"]["done_count"] == 2
    first = await voucher(world, "S1")
    assert (first["campaign"], first["campaign_id"]) == ("Spring", created.json()["id"])
    assert first["discount"]["percent_off"] == 20
    assert (first["active"], first["redemption"]["redeemed_quantity"]) == (False, 1)
    assert first["redemption"]["quantity"] == 1

    rows = [item("S3"), {"code": "S4"}]
    action = await done(world, await world.call("POST", "/v1/campaigns/Spring/import", rows))
    assert (action["type"], action["result"]["done_count"]) == ("CAMPAIGN.VOUCHERS_IMPORT", 2)
    assert (await voucher(world, "S3"))["discount"]["amount_off"] == 500
    found = (await world.call("GET", "/v1/campaigns/Spring")).json()
    assert found["vouchers_count"] == 4
    missing = await world.call("POST", "/v1/campaigns/nope/import", rows)
    assert (missing.status_code, missing.json()["resource_type"]) == (404, "campaign")
