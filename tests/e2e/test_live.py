"""What happens right now, through the front: rates as they change, and what somebody is alerted of."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.contract.answers import ANSWER_SECONDS_MAX, client
from tests.e2e.manager import Manager, receiving
from tests.e2e.plain import Plain
from tests.e2e.shop import Shop, told
from tests.e2e.system import System, eventually

GUESSES = 5
REDEMPTIONS = 7


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One whose webhooks may stay at home; its host of the tables is killed."""
    home = tmp_path_factory.mktemp("live")
    with System(home, TESSERA_WEBHOOKS_ALLOW_PRIVATE="1").running() as started:
        yield started


@pytest.fixture
def shop(system: System) -> Iterator[Shop]:
    made = Shop(system.url, system.keys)
    yield made
    made.close()


@pytest.fixture
def plain(system: System) -> Iterator[Plain]:
    made = Plain(system.url, system.server_key)
    yield made
    made.close()


@pytest.fixture
def manager(system: System) -> Iterator[Manager]:
    made = Manager(system.url, system.keys)
    yield made
    made.close()


@contextmanager
def stream(system: System, query: str = "", last: str | None = None) -> Iterator[httpx.Response]:
    headers = dict(system.server_key) | ({} if last is None else {"Last-Event-ID": last})
    url = f"{system.url}/v1/analytics/live?{query}"
    with (
        client(timeout=ANSWER_SECONDS_MAX) as asking,
        asking.stream("GET", url, headers=headers) as answer,
    ):
        yield answer


def events(answer: httpx.Response) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Id, type and data of each."""
    known = {}
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        known[name] = value
        if name == "data":
            yield known["id"], known["event"], json.loads(value)


def hour_of(answer: httpx.Response, succeeded: int) -> dict[str, Any]:
    """The first windows whose hour has so many successes."""
    for _, kind, data in events(answer):
        if kind == "rates" and data["rates"]:
            windows: dict[str, Any] = data["rates"][0]["windows"]
            if windows["1h"]["succeeded"] == succeeded:
                return windows
    raise AssertionError("the stream ended before")


def test_rates_and_alerts_are_told_and_stay_the_same_when_the_host_is_killed(
    system: System, shop: Shop, plain: Plain, manager: Manager
) -> None:
    campaign = plain.ask(
        "POST",
        "/v1/campaigns",
        json={
            "name": "Live",
            "campaign_type": "DISCOUNT_COUPONS",
            "voucher": {
                "type": "DISCOUNT_VOUCHER",
                "discount": {"type": "AMOUNT", "amount_off": 500},
                "redemption": {"quantity": None},
            },
        },
    ).json()
    code = plain.ask("POST", "/v1/campaigns/Live/vouchers", json={}).json()["code"]
    thresholds = {
        "guesses_per_minute": GUESSES,
        "budgets": [{"campaign_id": "Live", "planned_per_hour": 1000}],
    }
    answer = plain.ask("PUT", "/v1/analytics/alerts/thresholds", json=thresholds)
    assert answer.status_code == 200
    with receiving() as receiver, stream(system, "campaign=Live") as live:
        assert live.headers["content-type"] == "text/event-stream"
        # the official client knows the names of the contract alone
        webhooks = f"/management/v1/projects/{manager.project}/webhooks"
        body = {"target_url": receiver.url, "events": ["alert.raised"]}
        hook = plain.ask("POST", webhooks, json=body, headers=manager.headers).json()
        for _ in range(REDEMPTIONS):
            shop.redeem(code)
        windows = hour_of(live, REDEMPTIONS)
        assert windows["1h"]["discount"] == REDEMPTIONS * 500
        # a minute that ends between two guesses takes some of them along
        for number in range(2 * GUESSES):
            shop.not_redeemed(f"GUESS{number}")
        eventually(lambda: {"codes.guessed", "budget.burning"} <= alerts(plain).keys())
        known = alerts(plain)
        assert known["budget.burning"]["related_object"]["id"] == campaign["id"]
        eventually(lambda: len(receiver.once()) >= len(known))
        sent = {each.event["data"]["alert"]["id"] for each in receiver.once()}
        assert sent == {each["id"] for each in known.values()}
        assert receiver.faults == []
        told(manager.api.delete_webhook, manager.project, hook["id"])
    notified = plain.get("/v1/notifications", type="alert.raised")["notifications"]
    assert {each["related_object"]["id"] for each in notified} == sent

    system.process("insight").kill()
    eventually(system.is_healthy)
    with stream(system, "campaign=Live") as live:
        assert hour_of(live, REDEMPTIONS)["1h"] == windows["1h"]
    assert alerts(plain).keys() == known.keys()
    assert plain.get("/v1/analytics/alerts")["total"] == len(known)
    assert plain.get("/v1/notifications", type="alert.raised")["total"] == len(known)


def alerts(plain: Plain) -> dict[str, Any]:
    """What was raised, by its type."""
    return {each["type"]: each for each in plain.get("/v1/analytics/alerts")["alerts"]}


def test_a_stream_goes_on_after_the_alerts_that_its_reader_knows(system: System) -> None:
    with stream(system) as live:
        found = events(live)
        first = next(found)
        second = next(found)
    assert (first[1], second[1]) == ("alert", "alert")
    with stream(system, last=first[0]) as live:
        assert next(events(live)) == second
    with stream(system, last=second[0]) as live:
        assert next(events(live))[1] == "rates"


@pytest.mark.parametrize(
    ("query", "last", "status", "named"),
    [
        ("since=1", None, 400, "since"),
        ("campaign=none", None, 404, "none"),
        ("", "soon", 400, "Last-Event-ID"),
        ("", "7-1", 400, "Last-Event-ID"),
    ],
)
def test_what_is_not_known_is_refused(
    system: System, query: str, last: str | None, status: int, named: str
) -> None:
    with stream(system, query, last) as answer:
        assert answer.status_code == status
        assert named in answer.read().decode()


def test_a_stream_needs_a_server_side_key(system: System) -> None:
    url = f"{system.url}/v1/analytics/live"
    browser = {
        "X-Client-Application-Id": system.keys["client_app_id"],
        "X-Client-Token": system.keys["client_token"],
        "Origin": "https://shop.test",
    }
    for headers, status in (({}, 401), (browser, 403)):
        with client(patient=True) as asking:
            assert asking.get(url, headers=headers).status_code == status
