"""Whether an answer is one that the contract describes, by its method, path, status and body.

`routes.json` says as data what each route that is built answers: under `contract` the facts of the
API's description (the name of a shape of `shapes.json`, a shape itself where the description gives
it no name, or null for an answer without a body), under `own` what is not of that API, with shapes
of our own; under `not_built` the routes of that API that there are not. Every error has the shape `Error`; its statuses are those that any path may answer, and
those that only a known route does. An answer that the table has no entry for is a failure.

Every client of the tests hands its answers to `assert_answer`; nobody has to ask for it. A test
that provokes a fault of the server's says so with the one request that is to fail (`wanting`).
"""

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import httpx

from tests.contract.shapes import Shape, assert_shape, named_members

A = TypeVar("A")

_TABLE: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "routes.json").read_text("utf-8")
)
#: By "METHOD /path/{name}" and status, what a route answers when it does what it is asked for.
ROUTES: Final[Mapping[str, Mapping[str, Shape | None]]] = _TABLE["contract"] | _TABLE["own"]
#: The names of those of the API, of our own, and of those of the API that there are not.
CONTRACT: Final = frozenset(_TABLE["contract"])
OWN: Final = frozenset(_TABLE["own"])
NOT_BUILT: Final = frozenset(_TABLE["not_built"])
#: Those that also answer with a file, of another host of the contract's: CSV, with a header.
FILES: Final = frozenset(_TABLE["files"])
_ERRORS_OF_ANY_PATH: Final = frozenset(_TABLE["errors_of_any_path"])
_ERRORS: Final = _ERRORS_OF_ANY_PATH | frozenset(_TABLE["errors"])
#: How often each route was seen to answer with each status.
CHECKED: Final[Counter[tuple[str, int]]] = Counter()
#: Stands for the shape of what is no JSON: a PNG or an SVG.
PICTURE: Final = "picture"
#: As server-sent events.
STREAM: Final = "stream"
_STREAM_BEGINS: Final = b"retry: "
NO_ROUTE: Final = "no route"
#: How whoever may ask again shortly is answered, and how often that is done at most.
PUT_OFF: Final = 503
ASKED_AGAIN_MAX: Final = 60
#: How long a patient client waits for an answer: a machine may be slow.
ANSWER_SECONDS_MAX: Final = 120.0
#: Made by the framework, once.
_DESCRIPTION: Final = "GET /openapi.json"
_WANTED: Final = "tessera.wanted"
_HEADER: Final = re.compile(rb"[a-z_.]+(?:,[A-Za-z0-9_.]+)*\r\n")
#: What a statement of an analyst may come back as besides JSON.
_STATEMENTS: Final = "/v1/analytics/query"
_TABLES: Final = frozenset({"text/csv; charset=utf-8", "application/vnd.apache.parquet"})
_PLAIN: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?(?:e[+-][1-9][0-9]*)?")

# What httpx looks for with each request in memory, and finds nowhere here.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]
#: Nobody here asks over TLS, and reading the certificates takes longer than most requests.
_PLAIN_HTTP: Final[dict[str, Any]] = {"trust_env": False, "verify": False}


class _Route(NamedTuple):
    """A route, and the paths that are its own."""

    name: str
    pattern: re.Pattern[str]


def _routes() -> dict[str, list[_Route]]:
    """The routes of each method; a fixed path comes before one that a name could stand for."""
    found: dict[str, list[_Route]] = {}
    for name in sorted(ROUTES, key=lambda name: [part[:1] == "{" for part in name.split("/")]):
        method, path = name.split(" ")
        parts = ("[^/]+" if part[:1] == "{" else re.escape(part) for part in path.split("/"))
        found.setdefault(method, []).append(_Route(name, re.compile("/".join(parts))))
    return found


_BY_METHOD: Final = _routes()


def route_of(method: str, path: str) -> str | None:
    """The route that answers; `path` is as it was sent, without its query.

    One slash at its end is nothing: clients of the service write it.
    """
    path = path.removesuffix("/") or path
    routes = _BY_METHOD.get(method, ())
    return next((each.name for each in routes if each.pattern.fullmatch(path)), None)


def wanting(status: int) -> dict[str, Any]:
    """What a request takes as `extensions` that is to fail with this status, and with no other."""
    return {_WANTED: status}


def assert_answer(
    method: str, path: str, status: int, body: bytes, wanted: int | None = None
) -> None:
    """Fails, naming every place, unless the contract knows this answer and its body's shape.

    `wanted` is the status of an error that a test provokes; it need not be one of the contract.
    """
    route = route_of(method, path)
    CHECKED[route or NO_ROUTE, status] += 1
    asked = f"{method} {path} answers {status}"
    known: Mapping[str, Shape | None] = ROUTES.get(route or "", {})
    if wanted is not None:
        assert status == wanted, f"{asked}, {wanted} is wanted: {body[:500]!r}"
        shape: Shape | None = "Error"
    elif method == "OPTIONS" and status == 204:
        # what browsers ask beforehand is not of the contract, which describes no such answer
        shape = None
    elif str(status) in known:
        shape = known[str(status)]
    else:
        errors = _ERRORS if route else _ERRORS_OF_ANY_PATH
        assert status in errors, f"{asked}, which routes.json does not know: {body[:500]!r}"
        shape = "Error"
    if shape is None:
        assert body == b"", f"{asked} with a body: {body[:500]!r}"
        return
    if shape == PICTURE:
        assert body.startswith((b"\x89PNG\r\n", b"<?xml")), f"{asked} with no picture"
        return
    if shape == STREAM:
        assert body.startswith(_STREAM_BEGINS), f"{asked} with no stream of events"
        return
    if route in FILES and status == 200 and not body.startswith(b"{"):
        assert _HEADER.match(body), f"{asked} with no file: {body[:500]!r}"
        return
    told = _decoded(asked, body, json.loads if route == _DESCRIPTION else read_body)
    try:
        assert_shape(told, shape)
    except AssertionError as wrong:
        raise AssertionError(f"{asked}, but not as the contract says\n{wrong}") from None
    # the description requires nothing of many answers, so that any object would have their shape
    named = named_members(shape)
    if named and isinstance(told, dict):
        assert named & told.keys(), f"{asked} with nothing that the contract names: {body[:500]!r}"
    if shape == "Error":
        assert told["code"] == status, f"{asked} with the code {told['code']}"


def assert_response(answer: httpx.Response) -> None:
    """As `assert_answer`, for an answer that is read."""
    asked = answer.request
    if asked.url.params.get("format") == "csv" and answer.is_success:
        # the same as JSON; who asks for it reads its rows
        assert answer.headers["content-type"].startswith("text/csv")
        return
    if asked.url.path == _STATEMENTS and answer.headers["content-type"] in _TABLES:
        # what the statement's own body asks for, with the statement's own columns
        return
    path = asked.url.raw_path.partition(b"?")[0].decode("ascii")
    wanted: int | None = asked.extensions.get(_WANTED)
    # one without an end is read by whoever asked
    content = _STREAM_BEGINS if _is_stream(answer) else answer.content
    assert_answer(asked.method, path, answer.status_code, content, wanted)


def _is_stream(answer: httpx.Response) -> bool:
    return bool(answer.headers.get("content-type") == "text/event-stream")


def read_body(body: bytes) -> Any:
    """What JSON says. Raises ValueError, and AssertionError for what `assert_javascript_numbers` does."""
    return _DECODER.decode(body.decode())


def assert_javascript_numbers(body: bytes) -> None:
    """Fails for a number that JavaScript would write otherwise, as `10.0` for `10`.

    Who verifies a signature over a body that was read and written again needs it to be the same.
    """
    read_body(body)


def _plain_float(number: str) -> float:
    assert _PLAIN.fullmatch(number), f"the number {number!r} is not written as JavaScript does"
    return float(number)


def _plain_int(number: str) -> int:
    assert number != "-0", f"the number {number!r} is not written as JavaScript does"
    return int(number)


_DECODER: Final = json.JSONDecoder(parse_float=_plain_float, parse_int=_plain_int)


def ask_patiently(ask: Callable[[], A], put_off: Callable[[A], str | None]) -> A:
    """The answer, asked again while it puts off: nothing was done, and a machine may be slow.

    `put_off`: for how many seconds an answer does; None: it does not.
    """
    for _ in range(ASKED_AGAIN_MAX):
        answer = ask()
        seconds = put_off(answer)
        if seconds is None:
            return answer
        time.sleep(float(seconds))
    return ask()


class _Patient(httpx.Client):
    """Asks again when told to, but where a request wants to be put off."""

    def send(self, request: httpx.Request, **more: Any) -> httpx.Response:
        send, wants_it = super().send, request.extensions.get(_WANTED) == PUT_OFF

        def put_off(answer: httpx.Response) -> str | None:
            if answer.status_code != PUT_OFF or wants_it:
                return None
            return answer.headers["retry-after"]

        return ask_patiently(lambda: send(request, **more), put_off)


def client(*, patient: bool = False, **more: Any) -> httpx.Client:
    """A client whose answers are held to the contract; it takes what `httpx.Client` does.

    A patient one asks again while it is put off, and waits long for an answer.
    """

    def hold(answer: httpx.Response) -> None:
        if not _is_stream(answer):
            answer.read()
        assert_response(answer)

    options = _PLAIN_HTTP | {"event_hooks": {"response": [hold]}}
    if patient:
        return _Patient(**options | {"timeout": ANSWER_SECONDS_MAX} | more)
    return httpx.Client(**options | more)


def async_client(**more: Any) -> httpx.AsyncClient:
    """As `client`, for many at once."""

    async def hold(answer: httpx.Response) -> None:
        if not _is_stream(answer):
            await answer.aread()
        assert_response(answer)

    return httpx.AsyncClient(**_PLAIN_HTTP | {"event_hooks": {"response": [hold]}} | more)


def _decoded(asked: str, body: bytes, read: Callable[[bytes], Any]) -> Any:
    try:
        return read(body)
    except ValueError:
        raise AssertionError(f"{asked} with what is no JSON: {body[:500]!r}") from None
