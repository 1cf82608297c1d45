"""Publications, the bin and balances over HTTP."""

from typing import Any

import pytest

from engine.kernel import tables
from tests.contract.shapes import assert_shape
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.world import SERVER, World, asked

CUSTOMER = {"source_id": "ann@x", "name": "Ann", "metadata": {"vip": True}}


async def _campaign(world: World, count: int = 3, **more: Any) -> dict[str, Any]:
    body = {
        "name": "Spring sale",
        "campaign_type": "DISCOUNT_COUPONS",
        "type": "STATIC",
        "vouchers_count": count,
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "AMOUNT", "amount_off": 100},
        },
    } | more
    answer = await world.call("POST", "/v1/campaigns", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _entries(world: World) -> list[str]:
    return [each.id for each in world.ledger.view("proj").scan(tables.BIN)]


async def _publish(world: World, path: str = "/v1/publications", /, **body: Any) -> dict[str, Any]:
    named = {"campaign": {"name": "Spring sale"}, "customer": CUSTOMER}
    answer = await world.call("POST", path, named | body)
    assert answer.status_code == 200, answer.text
    assert_shape(answer.json(), "PublicationsCreateResponseBody")
    return dict(answer.json())


async def test_a_customer_is_given_a_voucher_of_a_campaign(world: World) -> None:
    made = await _campaign(world)
    given = await _publish(world, source_id="mail-1", channel="mail", metadata={"list": 1})
    assert given["id"].startswith("pub_")
    assert (given["channel"], given["source_id"]) == ("API", "mail-1")
    assert (given["result"], given["metadata"]) == ("SUCCESS", {"list": 1})
    assert given["tracking_id"] == "ann@x"
    assert given["customer"]["id"] == given["customer_id"]
    assert given["customer"]["source_id"] == "ann@x"
    voucher = given["voucher"]
    assert given["vouchers_id"] == [voucher["id"]]
    assert (voucher["holder_id"], voucher["publish"]["count"]) == (given["customer_id"], 1)
    assert (voucher["campaign"], voucher["campaign_id"]) == ("Spring sale", made["id"])
    found = await world.call("GET", f"/v1/vouchers/{voucher['code']}")
    shown = found.json()
    del shown["validation_rules_assignments"]
    assert shown == voucher


async def test_several_are_given_by_their_codes(world: World) -> None:
    await _campaign(world)
    given = await _publish(world, campaign={"name": "Spring sale", "count": 2})
    assert "voucher" not in given
    assert len(given["vouchers"]) == len(given["vouchers_id"]) == 2


async def test_official_clients_send_null_for_what_they_leave_out(world: World) -> None:
    await _campaign(world)
    nothing = {"voucher": None, "channel": None, "source_id": None, "metadata": None}
    given = await _publish(world, "/v1/publications", **nothing)
    assert (given["source_id"], given["metadata"]) == (None, {})
    by_name = await _publish(world, campaign="Spring sale")
    assert by_name["voucher"]["code"] != given["voucher"]["code"]


async def test_what_is_wrong_with_a_campaign_s_choice_is_named_by_its_path(world: World) -> None:
    asked_for = {"customer": CUSTOMER, "campaign": {"name": "X", "count": 0}}
    answer = await world.call("POST", "/v1/publications", asked_for)
    assert "`.campaign.count`" in answer.json()["details"]
    answer = await world.call("POST", "/v1/publications", asked_for | {"campaign": 5})
    assert "`.campaign`" in answer.json()["details"]


async def test_joining_once_gives_the_same(world: World) -> None:
    await _campaign(world)
    first = await _publish(world, "/v1/publications?join_once=true")
    again = await _publish(world, "/v1/publications?join_once=true")
    assert again == first
    other = await _publish(world, "/v1/publications?join_once=false")
    assert other["id"] != first["id"]


async def test_a_publication_may_stand_in_the_query(world: World) -> None:
    await _campaign(world)
    asked_for = {
        "join_once": "true",
        "campaign[name]": "Spring sale",
        "campaign[count]": "1",
        "customer[source_id]": "bob",
        "customer[metadata][city]": "Graz",
        "metadata[list]": "spring",
    }
    answer = await world.call("GET", "/v1/publications/create", params=asked_for)
    assert answer.status_code == 200, answer.text
    assert_shape(answer.json(), "PublicationsCreateResponseBody")
    assert answer.json()["customer"]["metadata"] == {"city": "Graz"}
    assert answer.json()["metadata"] == {"list": "spring"}
    again = await world.call("GET", "/v1/publications/create", params=asked_for)
    assert again.json() == answer.json()


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("campaign[name]=Spring+sale", "invalid_payload"),
        ("campaign[name]=Spring+sale&campaign[count]=0&customer[id]=a", "invalid_payload"),
        ("campaign[name]=a&campaign[name]=b&customer[id]=a", "invalid_query_params"),
        ("customer=a&customer[id]=a", "invalid_query_params"),
        ("customer[id]=a&customer=a", "invalid_query_params"),
        ("voucher=A&customer[source_id]=a&join_once=perhaps", "invalid_query_params"),
        ("voucher=A&customer[source_id]=a&colour=red", "invalid_query_params"),
        (f"voucher=A&customer[source_id]=a&metadata{'[a]' * 40}=1", "invalid_query_params"),
    ],
)
async def test_a_query_that_makes_no_sense_is_refused(world: World, query: str, key: str) -> None:
    await world.voucher("A")
    answer = await world.call("GET", f"/v1/publications/create?{query}")
    assert refused(answer) == (400, key)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({}, "invalid_payload"),
        ({"customer": None, "voucher": "A"}, "invalid_payload"),
        ({"customer": {}, "voucher": "A"}, "invalid_customer"),
        ({"customer": CUSTOMER}, "missing_vouchers"),
        ({"customer": CUSTOMER, "campaign": {"count": 1}}, "invalid_payload"),
        ({"customer": CUSTOMER, "campaign": {"name": "X", "count": 0}}, "invalid_payload"),
        ({"customer": CUSTOMER, "campaign": {"name": "X", "count": 1.5}}, "invalid_payload"),
        (
            {"customer": CUSTOMER, "campaign": {"name": "X", "count": 51}},
            "too_many_vouchers_requested",
        ),
        ({"customer": CUSTOMER, "voucher": "A", "campaign": {"name": "X"}}, "invalid_payload"),
        ({"customer": CUSTOMER, "voucher": "OFF"}, "voucher_disabled"),
        ({"customer": CUSTOMER | {"source_id": "bob"}, "voucher": "TAKEN"},
         "voucher_already_published"),
    ],
)  # fmt: skip
async def test_a_body_that_makes_no_sense_is_refused(
    world: World, body: dict[str, Any], key: str
) -> None:
    await world.voucher("A")
    await world.voucher("OFF", active=False)
    await world.voucher("TAKEN")
    await _publish(world, voucher="TAKEN", campaign=None)
    assert refused(await world.call("POST", "/v1/publications", body)) == (400, key)


async def test_what_is_unknown_is_not_found(world: World) -> None:
    for named in ({"voucher": "NONE"}, {"campaign": {"name": "NONE"}}):
        answer = await world.call("POST", "/v1/publications", named | {"customer": CUSTOMER})
        assert refused(answer) == (404, "not_found")
        assert answer.json()["resource_id"] == "NONE"


async def test_the_same_publication_again_gets_the_same_answer(world: World) -> None:
    await _campaign(world)
    headers = SERVER | {"Idempotency-Key": "once"}
    body = {"campaign": {"name": "Spring sale"}, "customer": CUSTOMER}
    first = await world.call("POST", "/v1/publications", body, headers)
    again = await world.call("POST", "/v1/publications", body, headers)
    assert first.json() == again.json()


async def test_a_deleted_voucher_waits_in_the_bin(world: World) -> None:
    await world.voucher("A")
    assert (await world.call("DELETE", "/v1/vouchers/A")).status_code == 204
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 1}}
    assert refused(await world.call("POST", "/v1/vouchers/A", body)) == (409, "duplicate_found")
    [entry] = _entries(world)
    gone = await world.call("DELETE", f"/v1/trash-bin/{entry}")
    assert (gone.status_code, gone.content) == (204, b"")
    missing = await world.call("DELETE", f"/v1/trash-bin/{entry}")
    assert refused(missing) == (404, "not_found")
    assert missing.json()["resource_type"] == "bin_entry"
    assert (await world.call("POST", "/v1/vouchers/A", body)).status_code == 200


async def test_force_frees_a_code_at_once(world: World) -> None:
    await world.voucher("A")
    odd = await world.call("DELETE", "/v1/vouchers/A?force=yes")
    assert refused(odd) == (400, "invalid_query_params")
    assert (await world.call("DELETE", "/v1/vouchers/A?force=true")).status_code == 204
    assert _entries(world) == []
    await world.voucher("A")


async def test_who_is_given_a_gift_card_has_its_balance_at_once(world: World) -> None:
    await world.gift("CARD", 500)
    named = {"voucher": "CARD", "customer": CUSTOMER}
    given = (await world.call("POST", "/v1/publications", named)).json()["customer"]
    read = (await world.call("GET", f"/v1/customers/{given['id']}")).json()
    assert read["summary"]["redemptions"]["gift"]["amount_to_go"] == 500


async def test_a_balance_is_changed_by_hand(world: World) -> None:
    card = await world.gift("CARD", 500)
    added = await world.call("POST", "/v1/vouchers/CARD/balance", {"amount": 250})
    assert_shape(added.json(), "VouchersBalanceUpdateResponseBody")
    assert added.json() == {
        "amount": 250,
        "total": 750,
        "balance": 750,
        "type": "gift_voucher",
        "operation_type": "MANUAL",
        "object": "balance",
        "related_object": {"type": "voucher", "id": card["id"]},
    }
    await world.call("POST", "/v1/redemptions", asked("CARD", amount=100))
    reason = {"amount": -50, "source_id": "s", "reason": "by mistake"}
    taken = await world.call("POST", f"/v1/vouchers/{card['id']}/balance", reason)
    assert (taken.json()["total"], taken.json()["balance"]) == (700, 600)
    found = await world.call("GET", "/v1/vouchers/CARD")
    assert_shape(found.json(), "VouchersGetResponseBody")
    assert found.json()["gift"] == {"amount": 750, "balance": 600, "subtracted_amount": 50}


@pytest.mark.parametrize(
    ("code", "body", "error"),
    [
        ("CARD", {}, (400, "invalid_payload")),
        ("CARD", {"amount": 0}, (400, "invalid_payload")),
        ("CARD", {"amount": 1.5}, (400, "invalid_payload")),
        ("CARD", {"amount": "1"}, (400, "invalid_payload")),
        ("CARD", {"amount": 10**16}, (400, "invalid_payload")),
        ("CARD", {"amount": -501}, (400, "invalid_balance")),
        ("A", {"amount": 1}, (400, "invalid_voucher")),
        ("NONE", {"amount": 1}, (404, "not_found")),
    ],
)
async def test_a_balance_that_makes_no_sense_is_refused(
    world: World, code: str, body: dict[str, Any], error: tuple[int, str]
) -> None:
    await world.gift("CARD", 500)
    await world.voucher("A")
    assert refused(await world.call("POST", f"/v1/vouchers/{code}/balance", body)) == error
