"""The log of events as it goes on: nothing is missed, nothing comes twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.audit.history import stream
from tests.integration.history.test_events import history
from tests.integration.insight_host import Insight, running
from tests.unit.services.audit.examples import created, decided


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    # a stream ends after that time, be it that a busy machine has told nothing by then
    async with running(tmp_path, stream_seconds=1.0) as found:
        yield found


async def events(insight: Insight, query: str = "", last: str | None = None) -> list[Any]:
    """Id, type and body of what a stream says until it ends."""
    headers = {} if last is None else {"last-event-id": last}
    text = await insight.text(f"/v1/audit/stream?{query}", headers)
    found = []
    for each in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in each.split("\n") if line)
        if "id" in lines:
            found.append((lines["id"], lines["event"], json.loads(lines["data"])))
    assert text.startswith("retry: ")
    return found


async def ids(insight: Insight, query: str = "", last: str | None = None) -> list[str]:
    return [event_id.removeprefix("ev_0_") for event_id, _, _ in await events(insight, query, last)]


async def test_what_was_missed_is_told_in_the_order_of_the_log(insight: Insight) -> None:
    insight.world.append(*history())
    assert await ids(insight, last="ev_0_0_0") == ["1_0", "1_1", "2_0", "3_0", "4_0", "5_0", "6_0"]
    assert await ids(insight, last="ev_0_1_0") == ["1_1", "2_0", "3_0", "4_0", "5_0", "6_0"]
    assert await ids(insight, last="ev_0_6_0") == []


async def test_an_event_is_told_as_the_log_shows_it(insight: Insight) -> None:
    insight.world.append(*history())
    shown = (await insight.get("/v1/audit/events?limit=100&order=created_at"))["data"]
    told = await events(insight, last="ev_0_0_0")
    for each, (event_id, kind, body) in zip(shown[1:], told, strict=True):
        del each["api_calls"]
        assert (event_id, kind) == (each["id"], each["type"])
        assert body == each


CHOSEN = (
    "type=voucher.created",
    "object=redemption",
    "object=voucher&voucher=A",
    "customer=cust_1",
    "customer=source_1",
    "campaign=c1",
    "voucher=B",
    "voucher=v_A",
    "redemption=r_1",
    "order_id=ord_1",
    "voucher=nothing",
)


async def test_it_is_chosen_from_as_from_the_log(insight: Insight) -> None:
    insight.world.append(*history())
    for query in CHOSEN:
        listed = await insight.get(f"/v1/audit/events?limit=100&order=created_at&{query}")
        expected = [each["id"].removeprefix("ev_0_") for each in listed["data"]]
        told = await ids(insight, query, last="ev_0_0_0")
        assert told == [each for each in expected if each != "0_0"], query


async def test_what_comes_meanwhile_is_told_once(insight: Insight) -> None:
    insight.world.append(*history())
    streams = [asyncio.create_task(ids(insight, last="ev_0_4_0")) for _ in range(3)]
    fresh = asyncio.create_task(ids(insight, "voucher=N7"))
    await asyncio.sleep(0.2)
    insight.world.append(
        *(decided(created(f"N{n}"), project="other" if n % 5 == 1 else "proj_1") for n in range(20))
    )
    own = [f"{8 + n}_0" for n in range(20) if n % 5 != 1]
    for each in streams:
        assert (await each)[:2] == ["5_0", "6_0"]
        assert (await each)[2:] in (own, [])
    assert await fresh in (["15_0"], [])
    assert await ids(insight, last="ev_0_6_0") == own


async def test_a_reader_who_is_too_slow_comes_again_for_the_rest(
    insight: Insight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BEHIND_RECORDS_MAX", 3)
    insight.world.append(*history())
    last = "ev_0_0_0"
    found: list[str] = []
    for number in range(12):
        if number < 8:
            insight.world.append(*(decided(created(f"M{number}{n}")) for n in range(4)))
        told = await events(insight, last=last)
        found += [each[0] for each in told]
        last = told[-1][0] if told else last
    listed = await insight.get("/v1/audit/events?limit=100&order=created_at")
    assert found == [each["id"] for each in listed["data"]][1:]


async def test_an_id_that_is_none_of_the_project_is_refused(insight: Insight) -> None:
    for last in ("soon", "ev_1_0_0", "ev_0_x_0", ""):
        found = await insight.get("/v1/audit/stream", 400, headers={"last-event-id": last})
        assert "Last-Event-ID" in found["details"], last
    # and a parameter that is unknown, by its name
    for name in ("limit", "created_at[after]", "nothing"):
        found = await insight.get(f"/v1/audit/stream?{name}=1", 400)
        assert name.partition("[")[0] in found["details"]


async def test_there_are_so_many_streams_at_once(
    insight: Insight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "STREAMS_MAX", 2)
    opened = [asyncio.create_task(events(insight)) for _ in range(2)]
    await asyncio.sleep(0.1)
    found = await insight.get("/v1/audit/stream", 503)
    assert "2 streams" in found["details"]
    await asyncio.gather(*opened)
    assert await events(insight) == []
