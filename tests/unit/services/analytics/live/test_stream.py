"""What a stream says: when, to whom, and how it goes on after a break."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import msgspec
import pytest
from msgspec import structs

from runtime.clickhouse.database import Query
from runtime.log.log import Entry
from schemas.alerts import Alert, AlertRaised, AlertThresholds, AlertThresholdsUpdated
from schemas.rates import CampaignSecond, RatesCounted
from services.analytics.live import stream
from services.analytics.live.live import Live, LiveOutfit
from services.analytics.live.stream import _Follower
from tests.unit.services.audit.examples import PROJECT, START, decided

NOW = START // 1000
TOLD_SECONDS = 0.02


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "TOLD_SECONDS", TOLD_SECONDS)


class Tables:
    """Knows one campaign, and what was kept of alerts."""

    def __init__(self, *kept: tuple[Any, ...]) -> None:
        self.kept = kept
        self.asked = 0

    async def rows(self, query: Query) -> list[tuple[Any, ...]]:
        self.asked += 1
        return list(self.kept) if "alert" in query.sql else [("camp_1", "Summer")]


class Watched:
    """Live rates without a broker, whose clock is moved by hand."""

    def __init__(self) -> None:
        self.now = START + 2000
        self.live = Live(LiveOutfit(self._send, lambda _: b"", lambda: self.now))
        self.tables = Tables()
        self.offset = 0

    async def _send(self, _: str, __: int, ___: Entry) -> int:
        return 0

    def redeem(self, count: int, campaign: str = "camp_1", project: str = PROJECT) -> None:
        self.offset += 1
        second = CampaignSecond(campaign, NOW - 1, count, 0, 100 * count)
        record = RatesCounted(project, self.offset, self.offset, campaigns=(second,))
        self.live.take(0, msgspec.json.encode(record))

    def alert(self, offset: int, campaign: str | None = None, project: str = PROJECT) -> None:
        raised = AlertRaised(alert(f"alert_{offset}", campaign))
        record = structs.replace(decided(raised, project=project), command_type="raise_alert")
        self.live.alerts.note(record, offset)

    def events(
        self, campaign: str | None = None, last: int | None = None, seconds: float = 5.0
    ) -> AsyncGenerator[bytes, None]:
        reads: Any = self.tables
        return _Follower(self.live, reads, PROJECT, 3, campaign).events(last, seconds)


def alert(alert_id: str, campaign: str | None = None) -> Alert:
    return Alert(alert_id, "codes.guessed", "cust_1", START, START, 30, 20, START, campaign)


def read(event: bytes) -> tuple[str, str, dict[str, Any]]:
    lines = dict(line.split(": ", 1) for line in event.decode().strip().split("\n"))
    return lines["id"], lines["event"], json.loads(lines["data"])


async def taken(events: AsyncGenerator[bytes, None], count: int) -> list[Any]:
    async with asyncio.timeout(120), aclosing(events):
        return [read(await anext(events)) for _ in range(count)]


async def test_it_begins_with_alerts_and_rates() -> None:
    watched = Watched()
    watched.alert(7)
    watched.redeem(3)
    first, second = await taken(watched.events(), 2)
    assert first[:2] == ("3-7", "alert")
    assert first[2]["id"] == "alert_7"
    assert second[:2] == ("3-7", "rates")
    windows = {"succeeded": 3, "failed": 0, "rolled_back": 0, "discount": 300}
    assert second[2]["rates"] == [
        {
            "campaign": {"id": "camp_1", "name": "Summer"},
            "windows": {
                "10s": {**windows, "per_second": 0.3},
                "1m": {**windows, "per_second": 0.05},
                "1h": {**windows, "per_second": 3 / 3600},
            },
        }
    ]


async def test_what_is_of_no_campaign_has_no_name() -> None:
    watched = Watched()
    watched.redeem(3, campaign="")
    ((_, _, data),) = await taken(watched.events(), 1)
    assert data["rates"][0]["campaign"] is None
    assert watched.tables.asked == 0


async def test_it_tells_what_moves_through_the_windows_and_then_nothing() -> None:
    watched = Watched()
    watched.redeem(3)
    events = watched.events(seconds=0.5)
    async with aclosing(events):
        await anext(events)
        watched.now += 10_000
        left = read(await anext(events))[2]["rates"][0]["windows"]
        assert [left[name]["succeeded"] for name in ("10s", "1m", "1h")] == [0, 3, 3]
        watched.now += 3_600_000
        assert read(await anext(events))[2]["rates"] == []
        assert [each async for each in events] == []


async def test_a_new_alert_is_told_at_once() -> None:
    watched = Watched()
    events = watched.events()
    async with asyncio.timeout(120), aclosing(events):
        await anext(events)
        watched.alert(9)
        assert read(await anext(events))[:2] == ("3-9", "alert")


async def test_it_goes_on_after_what_its_reader_knows() -> None:
    watched = Watched()
    for offset in range(20):
        watched.alert(offset)
    newest = [each[0] for each in await taken(watched.events(), 11)]
    assert newest == [*(f"3-{n}" for n in range(10, 20)), "3-19"]
    told = [each[:2] for each in await taken(watched.events(last=17), 3)]
    assert told == [("3-18", "alert"), ("3-19", "alert"), ("3-19", "rates")]
    assert (await taken(watched.events(last=19), 1))[0][:2] == ("3-19", "rates")


async def test_one_campaign_is_told_by_itself() -> None:
    watched = Watched()
    watched.redeem(3)
    watched.redeem(4, campaign="camp_2")
    watched.alert(1, "camp_1")
    watched.alert(2, "camp_2")
    watched.alert(3)
    first, second = await taken(watched.events(campaign="camp_2"), 2)
    assert first[0] == "3-2"
    assert [each["campaign"]["id"] for each in second[2]["rates"]] == ["camp_2"]


async def test_other_projects_are_not_seen() -> None:
    watched = Watched()
    watched.redeem(3, project="other")
    watched.alert(1, project="other")
    ((_, kind, data),) = await taken(watched.events(), 1)
    assert (kind, data["rates"]) == ("rates", [])


async def test_those_with_most_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CAMPAIGNS_MAX", 2)
    watched = Watched()
    for number in range(4):
        watched.redeem(number + 1, campaign=f"camp_{number}")
    ((_, _, data),) = await taken(watched.events(), 1)
    assert [each["campaign"]["id"] for each in data["rates"]] == ["camp_3", "camp_2"]


async def test_what_the_tables_hold_is_older_than_what_was_told() -> None:
    watched = Watched()
    watched.alert(5)
    newer = AlertThresholds(quiet_minutes=7)
    record = decided(AlertThresholdsUpdated(newer))
    record = structs.replace(record, command_type="set_alert_thresholds")
    watched.live.alerts.note(record, 6)
    older = msgspec.json.encode(AlertThresholds(quiet_minutes=9))
    tables: Any = Tables(
        (PROJECT, "alert", 2, msgspec.json.encode(alert("alert_2"))),
        (PROJECT, "alert_thresholds", 3, older),
        (PROJECT, "alert", 5, msgspec.json.encode(alert("alert_5"))),
        ("other", "alert_thresholds", 4, older),
    )
    await watched.live.alerts.load(tables)
    assert [each.offset for each in watched.live.alerts.newest(PROJECT)] == [2, 5]
    assert watched.live.alerts.thresholds_of(PROJECT).quiet_minutes == 7
    assert watched.live.alerts.thresholds_of("other").quiet_minutes == 9
    assert watched.live.alerts.thresholds_of("third") == AlertThresholds()
