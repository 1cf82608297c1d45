"""Exports over HTTP: what is asked for and said of them, and who may fetch a file."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from engine.kernel import tables
from runtime.http.links import LINK_SECONDS
from schemas.exports import OPEN_EXPORTS_MAX, Export, ReportExport
from tests.unit.services.world import MANAGEMENT, OTHER, SERVER, World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with World() as made:
        yield made


async def asked(world: World, kind: str = "voucher", **parameters: Any) -> dict[str, Any]:
    """The answer to asking for a file."""
    body = {"exported_object": kind, "parameters": parameters}
    answer = await world.call("POST", "/v1/exports", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def done(world: World, kind: str = "voucher") -> str:
    """The id of an export whose file is there."""
    export_id = str((await asked(world, kind))["id"])
    await world.ledger.send("proj", ReportExport(export_id, 0, "DONE", 1, 1), key_kind="system")
    return export_id


def stored(world: World, export: dict[str, Any]) -> Export:
    found = world.ledger.view("proj").get(tables.EXPORTS, export["id"])
    assert found is not None
    return found


async def test_a_new_export_is_as_the_service_shows_it(world: World) -> None:
    answer = await world.call("POST", "/v1/exports", {"exported_object": "voucher"})
    body = answer.json()
    assert body.pop("id").startswith("exp_")
    assert body.pop("created_at").endswith("Z")
    assert body == {
        "object": "export",
        "status": "SCHEDULED",
        "channel": "API",
        "exported_object": "voucher",
        "parameters": {},
        "result": None,
        "user_id": None,
    }


async def test_parameters_are_shown_as_they_were_given(world: World) -> None:
    parameters: dict[str, Any] = {
        "fields": ["code", "metadata.a"],
        "order": "-code",
        "filters": {"junction": "or", "code": {"conditions": {"$in": ["A"]}}, "active": None},
        "campaign_id": "camp_1",
    }
    export = await asked(world, **parameters)
    assert export["parameters"] == parameters
    answer = await world.call("GET", f"/v1/exports/{export['id']}")
    assert answer.json()["parameters"] == parameters


async def test_states_and_values_of_any_type_are_taken(world: World) -> None:
    filters = {
        "active": {"$active": True},
        "redemption.quantity": {"conditions": {"$more_than": 3, "$less_than": [5.5]}},
        "created_at": {"conditions": {"$after": ["2024-01-01"]}},
        "metadata.size": {"conditions": {"$is": ["XL"]}},
    }
    await asked(world, filters=filters)


async def test_what_stands_beside_the_conditions_of_a_filter_is_told(world: World) -> None:
    filters = {"code": {"conditions": {"$is": ["A"]}, "odd": 1, "none": None}}
    body = {"exported_object": "voucher", "parameters": {"filters": filters}}
    answer = await world.call("POST", "/v1/exports", body)
    assert answer.headers["x-ignored-members"] == "parameters.filters.code.odd"


async def test_lists_are_sorted_and_paged(world: World) -> None:
    first = await done(world)
    world.ledger.now += 1000
    second, third = [(await asked(world, kind))["id"] for kind in ("order", "sku")]

    async def listed(query: str = "") -> list[str]:
        body = (await world.call("GET", f"/v1/exports?{query}")).json()
        assert body["total"] == 3
        return [each["id"] for each in body["exports"]]

    assert set((await listed())[:2]) == {second, third}
    assert (await listed("order=status"))[0] == first
    assert (await listed("order=created_at"))[0] == first
    assert await listed("order=created_at&limit=1&page=1") == [first]
    assert await listed("page=2&limit=2") == [first]
    assert await listed("page=3&limit=2") == []


async def test_so_many_are_open_at_once(world: World) -> None:
    for _ in range(OPEN_EXPORTS_MAX):
        await asked(world)
    answer = await world.call("POST", "/v1/exports", {"exported_object": "order"})
    assert (answer.status_code, answer.json()["key"]) == (429, "too_many_requests")


async def test_another_project_sees_none_of_it(world: World) -> None:
    export_id = await done(world)
    for method in ("GET", "DELETE"):
        answer = await world.call(method, f"/v1/exports/{export_id}", headers=OTHER)
        assert answer.status_code == 404
    assert (await world.call("GET", "/v1/exports", headers=OTHER)).json()["total"] == 0
    answer = await world.call("GET", f"/v1/exports/{export_id}", headers=MANAGEMENT)
    assert answer.status_code == 403


async def test_what_may_show_a_person_is_told_apart(world: World) -> None:
    is_ann = {"conditions": {"$is": ["ann"]}}
    plain = [
        await asked(world),
        await asked(world, "redemption"),
        await asked(world, "customer", fields=["id", "created_at"]),
        await asked(world, "order", filters={"source_id": is_ann}),
    ]
    showing = [
        await asked(world, "customer"),
        await asked(world, "customer", fields=["id", "metadata.a"]),
        await asked(world, "redemption", fields=["customer_name"]),
        await asked(world, fields=["customer_source_id"]),
    ]
    naming = [
        await asked(world, "customer", fields=["id"], filters={"email": is_ann}),
        await asked(world, "redemption", filters={"customer": is_ann}),
    ]
    assert [stored(world, each).personal for each in plain] == [False] * 4
    assert [stored(world, each).personal for each in showing] == [True] * 4
    assert [stored(world, each).personal_filters is None for each in showing] == [True] * 4
    for each in naming:
        assert stored(world, each).personal
        assert stored(world, each).filters is None
        assert each["parameters"]["filters"]


async def test_filters_of_the_contract_that_no_table_can_answer_are_refused(world: World) -> None:
    refused = {
        "voucher": ("redemption_status", "validity_timeframe", "validity_day_of_week"),
        "customer": ("birthday", "publications.created_at", "publications.related_object_id"),
    }
    for kind, names in refused.items():
        for name in names:
            parameters = {"filters": {name: {"conditions": {"$is": ["x"]}}}}
            body = {"exported_object": kind, "parameters": parameters}
            answer = await world.call("POST", "/v1/exports", body)
            assert answer.status_code == 400
            said = f"Property `.parameters.filters.{name}.conditions.$is` names an unknown field"
            assert answer.json()["details"] == said


async def test_a_column_that_there_is_not_is_told_with_those_that_there_are(world: World) -> None:
    body = {"exported_object": "order", "parameters": {"fields": ["id", "code"]}}
    answer = (await world.call("POST", "/v1/exports", body)).json()
    assert (answer["key"], answer["message"]) == ("invalid_export_fields", "Invalid Export")
    assert answer["details"].startswith("Property `.parameters.fields[1]` must be one of id, ")
    assert answer["details"].endswith("metadata.KEY")


async def test_transactions_are_those_of_the_path(world: World) -> None:
    card = await world.gift("CARD", 500)
    body = {"parameters": {"filters": {"created_at": {"conditions": {"$after": ["2024-01-01"]}}}}}
    answer = await world.call("POST", "/v1/vouchers/CARD/transactions/export", body)
    export = answer.json()
    assert export["exported_object"] == "voucher_transactions"
    assert export["parameters"]["filters"]["voucher_id"] == {"conditions": {"$is": [card["id"]]}}
    assert "created_at" in export["parameters"]["filters"]
    assert "fields" not in export["parameters"]


async def test_transactions_of_a_campaign_by_its_name(world: World) -> None:
    made = await world.call(
        "POST",
        "/v1/campaigns",
        {
            "name": "Spring",
            "campaign_type": "GIFT_VOUCHERS",
            "voucher": {"type": "GIFT_VOUCHER", "gift": {"amount": 100}},
        },
    )
    answer = await world.call("POST", "/v1/campaigns/Spring/transactions/export", {})
    filters = answer.json()["parameters"]["filters"]
    assert filters == {"campaign_id": {"conditions": {"$is": [made.json()["id"]]}}}


async def test_endpoints_of_one_kind_need_no_body(world: World) -> None:
    await world.gift("CARD", 500)
    for path in ("orders/export", "vouchers/CARD/transactions/export"):
        answer = await world.http.post(f"/v1/{path}", headers=SERVER)
        assert answer.status_code == 200, answer.text
    answer = await world.http.post("/v1/notifications/read", headers=SERVER)
    assert answer.status_code == 204


async def test_orders_have_an_endpoint_of_their_own(world: World) -> None:
    answer = await world.call("POST", "/v1/orders/export", {"parameters": {"order": "-status"}})
    assert answer.json()["exported_object"] == "order"


async def test_the_same_request_again_is_the_same_export(world: World) -> None:
    keyed = SERVER | {"Idempotency-Key": "one"}
    body = {"exported_object": "order"}
    answers = [await world.call("POST", "/v1/exports", body, headers=keyed) for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]


async def _passed(scope: Scope, _: Receive, send: Send) -> None:
    """The host that has the files: says whose was asked for."""
    body = f"{scope['tessera.caller'].project} {scope['path']}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def test_a_link_is_followed_without_a_key() -> None:
    async with World(forward=_passed) as world:
        export_id = await done(world)
        answer = await world.call("GET", f"/v1/exports/{export_id}")
        url = answer.json()["result"]["url"]
        assert url.startswith(f"http://api/v1/exports/{export_id}?token=")
        fetched = await world.http.get(url)
        assert fetched.text == f"proj /v1/exports/{export_id}"
        # a key does not spoil it, another project's does
        assert (await world.http.get(url, headers=SERVER)).text == fetched.text
        assert (await world.http.get(url, headers=OTHER)).status_code == 404
        # it is for reading
        assert (await world.http.delete(url)).status_code == 401
        wrong = await world.http.get(url[:-2])
        assert (wrong.status_code, wrong.json()["key"]) == (401, "unauthorized")
        by_key = await world.http.get(url[:-2], headers=SERVER)
        assert (by_key.status_code, by_key.json()["key"]) == (401, "unauthorized")
        world.ledger.now += LINK_SECONDS * 1000
        assert (await world.http.get(url)).status_code == 401


async def test_only_one_that_is_done_has_a_link(world: World) -> None:
    export = await asked(world)
    for status in ("IN_PROGRESS", "ERROR"):
        report = ReportExport(export["id"], 0, status, 1, 2)
        await world.ledger.send("proj", report, key_kind="system")
        found = (await world.call("GET", f"/v1/exports/{export['id']}")).json()
        assert (found["status"], found["result"]) == (status, None)


async def test_transactions_and_points_of_a_program_and_its_members(world: World) -> None:
    voucher = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 5}}
    program = {"name": "L", "type": "AUTO_UPDATE", "voucher": voucher}
    campaign = (await world.call("POST", "/v1/loyalties", program)).json()["id"]
    member = {"customer": {"source_id": "ann"}}
    card = (await world.call("POST", "/v1/loyalties/L/members", member)).json()
    for path, kind, filters in (
        (
            f"members/{card['code']}/transactions",
            "voucher_transactions",
            ("voucher_id", card["id"]),
        ),
        (
            f"L/members/{card['id']}/transactions",
            "voucher_transactions",
            ("voucher_id", card["id"]),
        ),
        ("L/transactions", "voucher_transactions", ("campaign_id", campaign)),
        ("L/points-expiration", "points_expiration", ("campaign_id", campaign)),
    ):
        answer = await world.call("POST", f"/v1/loyalties/{path}/export", {"parameters": {}})
        assert answer.status_code == 200, answer.text
        export = answer.json()
        assert (export["exported_object"], export["status"]) == (kind, "SCHEDULED")
        field, wanted = filters
        operator = "$in" if kind == "points_expiration" else "$is"
        assert export["parameters"] == {"filters": {field: {"conditions": {operator: [wanted]}}}}
    for path in ("none/points-expiration", "none/transactions", "members/none/transactions"):
        answer = await world.call("POST", f"/v1/loyalties/{path}/export")
        assert (answer.status_code, answer.json()["key"]) == (404, "not_found")
