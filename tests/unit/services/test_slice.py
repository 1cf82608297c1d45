"""The fronts end to end over a ledger in memory: answers have the contract's shapes and meaning."""

import json
from typing import Any

import msgspec
import pytest

from engine.evaluation.body import validation_body
from engine.kernel.encode import to_json
from schemas.observations import ValidationDetails
from schemas.records import Conflicted, Decided, Duplicate
from tests.contract.shapes import assert_shape
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.world import CLIENT, MANAGEMENT, SERVER, World, asked

CUSTOMER = {"source_id": "ann/1@x+y", "name": "Ann", "metadata": {"vip": True}}
AWKWARD = "A/b c%2F+ü?#"


def _path(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


async def _redeemed(world: World, *codes: str, **more: Any) -> dict[str, Any]:
    answer = await world.call("POST", "/v1/redemptions", asked(*codes, **more))
    assert answer.status_code == 200, answer.text
    assert_shape(answer.json(), "RedemptionsRedeemResponseBody")
    return dict(answer.json())


async def test_a_voucher_lives(world: World) -> None:
    made = await world.voucher(_path(AWKWARD), metadata={"a": [1, 2.5, None]})
    assert_shape(made, "VouchersCreateResponseBody")
    assert made["code"] == AWKWARD
    for named in (AWKWARD, made["id"]):
        found = await world.call("GET", f"/v1/vouchers/{_path(named)}")
        assert found.json() == made
    disabled = await world.call("POST", f"/v1/vouchers/{_path(AWKWARD)}/disable")
    assert_shape(disabled.json(), "VouchersDisableResponseBody")
    assert disabled.json()["active"] is False
    again = await world.call("POST", f"/v1/vouchers/{_path(AWKWARD)}/enable")
    assert again.json()["active"] is True
    gone = await world.call("DELETE", f"/v1/vouchers/{_path(AWKWARD)}")
    assert (gone.status_code, gone.content) == (204, b"")
    missing = await world.call("GET", f"/v1/vouchers/{_path(AWKWARD)}")
    assert refused(missing) == (404, "not_found")
    assert missing.json()["resource_id"] == AWKWARD


async def test_a_code_is_taken_once(world: World) -> None:
    await world.voucher("A")
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 1.0}}
    assert refused(await world.call("POST", "/v1/vouchers/A", body)) == (409, "duplicate_found")


async def test_a_random_code_follows_its_rule(world: World) -> None:
    config = {"length": None, "pattern": "X-###", "charset": "7", "prefix": "p-", "postfix": "-s"}
    body = {
        "type": "GIFT_VOUCHER",
        "gift": {"amount": 500, "balance": 400},
        "code_config": config,
    }
    made = (await world.call("POST", "/v1/vouchers", body)).json()
    assert made["code"] == "p-X-777-s"
    assert made["gift"] == {"amount": 500, "balance": 400}
    plain = await world.call("POST", "/v1/vouchers", body | {"code_config": None})
    assert len(plain.json()["code"]) == 8


async def test_an_update_changes_what_it_names_and_null_clears(world: World) -> None:
    await world.voucher("A", start_date="2023-01-01", additional_info="x", redemption={})
    changes = {"start_date": None, "redemption": {"quantity": 3}, "active": False}
    changed = await world.call("PUT", "/v1/vouchers/A", changes)
    assert_shape(changed.json(), "VouchersUpdateResponseBody")
    body = changed.json()
    assert (body["start_date"], body["additional_info"], body["active"]) == (None, "x", False)
    assert body["redemption"]["quantity"] == 3
    assert body["updated_at"] == "2023-11-14T22:13:20.000Z"


async def test_an_update_may_send_back_what_a_voucher_is_and_has(world: World) -> None:
    made = await world.voucher("A")
    same = {"code": "A", "gift": None, "additional_info": "x"}
    for named in ("A", made["id"]):
        changed = await world.call("PUT", f"/v1/vouchers/{named}", same)
        assert changed.status_code == 200, changed.text
    refusal = await world.call("PUT", "/v1/vouchers/A", {"discount": None})
    assert refused(refusal) == (400, "invalid_payload")


async def test_an_unknown_member_that_is_null_counts_as_left_out(world: World) -> None:
    discount = {"type": "AMOUNT", "amount_off": 5, "unit_off": None, "product": None}
    body = {"type": "DISCOUNT_VOUCHER", "discount": discount, "loyalty_card": None}
    assert (await world.call("POST", "/v1/vouchers", body)).status_code == 200
    await world.gift("G", 500)
    changes = {"type": "DISCOUNT_VOUCHER", "active": None, "additional_info": "x"}
    changed = await world.call("PUT", "/v1/vouchers/G", changes)
    assert changed.status_code == 200, changed.text
    body = changed.json()
    assert (body["type"], body["active"], body["additional_info"]) == ("GIFT_VOUCHER", True, "x")


async def test_a_validation_shows_each_step_and_is_observed(world: World) -> None:
    await world.gift("G", 2000)
    await world.voucher("A")
    answer = await world.call("POST", "/v1/validations", asked("G", "A", customer=CUSTOMER))
    body = answer.json()
    assert_shape(body, "ValidationsValidateResponseBody")
    assert body["valid"] is True
    assert "skipped_redeemables" not in body
    assert "inapplicable_redeemables" not in body
    assert [each["order"]["discount_amount"] for each in body["redeemables"]] == [2000, 2800]
    assert [each["order"]["applied_discount_amount"] for each in body["redeemables"]] == [2000, 800]
    assert body["order"]["total_amount"] == 7200
    assert body["redeemables"][0]["result"] == {"gift": {"balance": 2000, "credits": 2000}}
    assert body["redeemables"][1]["result"]["discount"]["effect"] == "APPLY_TO_ORDER"
    assert body["tracking_id"].startswith("track_")
    await world.observations.drain()
    (seen,) = world.topic.entries
    assert (seen["id"], seen["valid"], seen["order_amount"]) == (body["id"], True, 10_000)
    assert seen["redeemables"] == ["G", "A"]
    details = msgspec.convert(seen["details"], ValidationDetails)
    shown = validation_body(
        seen["id"], details.evaluation, "server", tracking_id=body["tracking_id"]
    )
    assert json.loads(to_json(shown)) == body
    assert details.asked["order"] == {"amount": 10_000}
    assert str(CUSTOMER["source_id"]) not in json.dumps(seen)


async def test_a_customer_is_a_command_only_where_there_is_news(world: World) -> None:
    await world.voucher("A")
    for _ in range(2):
        await world.call("POST", "/v1/validations", asked("A", customer=CUSTOMER))
    await world.call("POST", "/v1/validations", asked("A", customer={"source_id": "ann/1@x+y"}))
    news = {"source_id": "ann/1@x+y", "name": "Anna"}
    await world.call("POST", "/v1/validations", asked("A", customer=news))
    kinds = [str(each.body.__struct_config__.tag) for each in world.ledger.commands]
    assert kinds.count("upsert_customer") == 2
    found = await world.call("GET", f"/v1/customers/{_path('ann/1@x+y')}")
    assert_shape(found.json(), "CustomersGetResponseBody")
    assert found.json()["name"] == "Anna"
    assert found.json()["address"] is None
    by_id = await world.call("GET", f"/v1/customers/{found.json()['id']}")
    assert by_id.json() == found.json()


async def test_a_validation_that_is_not_valid(world: World) -> None:
    await world.voucher("A", active=False)
    await world.voucher("B")
    body = (await world.call("POST", "/v1/validations", asked("A", "B", "C"))).json()
    assert_shape(body, "ValidationsValidateResponseBody")
    assert body["valid"] is False
    assert "order" not in body
    assert [each["status"] for each in body["redeemables"]] == [
        "INAPPLICABLE",
        "SKIPPED",
        "SKIPPED",
    ]
    (failed,) = body["inapplicable_redeemables"]
    assert failed["result"]["details"] == {
        "key": "voucher_disabled",
        "message": "voucher is disabled",
    }
    assert failed["result"]["error"]["details"] == "A"
    assert len(body["skipped_redeemables"]) == 2


async def test_an_explanation_is_for_the_server_side_alone(world: World) -> None:
    await world.voucher("A", redemption={"quantity": 0})
    seen = await world.call("POST", "/v1/redemptions", asked("A"))
    hidden = await world.call("POST", "/client/v1/redemptions", asked("A"), CLIENT)
    assert seen.json()["explanation"]["rule"] == "quantity"
    assert "explanation" not in hidden.text
    inside = await world.call("POST", "/client/v1/validations", asked("A"), CLIENT)
    assert "explanation" not in inside.text


async def test_a_session_is_echoed_held_and_released(world: World) -> None:
    await world.voucher("A", redemption={"quantity": 1})
    lock = {"type": "LOCK", "key": "s/1", "ttl": 5, "ttl_unit": "MINUTES"}
    locked = await world.call("POST", "/v1/validations", asked("A", session=lock))
    assert_shape(locked.json(), "ValidationsValidateResponseBody")
    assert locked.json()["session"] == lock
    other = await world.call("POST", "/v1/validations", asked("A", session={"type": "LOCK"}))
    assert other.json()["valid"] is False
    assert "session" not in other.json()
    released = await world.call("DELETE", f"/v1/vouchers/A/sessions/{_path('s/1')}")
    assert released.status_code == 204
    again = await world.call("DELETE", f"/v1/vouchers/A/sessions/{_path('s/1')}")
    assert refused(again) == (404, "not_found")
    assert again.json()["resource_type"] == "session"
    free = await world.call("POST", "/v1/validations", asked("A", session={}))
    assert free.json()["session"]["ttl"] == 7
    assert free.json()["session"]["key"].startswith("ssn_")


async def test_a_single_redemption_has_no_parent(world: World) -> None:
    await world.voucher("A")
    body = await _redeemed(world, "A", customer=CUSTOMER, metadata={"m": 1})
    (entry,) = body["redemptions"]
    assert "parent_redemption" not in body
    assert "redemption" not in entry
    assert entry["order"] == body["order"]
    assert body["order"]["status"] == "PAID"
    assert list(body["order"]["redemptions"]) == [entry["id"]]
    assert entry["voucher"]["redemption"]["redeemed_quantity"] == 1
    assert entry["customer"]["source_id"] == CUSTOMER["source_id"]
    assert entry["metadata"] == {"m": 1}
    stored = await world.call("GET", f"/v1/orders/{body['order']['id']}")
    assert_shape(stored.json(), "OrdersGetResponseBody")
    assert stored.json()["total_amount"] == 9000


async def test_a_stack_has_a_parent_and_rolls_back_as_one(world: World) -> None:
    await world.gift("G", 500)
    await world.voucher("A")
    order = {"source_id": "o/1", "items": [{"quantity": 2, "price": 1000}]}
    body = await _redeemed(world, "G", "A", order=order)
    parent = body["parent_redemption"]
    assert [each["redemption"] for each in body["redemptions"]] == [parent["id"]] * 2
    assert [each.get("amount") for each in body["redemptions"]] == [500, None]
    assert parent["order"] == body["order"]
    assert body["order"]["total_amount"] == 1350
    path = f"/v1/redemptions/{parent['id']}"
    assert refused(await world.call("POST", f"{path}/rollback")) == (400, "invalid_redemption")
    taken = await world.call("POST", f"{path}/rollbacks?reason=wrong", {"metadata": None})
    assert_shape(taken.json(), "RedemptionsRollbacksCreateResponseBody")
    assert [each.get("amount") for each in taken.json()["rollbacks"]] == [-500, None]
    assert taken.json()["parent_rollback"]["reason"] == "wrong"
    assert taken.json()["order"]["status"] == "CANCELED"
    assert taken.json()["order"]["total_amount"] == 2000
    again = await world.call("POST", f"{path}/rollbacks")
    assert refused(again) == (400, "already_rolled_back")
    assert again.json()["resource_id"].startswith("rrf_")
    assert again.json()["resource_type"] == "redemption_rollback"
    stored = await world.call("GET", f"/v1/orders/{_path('o/1')}")
    assert stored.json()["status"] == "CANCELED"


async def test_a_rollback_needs_no_body(world: World) -> None:
    await world.voucher("A")
    entry = (await _redeemed(world, "A", amount=None))["redemptions"][0]
    assert entry["order"] is None
    headers = SERVER | {"Content-Type": "application/json"}
    path = f"/v1/redemptions/{entry['id']}/rollback"
    answer = await world.http.post(path, content=b"", headers=headers)
    assert_shape(answer.json(), "RedemptionsRollbackCreateResponseBody")
    assert answer.json()["redemption"] == entry["id"]


async def test_thirty_redeemables_make_five_redemptions(world: World) -> None:
    codes = [f"C{n}" for n in range(30)]
    for code in codes:
        await world.voucher(code)
    body = await _redeemed(world, *codes)
    assert len(body["redemptions"]) == 5
    assert len(body["skipped_redeemables"]) == 25
    assert body["inapplicable_redeemables"] == []


async def test_an_order_that_failed_shows_no_discount(world: World) -> None:
    await world.voucher("A")
    answer = await world.call("POST", "/v1/redemptions", asked("A", "missing"))
    assert refused(answer) == (404, "not_found")
    assert answer.json()["resource_id"] == "missing"


@pytest.mark.parametrize("path", ["/v1/redemptions", "/v1/vouchers"])
async def test_the_same_key_is_the_same_answer(world: World, path: str) -> None:
    await world.voucher("A")
    body = asked("A")
    if path == "/v1/vouchers":
        body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 5}}
    headers = SERVER | {"Idempotency-Key": "once"}
    first = await world.call("POST", path, body, headers)
    second = await world.call("POST", path, body, headers)
    assert isinstance(world.ledger.records[-1], Duplicate)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    other = await world.call("POST", path, body, headers, params={"a": "b"})
    assert refused(other) == (409, "idempotency_key_reused")
    assert isinstance(world.ledger.records[-1], Conflicted)
    plain = await world.call("POST", path, body)
    assert plain.json() != first.json()


async def test_a_key_covers_the_customer_of_a_validation(world: World) -> None:
    await world.voucher("A")
    headers = SERVER | {"Idempotency-Key": "once"}
    first = asked("A", customer=CUSTOMER)
    for _ in range(2):
        answer = await world.call("POST", "/v1/validations", first, headers)
        assert answer.status_code == 200, answer.text
    news = asked("A", customer=CUSTOMER | {"name": "Anna"})
    other = await world.call("POST", "/v1/validations", news, headers)
    assert refused(other) == (409, "idempotency_key_reused")
    found = await world.call("GET", f"/v1/customers/{_path('ann/1@x+y')}")
    assert found.json()["name"] == "Ann"


async def test_a_browser_sees_no_more_of_a_customer_than_it_named(world: World) -> None:
    await world.voucher("A")
    await _redeemed(world, "A", customer=CUSTOMER | {"email": "ann@x.test"})
    named = asked("A", customer={"source_id": CUSTOMER["source_id"]})
    answer = await world.call("POST", "/client/v1/redemptions", named, CLIENT)
    assert_shape(answer.json(), "ClientRedemptionsRedeemResponseBody")
    customer = answer.json()["redemptions"][0]["customer"]
    assert customer == {
        "id": customer["id"],
        "source_id": CUSTOMER["source_id"],
        "metadata": {},
        "object": "customer",
    }
    assert "ann@x.test" not in answer.text


async def test_a_validation_of_a_stored_order_omits_sums_of_zero(world: World) -> None:
    await world.voucher("A", discount={"type": "AMOUNT", "amount_off": 0})
    order = {"source_id": "o", "amount": 100}
    saved = (await _redeemed(world, "A", order=order))["order"]
    assert saved["discount_amount"] == saved["total_applied_discount_amount"] == 0
    answer = await world.call("POST", "/v1/validations", asked("A", order=order))
    shown = answer.json()["order"]
    assert shown["id"] == saved["id"]
    assert not {name for name in shown if name.endswith("discount_amount")}


async def test_a_key_is_scoped_by_route_and_kind(world: World) -> None:
    await world.voucher("A")
    for path, headers in (
        ("/v1/redemptions", SERVER),
        ("/client/v1/redemptions", CLIENT),
        ("/v1/vouchers/A/disable", SERVER),
    ):
        answer = await world.call("POST", path, asked("A"), headers | {"Idempotency-Key": "k"})
        assert answer.status_code == 200, answer.text
        assert isinstance(world.ledger.records[-1], Decided)


async def test_the_first_management_key_sees_every_project(world: World) -> None:
    listed = await world.call("GET", "/management/v1/projects", headers=MANAGEMENT)
    assert_shape(listed.json(), "ManagementProjectsListResponseBody")
    own, _ = listed.json()["data"]
    found = await world.call("GET", "/management/v1/projects/proj", headers=MANAGEMENT)
    assert_shape(found.json(), "ManagementProjectsGetResponseBody")
    assert found.json() == own
    other = await world.call("GET", "/management/v1/projects/none", headers=MANAGEMENT)
    assert refused(other) == (404, None)
