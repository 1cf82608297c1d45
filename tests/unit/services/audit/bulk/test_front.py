"""Many vouchers, or entries of the bin, changed at once: from the request to the end of the action."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from engine.kernel import tables
from fronts.staging import ROWS_MAX
from runtime.http.errors import ApiError, error_response, invalid_payload
from schemas.actions import StageRows
from schemas.bin import BinEntry
from schemas.errors import refuse
from schemas.projects import Asker
from services.audit.bulk.choosing import PATH, Chosen
from tests.unit.services.catalog.imports.uploading import done, voucher
from tests.unit.services.world import SERVER, World

VOUCHERS = "/v1/vouchers/bulk/filter/async"
BIN = "/v1/trash-bin/bulk/async"


class Lists:
    """The host of the lists, which lets these rows through."""

    def __init__(self, rows: Sequence[tuple[str, str]] = (), fault: ApiError | None = None) -> None:
        self.rows = rows
        self.fault = fault
        self.asked: list[Any] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert (scope["method"], scope["path"], scope["query_string"]) == ("POST", PATH, b"")
        self.asked.append(msgspec.json.decode(await Request(scope, receive).body()))
        if self.fault is not None:
            if self.fault.refusal.key == "outcome_unknown":
                raise self.fault
            await error_response(self.fault, scope)(scope, receive, send)
            return
        content = msgspec.json.encode(Chosen(tuple(self.rows)))
        await Response(content)(scope, receive, send)


def entries(world: World) -> list[BinEntry]:
    return list(world.ledger.view("proj").scan(tables.BIN))


async def test_vouchers_that_a_filter_lets_through_are_switched() -> None:
    lists = Lists()
    async with World(forward=lists) as world:
        made = [await world.voucher(code) for code in "AB"]
        await world.voucher("C")
        lists.rows = [*((each["id"], each["code"]) for each in made), ("v_gone", "GONE")]
        filters = {"code": {"conditions": {"$in": ["A", "B"]}}}
        body = {"action": "disable", "filters": filters}
        action = await done(world, await world.call("POST", VOUCHERS, body))
        assert lists.asked == [{"kind": "voucher", "filters": filters}]
        assert (action["type"], action["progress"]) == ("VOUCHERS.BULK_UPDATE", 100)
        assert (action["result"]["done_count"], action["result"]["failed_count"]) == (2, 1)
        [error] = action["result"]["errors"]
        assert (error["code"], error["key"], error["row"]) == ("GONE", "not_found", 3)
        assert [(await voucher(world, code))["active"] for code in "ABC"] == [False, False, True]
        body = {"action": "enable", "codes": ["B", "B"]}
        action = await done(world, await world.call("POST", VOUCHERS, body))
        assert action["result"]["done_count"] == 1
        assert [(await voucher(world, code))["active"] for code in "AB"] == [False, True]


async def test_metadata_is_merged_into_the_vouchers_that_are_named(world: World) -> None:
    await world.voucher("A", metadata={"old": 1})
    body = {"action": "metadata", "codes": ["A", "X"], "metadata": {"new": 2}}
    action = await done(world, await world.call("POST", VOUCHERS, body))
    assert action["type"] == "VOUCHERS.METADATA_UPDATE"
    assert (action["result"]["done_count"], action["result"]["failed_count"]) == (1, 1)
    assert (await voucher(world, "A"))["metadata"] == {"old": 1, "new": 2}


async def test_what_is_deleted_lies_in_the_bin_with_who_asked_and_leaves_it_for_good() -> None:
    lists = Lists()
    async with World(forward=lists) as world:
        for code in "ABC":
            await world.voucher(code)
        body: dict[str, Any] = {"action": "delete", "codes": ["A", "B", "C"]}
        await done(world, await world.call("POST", VOUCHERS, body))
        assert {each.deleted_by for each in entries(world)} == {Asker("server", "app")}
        first, second, third = entries(world)
        body = {"ids": [first.id, "tbe_none"]}
        action = await done(world, await world.call("POST", BIN, body))
        assert action["type"] == "CAMPAIGN.VOUCHERS_DELETE"
        assert (action["result"]["done_count"], action["result"]["failed_count"]) == (1, 1)
        assert action["result"]["failed"][0]["code"] == "tbe_none"
        lists.rows = [(each.id, each.resource_name) for each in (second, third)]
        await done(world, await world.call("POST", BIN, {"filters": {}}))
        assert lists.asked == [{"kind": "bin_entry", "filters": {}}]
        assert entries(world) == []
        await world.voucher("A")


async def test_another_voucher_that_has_the_code_by_now_is_left_alone() -> None:
    lists = Lists()
    async with World(forward=lists) as world:
        lists.rows = [((await world.voucher("A"))["id"], "A")]
        await world.call("DELETE", "/v1/vouchers/A?force=true")
        await world.voucher("A")
        started = await world.call("POST", VOUCHERS, {"action": "delete", "filters": {}})
        assert (await done(world, started))["result"]["failed_count"] == 1
        assert (await voucher(world, "A"))["active"]


async def test_a_filter_that_lets_nothing_through_is_done_at_once() -> None:
    async with World(forward=Lists()) as world:
        body = {"action": "enable", "filters": {}}
        started = await world.call("POST", VOUCHERS, body)
        assert (await done(world, started))["status"] == "DONE"


async def test_the_same_key_starts_one_action() -> None:
    lists = Lists()
    async with World(forward=lists) as world:
        lists.rows = [((await world.voucher("A"))["id"], "A")]
        headers = SERVER | {"Idempotency-Key": "k"}
        body = {"action": "disable", "filters": {}}
        first = await world.call("POST", VOUCHERS, body, headers)
        lists.rows = []
        again = await world.call("POST", VOUCHERS, body, headers)
        assert again.json() == first.json()


async def test_too_many_are_refused_and_nothing_is_staged() -> None:
    async with World(forward=Lists([("v", "c")] * (ROWS_MAX + 1))) as world:
        body = {"action": "enable", "filters": {}}
        refused = await world.call("POST", VOUCHERS, body)
        assert (refused.status_code, refused.json()["key"]) == (413, "query_too_large")
        assert not any(isinstance(each.body, StageRows) for each in world.ledger.commands)


@pytest.mark.parametrize(
    ("fault", "status", "key"),
    [
        (invalid_payload("Property `.filters.odd` names an unknown field"), 400, "invalid_payload"),
        (ApiError(refuse("unavailable", "behind")), 503, "unavailable"),
        (ApiError(refuse("outcome_unknown")), 503, "unavailable"),
    ],
)
async def test_what_the_other_host_says_is_told(fault: ApiError, status: int, key: str) -> None:
    async with World(forward=Lists(fault=fault)) as world:
        answer = await world.call("POST", BIN, {"filters": {"odd": {}}})
        assert (answer.status_code, answer.json()["key"]) == (status, key)
        if status == 400:
            assert answer.json()["details"] == fault.refusal.details
