"""Customers, orders and custom events over HTTP: what they take, and what they answer."""

from typing import Any

import pytest

from schemas.custom_events import CustomEventTracked
from schemas.records import Decided
from tests.contract.shapes import assert_shape
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.world import CLIENT, OTHER, SERVER, World, asked

ANN = {
    "source_id": "ann/1@x+y",
    "name": "Ann",
    "email": "ann@shop.test",
    "birthdate": "1990-02-03T10:00:00Z",
    "address": {"city": "Graz", "line_2": None},
    "metadata": {"vip": True},
}
PATH = "/v1/customers/ann%2F1%40x%2By"


async def _told(world: World, method: str, path: str, body: Any = None, shape: str = "") -> Any:
    answer = await world.call(method, path, body)
    assert answer.status_code == 200, answer.text
    assert_shape(answer.json(), shape)
    return answer.json()


async def _customer(world: World, body: Any) -> Any:
    return await _told(world, "POST", "/v1/customers", body, "CustomersCreateResponseBody")


async def _order(world: World, body: Any) -> Any:
    return await _told(world, "POST", "/v1/orders", body, "OrdersCreateResponseBody")


async def test_a_customer_is_created_read_changed_and_deleted(world: World) -> None:
    made = await _customer(world, ANN)
    assert (made["birthdate"], made["address"]["city"]) == ("1990-02-03", "Graz")
    for path in (PATH, f"/v1/customers/{made['id']}"):
        assert await _told(world, "GET", path, shape="CustomersGetResponseBody") == made
    changes = made | {"name": None, "phone": "1", "address": None, "source_id": None}
    changed = await _told(world, "PUT", PATH, changes, "CustomersUpdateResponseBody")
    assert (changed["phone"], changed["address"]) == ("1", None)
    assert "name" not in changed
    assert changed["source_id"] == ANN["source_id"]
    gone = await world.call("DELETE", PATH)
    assert (gone.status_code, gone.content) == (204, b"")
    for method in ("GET", "PUT", "DELETE"):
        missing = await world.call(method, PATH, {} if method == "PUT" else None)
        assert refused(missing) == (404, "not_found")
        assert missing.json()["resource_id"] == ANN["source_id"]


async def test_creating_a_customer_again_merges_and_says_when_nothing_changed(world: World) -> None:
    made = await _customer(world, ANN)
    assert await _customer(world, ANN) == made
    merged = await _customer(world, {"source_id": ANN["source_id"], "metadata": {"a": 1}})
    assert (merged["id"], merged["metadata"]) == (made["id"], {"vip": True, "a": 1})
    assert merged["updated_at"] is not None
    assert (await _customer(world, {}))["id"] != (await _customer(world, {}))["id"]


async def test_a_repeated_deletion_with_its_key_gets_the_first_answer(world: World) -> None:
    made = await _customer(world, ANN)
    key = {"X-App-Id": "app", "X-App-Token": "t-app", "Idempotency-Key": "k"}
    path = f"/v1/customers/{made['id']}"
    for _ in range(2):
        assert (await world.call("DELETE", path, headers=key)).status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        {"name": 1},
        {"birthdate": "soon"},
        {"metadata": [1]},
        {"address": {"city": 1}},
        {"source_id": "x" * 600},
    ],
)
async def test_a_customer_that_is_wrong_is_refused_by_property(world: World, body: Any) -> None:
    assert refused(await world.call("POST", "/v1/customers", body)) == (400, "invalid_payload")
    await _customer(world, ANN)
    assert refused(await world.call("PUT", PATH, body)) == (400, "invalid_payload")


async def test_ids_that_do_not_fit_are_refused(world: World) -> None:
    await _customer(world, ANN)
    await _customer(world, {"source_id": "bob"})
    taken = await world.call("PUT", PATH, {"source_id": "bob"})
    assert refused(taken) == (400, "duplicate_source_id")
    assert refused(await world.call("PUT", PATH, {"id": "bob"})) == (400, "invalid_payload")
    unknown = await world.call("POST", "/v1/customers", {"id": "cust_unknown"})
    assert refused(unknown) == (404, "not_found")


async def test_the_summary_is_that_of_the_record_in_every_answer(world: World) -> None:
    await world.voucher("TEN")
    await _customer(world, ANN)
    redeemed = await world.call("POST", "/v1/redemptions", asked("TEN", customer=ANN))
    assert redeemed.status_code == 200, redeemed.text
    await world.call("POST", "/v1/redemptions", asked("NONE", customer=ANN))
    for found in (
        await _told(world, "GET", PATH, shape="CustomersGetResponseBody"),
        await _told(world, "PUT", PATH, {"phone": "2"}, "CustomersUpdateResponseBody"),
        await _customer(world, ANN),
    ):
        counted = found["summary"]["redemptions"]
        assert (counted["total_redeemed"], counted["total_failed"]) == (1, 1)
        assert found["summary"]["orders"] == {
            "total_amount": 9000,
            "total_count": 1,
            "average_amount": 9000,
            "last_order_amount": 9000,
            "last_order_date": "2023-11-14T22:13:20.000Z",
        }


async def test_a_customer_is_in_no_segment_yet(world: World) -> None:
    await _customer(world, ANN)
    path = f"{PATH}/segments"
    body = await _told(world, "GET", path, shape="CustomersSegmentsListResponseBody")
    assert (body["data"], body["total"]) == ([], 0)
    assert refused(await world.call("GET", "/v1/customers/x/segments")) == (404, "not_found")


async def test_what_a_customer_holds_is_listed_page_by_page(world: World) -> None:
    for code in ("A", "B", "C"):
        await world.voucher(code)
        body = {"voucher": code, "customer": ANN}
        assert (await world.call("POST", "/v1/publications", body)).status_code == 200
    await world.call("POST", "/v1/vouchers/B/disable")
    path, shape = f"{PATH}/redeemables", "CustomersRedeemablesListResponseBody"
    first = await _told(world, "GET", f"{path}?limit=2", shape=shape)
    assert (len(first["data"]), first["total"], first["has_more"]) == (2, 3, True)
    after = first["more_starting_after"]
    rest = await _told(world, "GET", f"{path}?limit=2&starting_after_id={after}", shape=shape)
    assert (len(rest["data"]), rest["has_more"]) == (1, False)
    assert "more_starting_after" not in rest
    backwards = await _told(world, "GET", f"{path}?order=-id", shape=shape)
    assert [each["id"] for each in backwards["data"]] == [
        each["id"] for each in (first["data"] + rest["data"])[::-1]
    ]
    everything = first["data"] + rest["data"]
    by_code = {each["redeemable"]["voucher"]["code"]: each for each in everything}
    assert by_code["B"]["redeemable"]["status"] == "DISABLED"
    assert by_code["A"]["redeemable"]["status"] == "ACTIVE"
    wanted = by_code["C"]["redeemable_id"]
    query = f"filters[redeemable_id][conditions][$is]={wanted}"
    (only,) = (await _told(world, "GET", f"{path}?{query}", shape=shape))["data"]
    assert only == by_code["C"]
    created = "filters[created_at][conditions]"
    for operator, total in (
        ("$has_value]=", 3), ("$is_unknown]=", 0), ("$more_than]=1", 3), ("$less_than]=1", 0),
        ("$has_value]=false", 0), ("$is_unknown]=false", 3), ("$has_value]=true", 3),
        ("$after]=2020-01-01", 3), ("$before]=2020-01-01", 0),
    ):  # fmt: skip
        found = await _told(world, "GET", f"{path}?{created}[{operator}", shape=shape)
        assert (operator, found["total"]) == (operator, total)
    for field, value, total in (
        ("campaign_id", "", 0), ("campaign_id", "true", 0), ("campaign_id", "false", 3),
        ("redeemable_id", "TRUE", 3), ("redeemable_id", "false", 0),
    ):  # fmt: skip
        query = f"filters[{field}][conditions][$has_value]={value}"
        assert (await _told(world, "GET", f"{path}?{query}", shape=shape))["total"] == total
        query = f"filters[{field}][conditions][$is_unknown]={value}"
        assert (await _told(world, "GET", f"{path}?{query}", shape=shape))["total"] == 3 - total
    wrong = (
        f"{created}[$more_than]=soon",
        f"{created}[$starts_with]=2020",
        f"{created}[$has_value]=maybe",
    )
    for query in ("limit=0", "order=name", "filters[x][conditions][$is]=1", "page=1", *wrong):
        assert refused(await world.call("GET", f"{path}?{query}")) == (400, "invalid_query_params")
    assert refused(await world.call("GET", "/v1/customers/x/redeemables")) == (404, "not_found")


async def test_an_order_is_created_read_and_changed(world: World) -> None:
    items = [{"product_id": "mug", "quantity": 2, "price": 1000, "sku": {"id": "s", "price": 3.0}}]
    body = {"source_id": "o/1", "items": items, "customer": ANN, "metadata": {"gift": True}}
    made = await _order(world, body)
    assert (made["status"], made["amount"], made["total_amount"]) == ("CREATED", 2000, 2000)
    assert (made["source_id"], made["referrer_id"], made["updated_at"]) == ("o/1", None, None)
    assert "discount_amount" not in made
    found = await _told(world, "GET", "/v1/orders/o%2F1", shape="OrdersGetResponseBody")
    assert found == made
    sent_back = made | {"status": "PAID"}
    path = f"/v1/orders/{made['id']}"
    paid = await _told(world, "PUT", path, sent_back, "OrdersUpdateResponseBody")
    assert (paid["status"], paid["customer_id"]) == ("PAID", made["customer_id"])
    assert (paid["created_at"], paid["amount"]) == (made["created_at"], 2000)
    again = await _order(world, {"source_id": "o/1", "metadata": {"b": 1}})
    assert (again["id"], again["metadata"]) == (made["id"], {"gift": True, "b": 1})


async def test_redemptions_are_linked_to_an_order_that_exists(world: World) -> None:
    await world.voucher("TEN")
    made = await _order(world, {"source_id": "o", "amount": 1000})
    body = asked("TEN", amount=None, order={"source_id": "o"})
    redeemed = (await world.call("POST", "/v1/redemptions", body)).json()
    found = await _told(world, "GET", "/v1/orders/o", shape="OrdersGetResponseBody")
    assert (found["id"], found["status"]) == (made["id"], "PAID")
    assert list(found["redemptions"]) == [redeemed["redemptions"][0]["id"]]
    assert (found["discount_amount"], found["total_amount"]) == (100, 900)


@pytest.mark.parametrize(
    "body",
    [
        {"status": "LOST"},
        {"amount": -1},
        {"amount": "1"},
        {"items": [{"quantity": 1.5}]},
        {"items": {}},
        {"referrer": {"id": "x"}},
        {"referrer_id": "x"},
        {"created_at": "soon"},
        {"created_at": "1969-12-31"},
        {"created_at": "9999-12-31T23:59:59-14:00"},
        {"customer": {"name": 1}},
        {"customer": {"source_id": "x", "description": "x" * 513}},
    ],
)
async def test_an_order_that_is_wrong_is_refused_by_property(world: World, body: Any) -> None:
    assert refused(await world.call("POST", "/v1/orders", body)) == (400, "invalid_payload")


async def test_orders_that_do_not_fit_are_refused(world: World) -> None:
    made = await _order(world, {"source_id": "o1"})
    await _order(world, {"source_id": "o2"})
    taken = await world.call("PUT", "/v1/orders/o2", {"source_id": "o1"})
    assert refused(taken) == (400, "duplicate_source_id")
    other = await world.call("PUT", "/v1/orders/o2", {"id": made["id"]})
    assert refused(other) == (400, "invalid_payload")
    assert refused(await world.call("PUT", "/v1/orders/o3", {})) == (404, "not_found")
    unknown = await world.call("POST", "/v1/orders", {"customer": {"id": "cust_x"}})
    assert refused(unknown) == (404, "not_found")


async def test_an_event_is_tracked_and_creates_its_customer(world: World) -> None:
    body = {"event": "visited", "customer": ANN | {"birthdate": None}, "metadata": {"page": 1}}
    answer = await _told(world, "POST", "/v1/events", body, "EventsCreateResponseBody")
    customer = answer.pop("customer")
    assert answer == {
        "object": "event",
        "type": "visited",
        "referral": None,
        "loyalty": None,
        "metadata": {"page": 1},
    }
    assert (customer["name"], customer["source_id"]) == ("Ann", ANN["source_id"])
    found = await _told(world, "GET", PATH, shape="CustomersGetResponseBody")
    assert found["id"] == customer["id"]
    record = world.ledger.records[-1]
    assert isinstance(record, Decided)
    (event,) = [each.event for each in record.events if isinstance(each, CustomEventTracked)]
    assert (event.name, event.customer_id) == ("visited", customer["id"])


async def test_a_browser_learns_nothing_of_a_customer_by_tracking(world: World) -> None:
    await _customer(world, ANN)
    body = {"event": "visited", "customer": {"source_id": ANN["source_id"]}}
    answer = await world.call("POST", "/client/v1/events", body, CLIENT)
    assert answer.status_code == 200, answer.text
    assert_shape(answer.json(), "ClientEventsCreateResponseBody")
    assert "Ann" not in answer.text
    assert "ann@shop.test" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event": "x"},
        {"customer": ANN},
        {"event": "", "customer": ANN},
        {"event": "x" * 301, "customer": ANN},
        {"event": 1, "customer": ANN},
        {"event": "x", "customer": {"name": 1}},
        {"event": "x", "customer": ANN, "metadata": [1]},
        {"event": "x", "customer": ANN, "loyalty": {}},
        {"event": "x", "customer": ANN, "loyalty": {"code": 1}},
    ],
)
async def test_an_event_that_is_wrong_is_refused(world: World, body: Any) -> None:
    assert refused(await world.call("POST", "/v1/events", body)) == (400, "invalid_payload")


async def test_an_event_of_nobody_is_refused(world: World) -> None:
    body: dict[str, Any] = {"event": "x", "customer": {}}
    assert refused(await world.call("POST", "/v1/events", body)) == (400, "missing_customer")
    body["customer"] = {"id": "cust_unknown"}
    assert refused(await world.call("POST", "/v1/events", body)) == (404, "not_found")


FORGET = f"{PATH}/permanent-deletion"


@pytest.mark.parametrize(("erased", "status"), [(True, "DONE"), (False, "IN_PROGRESS")])
async def test_a_forgotten_customer_is_done_when_it_is(
    world: World, erased: bool, status: str
) -> None:
    made = await _customer(world, ANN)
    world.erased = erased
    shape = "CustomersPermanentDeletionCreateResponseBody"
    told = await _told(world, "POST", FORGET, shape=shape)
    assert (told["status"], told["related_object_id"]) == (status, made["id"])
    assert (told["object"], told["id"][:4]) == ("pernament_deletion", "del_")
    assert world.erasures == [("proj", made["id"])]
    for path in (PATH, f"/v1/customers/{made['id']}"):
        for method, part in (("GET", ""), ("DELETE", ""), ("POST", "/permanent-deletion")):
            missing = await world.call(method, path + part)
            assert refused(missing) == (404, "not_found")
    assert len(world.erasures) == 1
    assert (await _customer(world, ANN))["id"] != made["id"]


async def test_forgetting_again_with_one_key_gives_the_first_answer(world: World) -> None:
    await _customer(world, ANN)
    key = {**SERVER, "Idempotency-Key": "forget"}
    first, second = [await world.call("POST", FORGET, headers=key) for _ in range(2)]
    assert (first.status_code, second.json()) == (200, first.json())
    # what the path calls somebody who was forgotten goes into no command
    assert "ann/1@x+y" not in repr(world.ledger.commands[-1])


async def test_one_in_the_bin_can_be_forgotten_and_nobody_else_s_customer(world: World) -> None:
    made = await _customer(world, ANN)
    path = f"/v1/customers/{made['id']}/permanent-deletion"
    assert refused(await world.call("POST", path, headers=OTHER)) == (404, "not_found")
    assert (await world.call("DELETE", PATH)).status_code == 204
    assert (await world.call("POST", FORGET)).status_code == 200
    assert refused(await world.call("POST", path)) == (404, "not_found")
