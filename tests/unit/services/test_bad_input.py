"""Bad input: the contract's error, never a 500, and exactly what is recorded (docs/bad-input.md)."""

from typing import Any

import pytest

from schemas.redemptions import RedemptionFailed
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.world import SERVER, World, asked

HUGE = 10**30
UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "cut off": b'{"redeemables":[{"object":"voucher","id":"A"}',
    "a comment": b'{"redeemables":[]} // no',
    "not a number": b'{"redeemables":[{"object":"voucher","id":"A"}],"metadata":{"a":NaN}}',
    "not utf-8": b'{"redeemables":[{"object":"voucher","id":"A\xff"}]}',
    "not utf-8 elsewhere": b'{"redeemables":[{"object":"voucher","id":"A"}],"customer":"\xff"}',
    "half a surrogate": b'{"redeemables":[{"object":"voucher","id":"\\ud800"}]}',
    "a list": b"[]",
    "a number": b"5",
    "null": b"null",
    "no redeemables": b"{}",
    "redeemables null": b'{"redeemables":null}',
    "redeemables empty": b'{"redeemables":[]}',
    "31 redeemables": b'{"redeemables":['
    + b",".join(b'{"object":"voucher","id":"%d"}' % n for n in range(31))
    + b"]}",
    "no object": b'{"redeemables":[{"id":"A"}]}',
    "no id": b'{"redeemables":[{"object":"voucher"}]}',
    "id null": b'{"redeemables":[{"object":"voucher","id":null}]}',
    "id a number": b'{"redeemables":[{"object":"voucher","id":7}]}',
    "id empty": b'{"redeemables":[{"object":"voucher","id":""}]}',
    "id too long": b'{"redeemables":[{"object":"voucher","id":"%s"}]}' % (b"A" * 513),
    "another object": b'{"redeemables":[{"object":"product","id":"A"}]}',
    "too deep": b'{"redeemables":[{"object":"voucher","id":"A"}],"metadata":'
    + b'{"a":' * 40
    + b"1"
    + b"}" * 41,
    "endless": b"[" * 500_000,
}
RECORDED: dict[str, tuple[dict[str, Any], str]] = {
    "amount negative": ({"order": {"amount": -1}}, "invalid_amount"),
    "amount a text": ({"order": {"amount": "10"}}, "invalid_amount"),
    "amount a fraction": ({"order": {"amount": 1.5}}, "invalid_amount"),
    "amount huge": ({"order": {"amount": HUGE}}, "invalid_amount"),
    "item price negative": ({"order": {"items": [{"price": -1}]}}, "invalid_amount"),
    "items sum too high": (
        {"order": {"items": [{"price": 10**15, "quantity": 10**9}]}},
        "invalid_amount",
    ),
    "order a list": ({"order": [1]}, "invalid_payload"),
    "order unknown": ({"order": {"id": "ord_x"}}, "not_found"),
    "order status unknown": ({"order": {"status": "SENT"}}, "invalid_payload"),
    "quantity negative": ({"order": {"items": [{"quantity": -1}]}}, "invalid_payload"),
    "customer a text": ({"customer": "me"}, "invalid_payload"),
    "customer unknown": ({"customer": {"id": "cust_x"}}, "not_found"),
    "customer's name a number": ({"customer": {"name": 5}}, "invalid_payload"),
    "metadata a list": ({"metadata": [1]}, "invalid_payload"),
    "session of another type": ({"session": {"type": "OPEN"}}, "invalid_payload"),
    "session without time": ({"session": {"ttl": 0}}, "invalid_payload"),
    "tracking id a number": ({"tracking_id": 5}, "invalid_payload"),
    "options unknown": ({"options": {"expand": ["all"]}}, "invalid_payload"),
}


def _sent(body: bytes) -> dict[str, Any]:
    return {"content": body, "headers": SERVER | {"Content-Type": "application/json"}}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_is_an_error_and_nothing_else(world: World, body: bytes) -> None:
    await world.voucher("A")
    records = len(world.ledger.records)
    for path in ("/v1/redemptions", "/v1/validations"):
        assert refused(await world.http.post(path, **_sent(body))) == (400, "invalid_payload")
    assert len(world.ledger.records) == records
    assert world.topic.entries == []


@pytest.mark.parametrize(("more", "key"), RECORDED.values(), ids=RECORDED)
async def test_a_readable_attempt_is_recorded_with_what_is_wrong(
    world: World, more: dict[str, Any], key: str
) -> None:
    await world.voucher("A")
    answer = await world.call("POST", "/v1/redemptions", asked("A", amount=None, **more))
    assert refused(answer)[1] == key
    failed = world.ledger.records[-1].events[-1]  # type: ignore[union-attr]
    assert isinstance(failed, RedemptionFailed)
    assert failed.evaluation.outcomes[0].refusal is not None
    assert failed.evaluation.outcomes[0].refusal.key == key
    if key != "not_found":
        assert answer.json()["resource_id"] == failed.redemption_ids[0]
        assert answer.json()["resource_type"] == "redemption"


@pytest.mark.parametrize(
    ("more", "key"),
    [case for case in RECORDED.values() if case[1] == "invalid_payload"],
    ids=[name for name, case in RECORDED.items() if case[1] == "invalid_payload"],
)
async def test_a_validation_answers_with_it(world: World, more: dict[str, Any], key: str) -> None:
    await world.voucher("A")
    answer = await world.call("POST", "/v1/validations", asked("A", amount=None, **more))
    assert refused(answer) == (400, key)
    assert world.topic.entries == []


async def test_redeemables_named_twice(world: World) -> None:
    voucher = await world.voucher("A")
    for again in ("A", voucher["id"]):
        body = asked("A", again)
        assert refused(await world.call("POST", "/v1/validations", body)) == (
            400,
            "duplicated_redeemables",
        )
        locked = body | {"session": {"type": "LOCK"}}
        assert refused(await world.call("POST", "/v1/validations", locked))[0] == 400
        answer = await world.call("POST", "/v1/redemptions", body)
        assert refused(answer) == (400, "duplicated_redeemables")
        assert answer.json()["resource_id"].startswith("rf_")


async def test_a_promotion_stack_beside_others(world: World) -> None:
    body = asked("A")
    body["redeemables"].append({"object": "promotion_stack", "id": "stack_1"})
    for path in ("/v1/validations", "/v1/redemptions"):
        answer = await world.call("POST", path, body)
        assert refused(answer) == (400, "invalid_redeemables")


@pytest.mark.parametrize("amount", [True, None, "5", -5, 0, 1.5, HUGE, [], {}])
async def test_gift_credits_that_are_no_amount(world: World, amount: Any) -> None:
    await world.gift("G", 500)
    body = asked("G")
    body["redeemables"][0]["gift"] = {"credits": amount}
    answer = await world.call("POST", "/v1/redemptions", body)
    assert refused(answer) == (400, "invalid_amount")
    assert answer.json()["resource_id"].startswith("rf_")


@pytest.mark.parametrize("path", ["/v1/redemptions", "/v1/validations"])
@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_an_idempotency_key_out_of_bounds(world: World, key: str, path: str) -> None:
    headers = SERVER | {"Idempotency-Key": key}
    answer = await world.call("POST", path, asked("A"), headers)
    assert refused(answer) == (400, "invalid_payload")


async def test_bad_input_leaves_the_customer_as_it_is(world: World) -> None:
    await world.voucher("A")
    customer = {"source_id": "ann", "name": "Ann"}
    await world.call("POST", "/v1/validations", asked("A", customer=customer))
    before = (await world.call("GET", "/v1/customers/ann")).json() | {"summary": None}
    other = {"source_id": "ann", "name": "Mallory"}
    for body in (asked("A", metadata=5, customer=other), asked("A", "A", customer=other)):
        for path in ("/v1/redemptions", "/v1/validations"):
            assert refused(await world.call("POST", path, body))[0] == 400
    after = (await world.call("GET", "/v1/customers/ann")).json()
    assert after["summary"]["redemptions"]["total_failed"] == 2
    assert after | {"summary": None} == before


@pytest.mark.parametrize("code", ["import", "importCSV"])
async def test_codes_that_the_api_has_endpoints_for(world: World, code: str) -> None:
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 1}}
    assert (await world.call("POST", f"/v1/vouchers/{code}", body)).status_code in (400, 415)
    assert refused(await world.call("GET", f"/v1/vouchers/{code}")) == (404, "not_found")


@pytest.mark.parametrize(
    "path",
    ["/v1/vouchers/%FF", "/v1/vouchers/" + "A" * 513, "/v1/customers/%C3%28", "/v1/orders/%80"],
)
async def test_ids_that_nothing_can_have(world: World, path: str) -> None:
    assert refused(await world.call("GET", path)) == (404, "not_found")


@pytest.mark.parametrize(
    "content", [b"{", b"[1]", b'{"reason":5}', b'{"customer":"x"}', b'{"order":{"amount":-1}}']
)
async def test_a_rollback_with_a_bad_body_changes_nothing(world: World, content: bytes) -> None:
    await world.voucher("A")
    redeemed = (await world.call("POST", "/v1/redemptions", asked("A"))).json()
    records = len(world.ledger.records)
    path = f"/v1/redemptions/{redeemed['redemptions'][0]['id']}/rollback"
    assert refused(await world.http.post(path, **_sent(content))) == (400, "invalid_payload")
    assert len(world.ledger.records) == records


async def test_a_rollback_of_what_never_was(world: World) -> None:
    for path in ("/v1/redemptions/r_x/rollback", "/v1/redemptions/r_x/rollbacks"):
        answer = await world.call("POST", path)
        assert refused(answer) == (404, "not_found")
        assert answer.json()["resource_type"] == "redemption"


TERMS: dict[str, Any] = {
    "type": "DISCOUNT_VOUCHER",
    "discount": {"type": "AMOUNT", "amount_off": 100},
}
BAD_VOUCHERS: dict[str, tuple[dict[str, Any], int]] = {
    "nothing of a voucher": ({"metadata": {}}, 400),
    "a loyalty card": (TERMS | {"type": "LOYALTY_CARD"}, 400),
    "no discount": ({"type": "DISCOUNT_VOUCHER"}, 400),
    "a gift beside": (TERMS | {"gift": {"amount": 5, "balance": 5}}, 400),
    "a unit discount": (TERMS | {"discount": {"type": "UNIT", "unit_off": 1}}, 400),
    "a fixed price missing": (TERMS | {"discount": {"type": "FIXED", "amount_off": 1}}, 400),
    "an effect of units": (
        TERMS | {"discount": {"type": "AMOUNT", "amount_off": 1, "effect": "ADD_NEW_ITEMS"}},
        400,
    ),
    "no formula": (
        TERMS | {"discount": {"type": "AMOUNT", "amount_off": 1, "amount_off_formula": "1 +"}},
        400,
    ),
    "no amount": (TERMS | {"discount": {"type": "AMOUNT"}}, 400),
    "amount negative": (TERMS | {"discount": {"type": "AMOUNT", "amount_off": -1}}, 400),
    "amount a text": (TERMS | {"discount": {"type": "AMOUNT", "amount_off": "5"}}, 400),
    "amount huge": (TERMS | {"discount": {"type": "AMOUNT", "amount_off": HUGE}}, 400),
    "over 100 percent": (TERMS | {"discount": {"type": "PERCENT", "percent_off": 100.1}}, 400),
    "quantity negative": (TERMS | {"redemption": {"quantity": -1}}, 400),
    "quantity a boolean": (TERMS | {"redemption": {"quantity": True}}, 400),
    "a date that is none": (TERMS | {"start_date": "soon"}, 400),
    "a date of year 0": (TERMS | {"start_date": "0000-01-01"}, 400),
    "a date out of range": (TERMS | {"start_date": "0001-01-01T00:00:00+23:00"}, 400),
    "the end before the start": (
        TERMS | {"start_date": "2024-02-01", "expiration_date": "2024-01-01"},
        400,
    ),
    "an eighth day": (TERMS | {"validity_day_of_week": [7]}, 400),
    "an unknown duration": (
        TERMS | {"validity_timeframe": {"duration": "1h", "interval": "P1D"}},
        400,
    ),
    "metadata a list": (TERMS | {"metadata": [1]}, 400),
    "active a text": (TERMS | {"active": "yes"}, 400),
    "an unknown category": (TERMS | {"category": "None"}, 404),
    "an unknown campaign": (TERMS | {"campaign": "None"}, 404),
    "an unknown rule": (TERMS | {"validation_rules": ["val_1"]}, 404),
    "a code of length 0": (TERMS | {"code_config": {"length": 0}}, 400),
    "a code of length 10,000": (TERMS | {"code_config": {"length": 10_000}}, 400),
    "a pattern without places": (TERMS | {"code_config": {"pattern": "AB"}}, 400),
    "an empty charset": (TERMS | {"code_config": {"charset": ""}}, 400),
    "a code too long": (TERMS | {"code": "A" * 513}, 400),
}


@pytest.mark.parametrize(("body", "status"), BAD_VOUCHERS.values(), ids=BAD_VOUCHERS)
async def test_a_voucher_that_cannot_be(world: World, body: dict[str, Any], status: int) -> None:
    assert refused(await world.call("POST", "/v1/vouchers", body))[0] == status


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b"null", b'{"a":"\xff"}'])
async def test_a_voucher_body_that_cannot_be_read(world: World, content: bytes) -> None:
    answer = await world.http.post("/v1/vouchers", **_sent(content))
    assert refused(answer) == (400, "invalid_payload")


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "VOUCHER"},
        {"discount": None},
        {"gift": {"amount": 5}},
        {"code": "OTHER"},
        {"start_date": 5},
    ],
)
async def test_an_update_that_cannot_be(world: World, changes: dict[str, Any]) -> None:
    before = await world.voucher("A")
    assert refused(await world.call("PUT", "/v1/vouchers/A", changes))[0] == 400
    assert (await world.call("GET", "/v1/vouchers/A")).json() == before
