"""What a validation or a qualification is answered as of a time or a position of the past."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from engine.kernel.calendar import iso
from runtime.log.log import LogError
from runtime.replica.past import PastJob
from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.validation.history import History, lasting
from tests.unit.services.validation.past_world import PastWorld, past_world
from tests.unit.services.world import CLIENT, OTHER, asked

PATH = "/v1/validations"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[PastWorld]:
    async with past_world(tmp_path) as made:
        yield made


async def test_validations_are_answered_as_they_were_then(world: PastWorld) -> None:
    history = History(world, 14)
    await history.begin()
    await history.go_on(200)
    await world.observations.drain()
    records, observed = len(world.ledger.records), len(world.topic.entries)
    valid = 0
    for each in history.random.sample(history.asked, len(history.asked)):
        # what a record decided can be asked by its place, too
        as_of = each.at if each.offset is None or each.at % 2 else f"0/{each.offset}"
        then = await world.then(each.path, each.body, as_of)
        assert (then.status_code, lasting(then.json())) == (each.status, lasting(each.answer)), each
        valid += each.answer.get("valid", False)
    await world.observations.drain()
    assert len(world.ledger.records) == records
    assert len(world.topic.entries) == observed
    assert 20 < valid < 160
    others = 0
    for each in history.asked:
        now = await world.call("POST", each.path, each.body)
        others += lasting(now.json()) != lasting(each.answer)
    assert others > 100


async def _discounts(world: PastWorld) -> tuple[int, int]:
    """A voucher that was worth 10%, and from the second time on 20%."""
    await world.voucher("A")
    first = world.ledger.now = world.ledger.now + 1000
    world.ledger.now += 1000
    second = world.ledger.now
    await world.call("PUT", "/v1/vouchers/A", {"discount": {"type": "PERCENT", "percent_off": 20}})
    world.ledger.now += 1000
    return first, second


async def test_a_time_holds_all_that_was_recorded_until_then(world: PastWorld) -> None:
    _, second = await _discounts(world)
    for moment, discount in ((second - 1, 1000), (second, 2000), (second + 1, 2000)):
        found = await world.then(PATH, asked("A"), moment)
        assert found.json()["order"]["total_discount_amount"] == discount


async def test_a_position_is_what_its_record_saw(world: PastWorld) -> None:
    await _discounts(world)
    changed = len(world.ledger.records) - 1
    found = await world.then(PATH, asked("A"), f"0:{changed}")
    assert found.json()["order"]["total_discount_amount"] == 1000
    beyond = await world.then(PATH, asked("A"), f"0:{changed + 1}")
    assert refused(beyond) == (400, "invalid_query_params")
    assert f"from 0:0 to :{changed}" in beyond.json()["details"]


async def test_rules_on_time_see_the_time_of_then(world: PastWorld) -> None:
    end = world.ledger.now + 5000
    await world.voucher("A", expiration_date=iso(end))
    world.ledger.now = end + 1000
    assert not (await world.call("POST", PATH, asked("A"))).json()["valid"]
    assert (await world.then(PATH, asked("A"), end - 1)).json()["valid"]
    assert not (await world.then(PATH, asked("A"), end + 1)).json()["valid"]


async def test_who_is_new_then_is_not_made_known(world: PastWorld) -> None:
    _, second = await _discounts(world)
    records = len(world.ledger.records)
    body = asked("A", customer={"source_id": "new"})
    assert (await world.then(PATH, body, second)).json()["valid"]
    assert (await world.call("GET", "/v1/customers/new")).status_code == 404
    assert len(world.ledger.records) == records


async def test_a_session_of_then_holds_nothing(world: PastWorld) -> None:
    await world.voucher("A", redemption={"quantity": 1})
    world.ledger.now += 1000
    body = asked("A", session={"type": "LOCK", "key": "mine"})
    for _ in range(2):
        found = await world.then(PATH, body, world.ledger.now)
        assert found.json()["session"]["key"] == "mine"
    assert (await world.call("GET", "/v1/sessions")).json()["data"] == []
    assert (await world.call("POST", PATH, asked("A"))).json()["valid"]


@pytest.mark.parametrize(
    ("as_of", "told"),
    [
        ("soon", "must be an ISO 8601 date-time since 1970, or a position such as `0:4711`"),
        ("2020-01-01", "must be an ISO 8601 date-time"),
        ("9999-12-31T23:59:59.999-14:00", "must be an ISO 8601 date-time"),
        ("0001-01-01T00:00:00%2B23:59", "must be an ISO 8601 date-time"),
        ("", "must not be empty"),
        ("0:", "must be an ISO 8601"),
        ("3:0", "has to be in the project's partition, 0"),
        ("2100-01-01T00:00:00Z", "lies in the future: 2100-01-01T00:00:00.000Z"),
        (
            "1999-01-01T00:00:00Z",
            "lies before the first record of the project: 1999-01-01T00:00:00.000Z",
        ),
        ("0:0", "lies before the first record of the project"),
        ("2020-01-01&as_of=2021-01-01", "is given more than once"),
    ],
)
async def test_what_is_no_time_of_the_past_is_refused_by_name(
    world: PastWorld, as_of: str, told: str
) -> None:
    found = await world.then(PATH, asked("A"), as_of)
    assert refused(found) == (400, "invalid_query_params")
    assert found.json()["details"].startswith(f"Query param `as_of` {told}")


@pytest.mark.parametrize("path", ["/client/v1/validations", "/client/v1/qualifications"])
async def test_a_client_side_key_sees_no_other_time_than_now(world: PastWorld, path: str) -> None:
    found = await world.then(path, asked("A"), "2024-01-01", CLIENT)
    assert refused(found) == (400, "invalid_query_params")
    assert found.json()["details"] == "Query param `as_of` is for server-side keys"
    query = await world.call("GET", "/client/v1/validate?code=A&as_of=2024-01-01", headers=CLIENT)
    assert refused(query) == (400, "invalid_query_params")
    assert "as_of" in query.json()["details"]


async def test_another_project_sees_its_own_past(world: PastWorld) -> None:
    _, second = await _discounts(world)
    found = await world.then(PATH, asked("A"), second, OTHER)
    assert found.json()["redeemables"][0]["result"]["error"]["key"] == "not_found"


async def test_other_parameters_are_read_as_ever(world: PastWorld) -> None:
    _, second = await _discounts(world)
    path = "/v1/vouchers/qualification"
    assert (await world.then(f"{path}?limit=1", {}, second)).json()["total"] == 1
    wrong = await world.then(f"{path}?limit=0", {}, second)
    assert refused(wrong) == (400, "invalid_query_params")
    assert "limit" in wrong.json()["details"]


async def test_nothing_is_made_while_the_disk_is_short_of_space(world: PastWorld) -> None:
    _, second = await _discounts(world)
    world.short = "1 MiB left"
    assert refused(await world.then(PATH, asked("A"), second)) == (503, "unavailable")


async def test_a_state_that_takes_long_is_told_of_and_there_later(tmp_path: Path) -> None:
    gate = asyncio.Event()
    folded: list[PastJob] = []

    async def run(job: PastJob, tell: Callable[[int], None]) -> None:
        tell(job.offset // 2)
        await gate.wait()
        folded.append(job)
        raise LogError("the broker is away")

    async with past_world(tmp_path, run=run, wait_seconds=0.01) as world:
        _, second = await _discounts(world)
        for _ in range(2):
            found = await world.then(PATH, asked("A"), second)
            assert refused(found) == (503, "unavailable")
            assert found.headers["retry-after"] == "5"
            assert "3 of 6 records are read" in found.json()["details"]
        gate.set()
        await asyncio.sleep(0)
        assert refused(await world.then(PATH, asked("A"), second)) == (503, "unavailable")
        assert len({job.offset for job in folded}) == 1


async def test_only_so_many_states_are_waited_for(tmp_path: Path) -> None:
    async def run(job: PastJob, tell: Callable[[int], None]) -> None:
        del job, tell
        await asyncio.Event().wait()

    async with past_world(tmp_path, run=run, wait_seconds=0.001) as world:
        answers: list[Any] = []
        for number in range(9):
            await world.voucher(f"V{number}")
            world.ledger.now += 1000
            answers.append(refused(await world.then(PATH, asked("A"), world.ledger.now)))
        assert answers == [(503, "unavailable")] * 8 + [(429, "too_many_requests")]
