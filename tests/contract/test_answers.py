"""The check of answers can fail, and every client of the stories asks for it."""

import ast
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.answers import (
    hook_campaigns,
    hook_events,
    hook_points,
    hook_prizes,
    hook_transactions,
)
from schemas.webhooks import EVENT_NAMES, TEST_NAME
from tests.contract.answers import (
    PICTURE,
    ROUTES,
    STREAM,
    assert_answer,
    async_client,
    client,
    route_of,
    wanting,
)
from tests.contract.payloads import DATA, NAMES, OWN, assert_payload
from tests.contract.served import OF_A_HOST, served_routes, unnamed
from tests.contract.shapes import INSTEAD, MORE, SHAPES
from tests.e2e.manager import Manager, Received, Receiver
from tests.e2e.plain import Plain
from tests.e2e.recorder import Recorder
from tests.e2e.shop import Shop

LIST = {"object": "list", "data_ref": "orders", "orders": [], "total": 0}
ERROR = {"code": 404, "key": "not_found", "message": "Resource not found"}
KEYS = dict.fromkeys(
    (
        "app_id",
        "app_token",
        "client_app_id",
        "client_token",
        "management_id",
        "management_token",
        "project_id",
    ),
    "x",
)


def _without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("GET /v1/orders", 200, LIST),
        ("GET /v1/vouchers", 400, ERROR | {"code": 400}),
        ("GET /v1/vouchers/a%2Fb", 404, ERROR),
        ("GET /v1/nothing", 404, ERROR),
        ("DELETE /v1/vouchers/x", 204, None),
        ("OPTIONS /client/v1/redemptions", 204, None),
        ("GET /health", 503, {"status": "unavailable", "parts": {"a": {"state": "starting"}}}),
        ("POST /v1/vouchers/importCSV", 202, {"async_action_id": "aa_1"}),
    ],
)
def test_what_the_contract_knows_passes(asked: str, status: int, body: Any) -> None:
    method, path = asked.split(" ")
    assert_answer(method, path, status, b"" if body is None else json.dumps(body).encode())


@pytest.mark.parametrize(
    ("asked", "status", "body", "said"),
    [
        ("GET /v1/orders", 200, LIST | {"total": "0"}, "$.total: integer wanted"),
        ("GET /v1/orders", 200, LIST | {"total": True}, "$.total: integer wanted"),
        ("GET /v1/orders", 200, LIST | {"orders": None}, "$.orders: array wanted"),
        ("GET /v1/orders", 200, LIST | {"orders": [5]}, "$.orders[0]: object wanted"),
        ("GET /v1/orders", 200, _without(LIST, "total"), "$.total: is missing"),
        ("GET /v1/orders", 200, LIST | {"object": "set"}, "$.object: one of ['list'] wanted"),
        ("GET /v1/orders", 201, LIST, "routes.json does not know"),
        ("GET /v1/orders", 500, ERROR | {"code": 500}, "routes.json does not know"),
        ("GET /v1/vouchers", 404, _without(ERROR, "message"), "$.message: is missing"),
        ("GET /v1/vouchers", 404, ERROR | {"code": 400}, "with the code 400"),
        ("GET /v1/nothing", 200, LIST, "routes.json does not know"),
        ("GET /v1/nothing", 400, ERROR | {"code": 400}, "routes.json does not know"),
        ("POST /v1/vouchers/import", 200, {"async_action_id": "a"}, "routes.json does not know"),
        ("DELETE /v1/vouchers/x", 204, {}, "with a body"),
        ("OPTIONS /client/v1/redemptions", 200, {}, "routes.json does not know"),
        ("GET /health", 503, ERROR | {"code": 503}, "$.status: is missing"),
        ("GET /v1/analytics/totals", 200, {"from": "", "to": ""}, "$.totals: is missing"),
        ("GET /v1/orders", 200, "no JSON", "no JSON"),
        ("GET /v1/orders", 200, '{"total":10.0}', "the number '10.0' is not written as"),
        ("GET /v1/orders", 200, '{"total":1.50}', "the number '1.50' is not written as"),
        ("GET /v1/orders", 200, '{"total":1E5}', "the number '1E5' is not written as"),
        ("GET /v1/orders", 200, '{"total":[-0]}', "the number '-0' is not written as"),
        ("GET /v1/orders", 200, '{"total":-0.0}', "the number '-0.0' is not written as"),
        ("GET /v1/vouchers/x", 200, {}, "nothing that the contract names"),
        ("GET /v1/vouchers/x", 200, {"data": 1}, "nothing that the contract names"),
    ],
)
def test_what_the_contract_does_not_know_fails(
    asked: str, status: int, body: Any, said: str
) -> None:
    method, path = asked.split(" ")
    sent = body if isinstance(body, str) else json.dumps(body)
    with pytest.raises(AssertionError, match=re.escape(said)):
        assert_answer(method, path, status, sent.encode())


def test_a_fixed_path_is_not_a_name() -> None:
    assert route_of("POST", "/v1/vouchers/import") == "POST /v1/vouchers/import"
    assert route_of("POST", "/v1/vouchers/imports") == "POST /v1/vouchers/{code}"
    assert route_of("GET", "/v1/publications/create") == "GET /v1/publications/create"
    assert route_of("PATCH", "/v1/vouchers/x") is None
    assert route_of("GET", "/v1/vouchers/") == "GET /v1/vouchers"
    assert route_of("GET", "/v1/vouchers//") is None


async def test_every_route_that_is_served_has_its_answers_in_the_table_and_no_other() -> None:
    assert {unnamed(name) for name in ROUTES.keys() - OF_A_HOST} == (await served_routes()).keys()


def test_no_story_asks_with_a_client_that_does_not_look() -> None:
    asking = re.compile(
        r"httpx\.(Client|AsyncClient|get|post|put|patch|delete|options|request|stream)\("
    )
    for folder in ("e2e", "chaos"):
        for file in (Path(__file__).parents[1] / folder).glob("*.py"):
            assert not asking.search(file.read_text("utf-8")), file.name


def test_the_table_names_shapes_that_are_there() -> None:
    text = json.dumps([list(ROUTES.values()), list(SHAPES.values()), list(DATA.values())])
    named = set(re.findall(r'"ref": "(\w+)"', text))
    named |= {each for answers in ROUTES.values() for each in answers.values() if type(each) is str}
    assert named <= {*SHAPES, PICTURE, STREAM}


def test_what_the_description_tells_otherwise_is_still_told_there() -> None:
    for name, member in INSTEAD:
        assert f'"{member}": ' in json.dumps(SHAPES[name]), (name, member)
    for name, values in MORE.items():
        told = json.dumps(SHAPES[name])
        assert '"enum": ' in told
        assert not all(f'"{value}"' in told for value in values), name


@contextmanager
def _answering(body: bytes) -> Iterator[str]:
    """A server that says this to everyone; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("x-request-id", "v-" + "0" * 18)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _plainly(url: str) -> None:
    made = Plain(url, {})
    try:
        made.ask("GET", "/v1/orders")
    finally:
        made.close()


def _in_a_shop(url: str) -> None:
    made = Shop(url, KEYS)
    try:
        made.orders.list_orders()
    finally:
        made.close()


def _as_a_manager(url: str) -> None:
    made = Manager(url, KEYS)
    try:
        made.api.list_projects()
    finally:
        made.close()


def _through_a_recorder(url: str) -> None:
    with Recorder(url) as recorder:
        answer = httpx.get(f"{recorder.address}/v1/orders?limit=1", trust_env=False)
        assert (answer.status_code, recorder.answers) == (200, 1)
        assert answer.json() == {"object": "list"}
        assert not recorder.faults, recorder.faults


@pytest.mark.parametrize("ask", [_plainly, _in_a_shop, _as_a_manager, _through_a_recorder])
def test_every_client_of_the_stories_looks(ask: Callable[[str], None]) -> None:
    with (
        _answering(b'{"object":"list"}') as url,
        pytest.raises(AssertionError, match="is missing"),
    ):
        ask(url)


async def test_so_do_the_clients_that_ask_plainly() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"object": "list"}))
    with (
        client(base_url="http://x", transport=transport) as one,
        pytest.raises(AssertionError, match="is missing"),
    ):
        one.get("/v1/orders")
    async with async_client(base_url="http://x", transport=transport) as many:
        with pytest.raises(AssertionError, match="is missing"):
            await many.get("/v1/orders")


def test_a_patient_client_asks_again_while_it_is_put_off() -> None:
    statuses = [503, 503, 200, 503]

    def answer(_: httpx.Request) -> httpx.Response:
        status = statuses.pop(0)
        body = LIST if status == 200 else ERROR | {"code": status}
        return httpx.Response(status, json=body, headers={"retry-after": "0"})

    transport = httpx.MockTransport(answer)
    with client(patient=True, base_url="http://shop.test", transport=transport) as made:
        assert made.get("/v1/orders").status_code == 200
        assert made.get("/v1/orders", extensions=wanting(503)).status_code == 503
    assert not statuses


async def test_a_fault_passes_only_where_a_request_wants_it() -> None:
    def answer(status: int) -> httpx.Response:
        return httpx.Response(status, json=ERROR | {"code": status})

    transport = httpx.MockTransport(lambda asked: answer(int(asked.headers["x-status"])))
    async with async_client(base_url="http://x", transport=transport) as http:

        async def ask(status: int, **named: Any) -> None:
            await http.get("/v1/orders", headers={"x-status": str(status)}, **named)

        await ask(500, extensions=wanting(500))
        with pytest.raises(AssertionError, match=r"routes\.json does not know"):
            await ask(500)
        for status in (404, 502):
            with pytest.raises(AssertionError, match="500 is wanted"):
                await ask(status, extensions=wanting(500))


EVENT: dict[str, Any] = {
    "id": "evt",
    "project_id": "proj",
    "created_at": "2026-01-01T00:00:00.000Z",
    "type": "voucher.deleted",
    "event": "voucher.deleted",
    "source": {"channel": "API"},
    "data": {"voucher": {"id": "v_1", "code": "A"}},
}


#: What says what webhooks are told.
TELLING = tuple(
    str(each.__file__)
    for each in (hook_events, hook_campaigns, hook_prizes, hook_points, hook_transactions)
)


def test_every_event_that_is_sent_has_its_data_in_the_table_and_no_other() -> None:
    told = [node for path in TELLING for node in ast.walk(ast.parse(Path(path).read_text("utf-8")))]
    texts = [each.value for each in told if isinstance(each, ast.Constant)]
    dotted = re.compile(r"[a-z_]+(\.[a-z_]+)+")
    sent = {text for text in texts if isinstance(text, str) and dotted.fullmatch(text)}
    # a name that is put together of parts would be none of these
    assert not [each for each in told if isinstance(each, ast.JoinedStr)]
    assert sent == DATA.keys()
    assert sent - NAMES == OWN
    assert set(EVENT_NAMES) | {TEST_NAME} == NAMES | OWN


def test_what_a_webhook_is_sent_is_looked_at() -> None:
    assert_payload(json.dumps(EVENT).encode())
    for change, said in (
        ({"created_at": "2026-01-01"}, "$.created_at: date-time wanted"),
        ({"source": {"channel": "PHONE"}}, "$.source.channel: one of"),
        ({"type": "voucher.melted"}, "$.type: one of"),
        ({"type": "customer.confirmed", "event": "customer.confirmed"}, "does not know"),
        ({"data": {"voucher": {"id": "v_1"}}}, "$.voucher.code: is missing"),
    ):
        receiver = Receiver()
        receiver.take(Received({}, json.dumps(EVENT | change).encode()))
        (fault,) = receiver.faults
        assert said in fault
