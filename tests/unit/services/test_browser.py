"""What a client-side key is told: every answer of its API, walked against a list of members."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.shapes import assert_shape
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.world import CLIENT, World, asked

#: What a member may hold that is not looked into: a shop's own free values.
FREE = {"metadata"}
#: Every member that an answer of the client-side API may have, wherever it stands.
ALLOWED = {
    # what was asked, and what came of it
    "id", "object", "type", "valid", "status", "result", "code", "reason", "error", "details",
    "key", "message", "request_id", "resource_id", "resource_type", "tracking_id", "metadata",
    "data", "data_ref", "total", "url", "has_more", "count", "created_at", "updated_at", "date",
    "redeemables", "inapplicable_redeemables", "skipped_redeemables", "redemptions", "redemption",
    "parent_redemption", "related_redemptions", "related_object_id", "related_object_type",
    "related_object_parent_id", "stacked", "stacking_rules", "categories", "applicable_to",
    "inapplicable_to", "channel", "channel_id", "channel_type", "failure_code", "failure_message",
    # the session
    "session", "ttl", "ttl_unit",
    # the order
    "order", "amount", "initial_amount", "discount_amount", "total_discount_amount",
    "total_amount", "applied_discount_amount", "total_applied_discount_amount", "items",
    "quantity", "price", "subtotal_amount", "product_id", "sku_id", "source_id", "customer_id",
    "referrer_id", "related_object",
    # the voucher
    "voucher", "campaign", "campaign_id", "category", "category_id", "discount", "amount_off",
    "percent_off", "amount_limit", "effect", "is_dynamic", "gift", "balance", "credits",
    "loyalty_card", "start_date", "expiration_date", "validity_timeframe",
    "validity_day_of_week", "validity_hours", "active", "additional_info", "assets",
    "qr", "barcode",
    "is_referral_code", "validation_rules_assignments", "publish", "redeemed_quantity",
    "redeemed_amount", "vouchers", "vouchers_id",
    # the customer
    "customer", "name", "email", "phone", "address", "summary", "loyalty", "referrals",
    "system_metadata", "referral", "description", "birthdate", "birthday",
    # lists
    "tiers",
}  # fmt: skip
#: Members that may be there, but say nothing to a browser.
EMPTY = {
    "name", "email", "phone", "address", "description", "birthdate", "birthday",
    "additional_info",
}  # fmt: skip
#: Members of a customer's summary, which are all zero.
SUMMARY = {"summary", "loyalty", "referrals"}
SECRET = {
    "source_id": "ann", "name": "Ann Secret", "email": "secret@x.test", "phone": "secret-phone",
    "description": "secret", "address": {"city": "Secretville"}, "metadata": {"vip": "secret"},
}  # fmt: skip
NAMED = {"source_id": "ann"}


def _members(value: Any, at: str = "$") -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield at, name, inner
            if name not in FREE | SUMMARY:
                yield from _members(inner, f"{at}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _members(inner, f"{at}[]")


def _zero(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_zero, value.values()))
    return value in (0, None, [], {})


def _check(answer: httpx.Response) -> None:
    assert "secret" not in answer.text.lower()
    assert answer.headers["access-control-allow-origin"] == CLIENT["Origin"]
    for at, name, value in _members(answer.json()):
        parent = at.rpartition(".")[2]
        # an order shows its redemptions, and the rules of stacking their limits, by their names
        if parent in ("redemptions", "stacking_rules"):
            continue
        assert name in ALLOWED, f"{at}.{name} = {value!r}"
        if name in EMPTY and parent != "tiers":
            assert value is None, f"{at}.{name} = {value!r}"
        if name in SUMMARY:
            assert _zero(value), f"{at}.{name} = {value!r}"


async def _shop(world: World) -> None:
    notes = {"additional_info": "secret note", "metadata": {"shown": "to all"}}
    await world.voucher("A", **notes)
    await world.voucher("OFF", active=False, **notes)
    await world.gift("G", 5000)
    campaign = {
        "name": "Sale",
        "campaign_type": "DISCOUNT_COUPONS",
        "vouchers_count": 3,
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "AMOUNT", "amount_off": 100},
        },
    }
    for method, path, body in (
        ("PUT", "/v1/vouchers/G", {"additional_info": "secret note"}),
        ("POST", "/v1/customers", SECRET),
        ("POST", "/v1/campaigns", campaign),
        ("POST", "/v1/publications", {"voucher": "A", "customer": {"source_id": "ben"}}),
        ("POST", "/v1/redemptions", asked("G", customer=NAMED, amount=100)),
    ):
        answer = await world.call(method, path, body)
        assert answer.status_code == 200, answer.text


ITEMS = {"items": [{"product_id": "p", "quantity": 2, "price": 50}]}
CALLS: tuple[tuple[str, str, dict[str, Any] | None, str | None], ...] = (
    ("POST", "validations", asked("A", "G", customer=NAMED), "ClientValidationsValidateResponseBody"),
    ("POST", "validations", asked("A", session={}), "ClientValidationsValidateResponseBody"),
    ("POST", "validations", asked("A", order=ITEMS), "ClientValidationsValidateResponseBody"),
    ("POST", "validations", asked("OFF", "A"), "ClientValidationsValidateResponseBody"),
    ("POST", "validations", asked("A", metadata=5), None),
    ("GET", "validate?code=A&amount=100&customer=ann", None, "VouchersValidateResponseBody"),
    ("GET", "validate?code=G&amount=100&session_type=LOCK", None, "VouchersValidateResponseBody"),
    ("GET", "validate?code=OFF", None, "VouchersValidateResponseBody"),
    ("GET", "validate", None, None),
    ("POST", "redemptions", asked("A", customer=NAMED), "ClientRedemptionsRedeemResponseBody"),
    ("POST", "redemptions", asked("A", "G", customer=NAMED), "ClientRedemptionsRedeemResponseBody"),
    ("POST", "redemptions", asked("OFF", customer=NAMED), None),
    ("POST", "redemptions", asked("nothing"), None),
    ("POST", "redeem?code=G", {"order": {"amount": 10}, "customer": NAMED}, None),
    ("POST", "redeem?code=OFF", {"customer": NAMED}, None),
    ("POST", "publish", {"campaign": {"name": "Sale"}, "customer": NAMED}, None),
    ("POST", "publish?campaign=Sale&join_once=true", {"customer": NAMED}, None),
    ("POST", "publish", {"campaign": {"name": "None"}, "customer": NAMED}, None),
    ("POST", "events", {"event": "seen", "customer": NAMED}, "ClientEventsCreateResponseBody"),
    ("POST", "qualifications", {"customer": NAMED, "order": ITEMS}, "ClientQualificationsCheckEligibilityResponseBody"),
    ("POST", "qualifications", {"options": {"limit": 0}}, None),
    ("GET", "nothing", None, None),
)  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "shape"), CALLS)
async def test_an_answer_has_nothing_that_a_browser_must_not_see(
    world: World, method: str, path: str, body: dict[str, Any] | None, shape: str | None
) -> None:
    await _shop(world)
    answer = await world.call(method, f"/client/v1/{path}", body, CLIENT)
    assert answer.status_code < 500, answer.text
    if shape is not None:
        assert answer.status_code == 200, answer.text
        assert_shape(answer.json(), shape)
    _check(answer)


async def test_the_list_of_calls_is_the_whole_of_the_client_side_api(world: World) -> None:
    paths = {path for path in world.host.paths() if path.startswith("/client/v1/")}
    called = {f"/client/v1/{path.partition('?')[0]}" for _, path, _, _ in CALLS}
    assert paths == called - {"/client/v1/nothing"}


async def test_a_voucher_that_another_was_given_does_not_say_to_whom(world: World) -> None:
    await _shop(world)
    holder = (await world.call("GET", "/v1/vouchers/A")).json()["holder_id"]
    assert holder.startswith("cust_")
    answer = await world.call("POST", "/client/v1/redemptions", asked("A"), CLIENT)
    assert answer.status_code == 200
    assert holder not in answer.text


async def test_a_browser_is_given_a_voucher_of_a_campaign(world: World) -> None:
    await _shop(world)
    path = "/client/v1/publish?campaign=Sale&join_once=true"
    first = await world.call("POST", path, {"customer": NAMED, "channel": "Voucherify.js"}, CLIENT)
    second = await world.call("POST", path, {"customer": NAMED}, CLIENT)
    assert_shape(first.json(), "PublicationsCreateResponseBody")
    assert first.json()["voucher"]["code"] == second.json()["voucher"]["code"]
    unknown = await world.call("POST", "/client/v1/publish?kampagne=x", {"customer": NAMED}, CLIENT)
    assert refused(unknown) == (400, "invalid_query_params")


@pytest.mark.parametrize("path", sorted({path.partition("?")[0] for _, path, _, _ in CALLS}))
async def test_a_browser_may_ask_beforehand(world: World, path: str) -> None:
    headers = {
        "Origin": CLIENT["Origin"],
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-client-token",
    }
    answer = await world.http.options(f"/client/v1/{path}", headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == CLIENT["Origin"]
    allowed = answer.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "x-client-application-id", "x-client-token"} <= {
        *allowed
    }
