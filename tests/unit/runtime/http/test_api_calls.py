"""The log of API calls: what is kept of a call, and what becomes of too many."""

import time
from typing import Any, cast

import msgspec
import pytest

from runtime.clickhouse.reads import Reads
from runtime.http.api_calls import (
    HEADER_NOTED_MAX,
    ID,
    NO_RECORD,
    PATH_NOTED_MAX,
    ApiCalls,
    Noted,
    as_call,
    mask_path,
)
from runtime.http.auth import Caller
from runtime.http.host import Host
from runtime.http.internal import InternalGate
from runtime.log.log import Entry, InDoubt, LogError, Unsent
from schemas.observations import ApiCallsObserved
from schemas.paths import PATH_WORDS
from schemas.records import Decided
from schemas.topics import API_CALLS
from services.analytics.service import analytics_service
from services.audit.history.records import ReadRecord
from services.audit.history.stream import Listen
from services.audit.service import audit_service
from services.audit.sink.api_call_table import API_CALLS as API_CALLS_TABLE
from tests.unit.services.catalog.projects.managing import made
from tests.unit.services.world import MANAGEMENT, SERVER, World, asked

CALLER = Caller("p", "server", "key_1")


def noted(number: int = 0, project: str = "p", **more: Any) -> Noted:
    caller = CALLER._replace(project=project)
    return Noted(caller, f"v-{number}", "POST", "/v1/redemptions", 200, 5.0, 0.25, **more)


class Topic:
    """Takes records, or fails as told."""

    def __init__(self, *faults: LogError) -> None:
        self.faults = list(faults)
        self.records: list[ApiCallsObserved] = []

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        assert (topic, partition) == (API_CALLS, 3)
        if self.faults:
            raise self.faults.pop()
        self.records.append(msgspec.json.decode(entry.value, type=ApiCallsObserved))
        return len(self.records) - 1

    @property
    def ids(self) -> list[str]:
        return [call.request_id for record in self.records for call in record.calls]


def calls_to(topic: Topic, waiting_max: int = 100) -> ApiCalls:
    return ApiCalls(topic, lambda _: 3, waiting_max=waiting_max)


async def test_many_calls_of_a_project_are_one_record() -> None:
    topic = Topic()
    calls = calls_to(topic, 2000)
    for number in range(700):
        calls.note(noted(number))
    calls.note(noted(700, project="q"))
    await calls.flush()
    assert [(record.project, len(record.calls)) for record in topic.records] == [
        ("p", 500),
        ("p", 200),
        ("q", 1),
    ]
    assert topic.ids == [f"v-{number}" for number in range(701)]
    await calls.flush()
    assert len(topic.records) == 3


async def test_too_many_are_dropped_and_counted() -> None:
    calls = calls_to(Topic(), waiting_max=2)
    for number in range(5):
        calls.note(noted(number))
    assert calls.dropped == 3
    assert calls.health()["api-calls"].state == "3 calls are not recorded"
    await calls.flush()
    assert calls.health()["api-calls"].state == "ok"


async def test_what_surely_did_not_reach_the_log_is_sent_again_and_what_may_have_is_not() -> None:
    topic = Topic(Unsent("down"))
    calls = calls_to(topic)
    calls.note(noted(1))
    await calls.flush()
    await calls.flush()
    assert (topic.ids, calls.dropped) == (["v-1"], 0)
    topic.faults = [InDoubt("lost")]
    calls.note(noted(2))
    await calls.flush()
    await calls.flush()
    assert (topic.ids, calls.dropped) == (["v-1"], 1)


def test_a_call_says_who_and_what() -> None:
    call = as_call(noted(1, origin=b"https://shop.test", channel=b"JS-SDK"))
    assert (call.at, call.duration_us, call.key_id, call.key_kind) == (
        4750, 250_000, "key_1", "server",
    )  # fmt: skip
    assert (call.origin, call.channel) == ("https://shop.test", "JS-SDK")
    assert (as_call(noted(1)).origin, as_call(noted(1)).channel) == ("API", "API")
    assert as_call(noted(1, channel=b"Java-SDK")).origin == "Java-SDK"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"JS-SDK", "JS-SDK"),
        (b"WOO_COMMERCE 1.2", "WOO_COMMERCE 1.2"),
        (b"x" * 64, "x" * 64),
        (b"x" * 65, "other"),
        (b" x", "other"),
        (b"<script>", "other"),
        ("żółw".encode(), "other"),
        (b"\xff", "other"),
    ],
)
def test_a_channel_is_short_and_plain_or_another(sent: bytes, kept: str) -> None:
    call = as_call(noted(1, channel=sent))
    assert (call.channel, call.origin) == (kept, kept)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"https://shop.test:8443", "https://shop.test:8443"),
        (b"http://[::1]:80", "http://[::1]:80"),
        (b"capacitor://localhost", "capacitor://localhost"),
        (b"null", "null"),
        (b"https://" + b"a" * 261, "other"),
        (b"https://ann@shop.test", "other"),
        (b"https://shop.test/?q=ann", "other"),
        (b"shop.test", "other"),
        ("https://żółw.test".encode(), "other"),
    ],
)
def test_an_origin_is_one_or_another(sent: bytes, kept: str) -> None:
    assert as_call(noted(1, origin=sent)).origin == kept


def test_no_column_that_a_client_fills_is_a_dictionary() -> None:
    types = {column.name: column.type for column in API_CALLS_TABLE.columns}
    for name in ("id", "path", "route", "origin", "channel"):
        assert types[name] == "String"


@pytest.mark.parametrize(
    ("path", "shown", "route"),
    [
        ("/v1/redemptions", "/v1/redemptions", "/v1/redemptions"),
        ("/v1/vouchers/A%2FB", "/v1/vouchers/A%2FB", "/v1/vouchers/{id}"),
        ("/v1/vouchers/A/redemption", "/v1/vouchers/A/redemption", "/v1/vouchers/{id}/redemption"),
        ("/v1/customers/ann@shop.test", "/v1/customers/*", "/v1/customers/{id}"),
        ("/v1/customers/ann/activity", "/v1/customers/*/activity", "/v1/customers/{id}/activity"),
        ("/v1/customers/cust_1", "/v1/customers/cust_1", "/v1/customers/{id}"),
        ("/v1/customers/bulk/async", "/v1/customers/bulk/async", "/v1/customers/bulk/async"),
        ("/v1/customers//ann@shop.test", "/v1/customers//*", "/v1/customers//{id}"),
    ],
)
def test_a_path_names_no_person_and_has_a_route(path: str, shown: str, route: str) -> None:
    assert mask_path(path) == (shown, route)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("token=W1.x-y_z&limit=1", "token=*&limit=1"),
        ("Token=cust_1", "Token=*"),
        ("limit=10&order=-created_at", "limit=10&order=-created_at"),
        ("email=ann@shop.test&page=2", "email=*&page=2"),
        ("customer=ann&campaign=Summer%20sale", "customer=*&campaign=Summer+sale"),
        ("customer=cust_0a1b", "customer=cust_0a1b"),
        ("customer=cust_ann", "customer=*"),
        ("filters[source_id][conditions][$is]=ann", "filters[source_id][conditions][$is]=*"),
        (
            "filters[metadata.city][conditions][$is]=Paris",
            "filters[metadata.city][conditions][$is]=*",
        ),
        ("customer[source_id]=ann&code=A", "customer[source_id]=*&code=A"),
        ("created_at[after]=2024-01-01", "created_at[after]=2024-01-01"),
        ("code=ann@shop.test", "code=*"),
        ("a=%FF", "a=%EF%BF%BD"),
        ("=", "="),
        ("x=" + "y" * 3000, "x=" + "y" * 998),
    ],
)
def test_a_query_names_no_person_and_lets_nobody_in(query: str, shown: str) -> None:
    assert as_call(noted(query=query.encode())).query == shown


async def test_a_call_names_the_record_that_answered_it(world: World) -> None:
    await world.voucher("A")
    await world.call("GET", "/v1/vouchers/A?x=1")
    await world.call("POST", "/v1/redemptions", asked("A"))
    new, read, redeemed = world.noted
    assert isinstance(world.ledger.records[new.record], Decided)
    decided = world.ledger.records[redeemed.record]
    assert isinstance(decided, Decided) and decided.command_type == "redeem_stack"
    assert (read.record, read.query) == (NO_RECORD, b"x=1")
    await world.call("POST", "/v1/redemptions", asked("A"), SERVER | {"Idempotency-Key": "k"})
    await world.call("POST", "/v1/redemptions", asked("A"), SERVER | {"Idempotency-Key": "k"})
    first, second = world.noted[-2:]
    assert first.record == second.record > redeemed.record


async def test_a_call_of_another_project_names_no_record(world: World) -> None:
    webhook = {"target_url": "https://shop.test/hook", "events": ["voucher.created"]}
    other = (await made(world))["id"]
    for project in ("proj", other):
        path = f"/management/v1/projects/{project}/webhooks"
        answer = await world.call("POST", path, webhook, MANAGEMENT)
        assert answer.status_code == 200
    assert [each.record > NO_RECORD for each in world.noted] == [False, True, False]


def test_every_word_of_every_path_is_known(world: World) -> None:
    reads = cast("Reads", None)
    insight = Host(
        "insight",
        (
            audit_service(reads, cast("ReadRecord", None), cast("Listen", None)),
            analytics_service(reads, int),
        ),
        InternalGate("s"),
    )
    # what only hosts ask of one another is no call of a client
    asked_for = {each for each in insight.paths() if not each.startswith("/internal/")}
    for path in (*world.host.paths(), *asked_for):
        for segment in filter(None, path.split("/")):
            assert segment.startswith("{") or segment in PATH_WORDS, path
    assert ID not in PATH_WORDS


async def test_only_what_a_key_asked_for_is_noted(world: World) -> None:
    await world.call("GET", "/v1/vouchers/none?email=ann@shop.test")
    await world.call("POST", "/v1/validations", {})
    await world.call("GET", "/v1/vouchers/none", headers={})
    await world.call("GET", "/health/live")
    assert [(each.caller.project, each.method, each.path, each.status) for each in world.noted] == [
        ("proj", "GET", "/v1/vouchers/none", 404),
        ("proj", "POST", "/v1/validations", 400),
    ]


async def test_a_call_that_waits_is_small_whatever_was_sent(world: World) -> None:
    sent = SERVER | {"origin": "x" * 20_000, "x-voucherify-channel": "y" * 10_000}
    answer = await world.call("GET", "/v1/vouchers/" + "z" * 8000, headers=sent)
    assert answer.status_code == 404
    (call,) = world.noted
    assert len(call.path) == PATH_NOTED_MAX
    assert len(call.origin or b"") == len(call.channel or b"") == HEADER_NOTED_MAX
    kept = as_call(call)
    assert (kept.origin, kept.channel, len(kept.path)) == ("other", "other", 200)


def test_a_call_costs_next_to_nothing() -> None:
    calls = calls_to(Topic(), waiting_max=20_000)
    one = noted(1)
    started = time.process_time()
    for _ in range(20_000):
        calls.note(one)
    assert (time.process_time() - started) / 20_000 < 10e-6
