"""The older endpoints, which validate or redeem the one voucher that path or query names."""

from typing import Any

import httpx
import pytest

from schemas.records import Duplicate
from tests.contract.shapes import assert_shape
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.ledger import START_MS
from tests.unit.services.world import CLIENT, SERVER, World

CUSTOMER = {"source_id": "ann", "name": "Ann"}
ORDER = {"amount": 10_000}
VALIDATED = "VouchersValidateResponseBody"


async def _validated(world: World, code: str, **body: Any) -> dict[str, Any]:
    answer = await world.call("POST", f"/v1/vouchers/{code}/validate", body)
    assert answer.status_code == 200, answer.text
    assert_shape(answer.json(), VALIDATED)
    return dict(answer.json())


async def _redeem(world: World, code: str, **body: Any) -> httpx.Response:
    return await world.call("POST", f"/v1/vouchers/{code}/redemption", body)


async def _asked(world: World, **query: Any) -> httpx.Response:
    return await world.call("GET", "/client/v1/validate", headers=CLIENT, params=query)


async def test_a_valid_voucher_tells_what_it_gives(world: World) -> None:
    made = await world.voucher("A", metadata={"m": 1}, start_date="2023-01-01")
    body = await _validated(world, "A", customer=CUSTOMER, order=ORDER)
    assert body == {
        "valid": True,
        "code": "A",
        "metadata": {"m": 1},
        "tracking_id": body["tracking_id"],
        "discount": {
            "type": "PERCENT",
            "percent_off": 10,
            "effect": "APPLY_TO_ORDER",
            "is_dynamic": False,
        },
        "start_date": "2023-01-01T00:00:00.000Z",
        "order": body["order"],
        "applicable_to": body["applicable_to"],
        "inapplicable_to": body["applicable_to"],
    }
    assert body["order"]["total_amount"] == 9000
    assert body["applicable_to"]["total"] == 0
    by_id = await _validated(world, made["id"], customer=CUSTOMER, order=ORDER)
    assert by_id == body
    await world.observations.drain()
    assert [each["redeemables"] for each in world.topic.entries] == [["A"], [made["id"]]]


async def test_a_gift_card_tells_what_it_holds(world: World) -> None:
    await world.gift("G", 3000)
    body = await _validated(world, "G", order=ORDER, gift={"credits": 500})
    assert body["gift"] == {"amount": 3000, "balance": 3000, "effect": "APPLY_TO_ORDER"}
    assert body["order"]["total_amount"] == 9500
    assert "discount" not in body


async def test_nobody_is_tracked_by_a_name_of_the_moment(world: World) -> None:
    await world.voucher("A")
    first, second = await _validated(world, "A"), await _validated(world, "A")
    assert first["tracking_id"].startswith("track_")
    assert first["tracking_id"] != second["tracking_id"]
    assert "order" not in first
    assert (await _validated(world, "A", tracking_id="mine"))["tracking_id"] == "mine"


@pytest.mark.parametrize(
    ("code", "key", "reason"),
    [
        ("missing", "not_found", "Resource not found"),
        ("A", "voucher_disabled", "voucher is disabled"),
    ],
)
async def test_a_voucher_that_is_not_valid_tells_why(
    world: World, code: str, key: str, reason: str
) -> None:
    await world.voucher("A", active=False, metadata={"m": 1})
    body = await _validated(world, code, order=ORDER, customer=CUSTOMER)
    assert (body["valid"], body["code"], body["reason"]) == (False, code, reason)
    assert body["error"]["key"] == key
    assert code in body["error"]["details"]
    assert body["metadata"] == ({"m": 1} if code == "A" else {})
    assert "order" not in body
    assert "applicable_to" not in body


async def test_a_validation_may_hold_the_voucher(world: World) -> None:
    await world.voucher("A", redemption={"quantity": 1})
    lock = {"session": {"key": "s", "ttl": 2, "ttl_unit": "HOURS"}}
    held = await _validated(world, "A", **lock)
    assert held["session"] == {"key": "s", "type": "LOCK", "ttl": 2, "ttl_unit": "HOURS"}
    other = await _validated(world, "A", session={"type": "LOCK", "key": "t"})
    assert (other["valid"], other["reason"]) == (False, "quantity exceeded")
    assert "session" not in other
    redeemed = await _redeem(world, "A", session={"type": "LOCK", "key": "s"})
    assert redeemed.status_code == 200


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"order": {"amount": -1}}, "invalid_amount"),
        ({"order": 5}, "invalid_payload"),
        ({"gift": {"credits": "x"}}, "invalid_amount"),
        ({"customer": [1]}, "invalid_payload"),
        ({"session": {"ttl": 0}}, "invalid_payload"),
    ],
)
async def test_a_wrong_body_is_refused_and_a_failed_redemption_is_recorded(
    world: World, body: dict[str, Any], key: str
) -> None:
    await world.voucher("A")
    answer = await world.call("POST", "/v1/vouchers/A/validate", body)
    assert refused(answer) == (400, key)
    failed = await _redeem(world, "A", **body)
    assert refused(failed) == (400, key)
    assert failed.json()["resource_id"].startswith("rf_")
    assert failed.json()["resource_type"] == "redemption"


@pytest.mark.parametrize("content", [b"[1]", b"5", b'"A"', b"{", b"null"])
async def test_a_body_that_is_no_object_is_no_attempt(world: World, content: bytes) -> None:
    await world.voucher("A")
    count = len(world.ledger.records)
    for path in ("validate", "redemption"):
        answer = await world.http.post(f"/v1/vouchers/A/{path}", content=content, headers=SERVER)
        assert refused(answer) == (400, "invalid_payload")
    assert len(world.ledger.records) == count


async def test_a_redemption_is_the_answer_itself(world: World) -> None:
    await world.voucher("A", redemption={"quantity": 1})
    answer = await _redeem(world, "A", customer=CUSTOMER, order=ORDER, metadata={"m": 1})
    body = answer.json()
    assert_shape(body, "RedemptionsGetResponseBody")
    assert (body["object"], body["result"], body["metadata"]) == ("redemption", "SUCCESS", {"m": 1})
    assert body["order"]["total_amount"] == 9000
    assert body["voucher"]["redemption"]["redeemed_quantity"] == 1
    again = await _redeem(world, "A", order=ORDER)
    assert refused(again) == (400, "quantity_exceeded")
    assert again.json()["resource_id"].startswith("rf_")
    unknown = await _redeem(world, "missing")
    assert refused(unknown) == (404, "not_found")
    assert unknown.json()["resource_id"] == "missing"


async def test_neither_needs_a_body(world: World) -> None:
    await world.voucher("A")
    headers = SERVER | {"Content-Type": "application/json"}
    for path in ("validate", "redemption"):
        answer = await world.http.post(f"/v1/vouchers/A/{path}", content=b"", headers=headers)
        assert answer.status_code == 200, answer.text


async def test_the_query_s_tracking_id_wins(world: World) -> None:
    await world.voucher("A")
    path = "/v1/vouchers/A/redemption?tracking_id=query"
    answer = await world.call("POST", path, {"tracking_id": "body"})
    assert answer.json()["tracking_id"] == "query"


@pytest.mark.parametrize("path", ["/v1/vouchers/A/redemption", "/client/v1/redeem?code=A"])
async def test_the_same_key_is_the_same_answer(world: World, path: str) -> None:
    await world.voucher("A")
    headers = (CLIENT if path.startswith("/client") else SERVER) | {"Idempotency-Key": "once"}
    first = await world.call("POST", path, {"order": ORDER}, headers)
    second = await world.call("POST", path, {"order": ORDER}, headers)
    assert isinstance(world.ledger.records[-1], Duplicate)
    assert (first.status_code, first.content) == (200, second.content)


async def test_a_browser_says_everything_in_the_query(world: World) -> None:
    await world.voucher("A")
    answer = await _asked(
        world,
        **{
            "code": "A",
            "amount": "10000",
            "tracking_id": "",
            "item[0][product_id]": "prod_1",
            "item[0][quantity]": "2",
            "item[1][source_id]": "sku",
            "item[1][price]": "5",
            "customer[source_id]": "ann",
            "customer[metadata][age]": "7",
            "order[metadata][a][b]": "c",
            "metadata[till]": "7",
            "session_type": "LOCK",
            "session_key": "s",
            "session_ttl": "1.5",
            "session_ttl_unit": "HOURS",
        },
    )
    body = answer.json()
    assert_shape(body, VALIDATED)
    assert (body["valid"], body["order"]["amount"]) == (True, 10_000)
    assert [each.get("quantity") for each in body["order"]["items"]] == [2, 1]
    assert body["order"]["metadata"] == {"a": {"b": "c"}}
    assert body["session"]["ttl"] == 1.5
    assert answer.headers["access-control-allow-origin"] == CLIENT["Origin"]
    stored = (await world.call("GET", "/v1/customers/ann")).json()
    assert stored["metadata"] == {"age": "7"}


async def test_a_customer_in_a_query_may_be_an_id_or_a_source_id(world: World) -> None:
    await world.voucher("A")
    first = (await _asked(world, code="A", customer="ann")).json()
    known = (await world.call("GET", "/v1/customers/ann")).json()
    second = await _asked(world, code="A", customer=known["id"])
    assert first["valid"]
    assert second.json()["valid"]
    assert len(world.ledger.commands) == 6


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({}, "missing_parameters"),
        ({"code": ""}, "missing_parameters"),
        ({"code": "A", "amount": "ten"}, "invalid_query_params"),
        ({"code": "A", "amount": "-1"}, "invalid_query_params"),
        ({"code": "A", "colour": "red"}, "invalid_query_params"),
        ({"code": "A", "item": "x"}, "invalid_query_params"),
        ({"code": "A", "order": "x", "amount": "5"}, "invalid_query_params"),
        ({"code": "A", "item[0]": "x", "item[0][quantity]": "1"}, "invalid_query_params"),
        ({"code": "A", "metadata" + "[a]" * 9: "x"}, "invalid_query_params"),
        ({"code": "A", "session_ttl_unit": "YEARS"}, "invalid_query_params"),
        ({"code": "A" * 600}, "invalid_query_params"),
    ],
)
async def test_a_query_that_cannot_be_read(world: World, query: dict[str, str], key: str) -> None:
    await world.voucher("A")
    assert refused(await _asked(world, **query)) == (400, key)


async def test_a_browser_redeems_what_the_query_names(world: World) -> None:
    await world.gift("G%2F1", 3000)
    body = {"order": ORDER, "gift": {"credits": 100}, "customer": {"source_id": None}}
    answer = await world.call("POST", "/client/v1/redeem?code=G/1&tracking_id=t", body, CLIENT)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["amount"], answer.json()["tracking_id"]) == (100, "t")
    missing = await world.call("POST", "/client/v1/redeem", body, CLIENT)
    assert refused(missing) == (400, "missing_parameters")
    server = await world.call("POST", "/v1/vouchers/G%2F1/redemption", body)
    assert server.json()["date"] == answer.json()["date"] == "2023-11-14T22:13:20.000Z"
    assert world.ledger.now == START_MS


async def test_an_order_may_say_whose_it_is(world: World) -> None:
    await world.voucher("A")
    owned = {"amount": 1000, "customer": {"source_id": "eve", "name": "Eve"}}
    redeemed = (await _redeem(world, "A", order=owned)).json()
    assert redeemed["customer"]["source_id"] == "eve"
    assert redeemed["customer_id"] == redeemed["order"]["customer_id"]
    # what the body itself says goes first
    both = (await _redeem(world, "A", customer=CUSTOMER, order=owned)).json()
    assert both["customer"]["source_id"] == "ann"
    wrong = await _redeem(world, "A", order={"amount": 1000, "customer": {"id": 7}})
    assert refused(wrong) == (400, "invalid_payload")
    assert ".order.customer.id" in wrong.json()["details"]
