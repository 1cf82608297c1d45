"""The client of the API: what a page asks, it asks as the person who looks at it.

ApiFault
├── Refused       the API said why (4xx): named fields, a key, a message
│   └── SignedOut the session is over (401)
└── Unreachable   it is not there, or is catching up (5xx, no connection): try again
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import httpx

SESSION_HEADER: Final = "X-Session-Token"
PROJECT_HEADER: Final = "X-Project-Id"
CHANNEL: Final = {"X-Voucherify-Channel": "Dashboard"}
TIMEOUT_SECONDS: Final = 30.0
RETRY_SECONDS: Final = 2

Json = Any
#: How many rows the API gives at a time at most.
PAGE_ROWS: Final = 100
#: What is said of an address that cannot be written: nothing has a name that is so long.
_TOO_LONG: Final = {"key": "not_found", "message": "There is nothing with a name that is so long"}
#: The pairs of a query string; one name may come more than once.
Params = Sequence[tuple[str, str]]
#: How the API begins what it says of one property.
_OF_PROPERTY: Final = re.compile(r"Property `[^`]*` ([a-z].*)", re.DOTALL)


class ApiFault(Exception):
    """The API did not do what was asked."""

    def __init__(self, status: int, body: Mapping[str, Json]) -> None:
        super().__init__(str(body.get("key") or status))
        self.status = status
        self.key = str(body.get("key") or "")
        self.message = str(body.get("message") or "The API gave no reason")
        #: What is wrong with what, as the API says it; names the field.
        self.details = str(body.get("details") or "")
        self.body = body

    @property
    def sentence(self) -> str:
        """What a person reads: the details, where there are some."""
        return self.details or self.message

    @property
    def beside_field(self) -> str:
        """The same beside the field that it is about: a path of the API is none of a form's words."""
        found = _OF_PROPERTY.match(self.sentence)
        return f"It {found[1]}" if found else self.sentence


class Refused(ApiFault):
    """The API refused, and said why."""


class SignedOut(Refused):
    """Nobody is signed in any more."""


class Unreachable(ApiFault):
    """The API is not there or not ready; the same may be asked again after `retry_seconds`."""

    def __init__(self, status: int, body: Mapping[str, Json], retry_seconds: int) -> None:
        super().__init__(status, body)
        self.retry_seconds = retry_seconds


class Api:
    """The API, asked with one person's session for one project."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        token: str | None,
        project: str | None,
        agent: str = "",
        address: str = "",
    ) -> None:
        self._client = client
        headers = dict(CHANNEL)
        if token:
            headers[SESSION_HEADER] = token
        if project:
            headers[PROJECT_HEADER] = project
        if agent:
            headers["User-Agent"] = agent
        if address:
            headers["X-Forwarded-For"] = address
        self._headers = headers

    async def get(self, path: str, params: Params | Mapping[str, str] = ()) -> Json:
        """The body of an answer. Raises ApiFault."""
        return await self.ask("GET", path, params=params)

    async def pages(
        self, path: str, rows: str, params: Mapping[str, str], *, pages_max: int
    ) -> AsyncIterator[list[Json]]:
        """The rows of a list from its first on, a page at a time. Raises ApiFault."""
        for page in range(1, pages_max + 1):
            asked = {**params, "limit": str(PAGE_ROWS), "page": str(page)}
            found: list[Json] = (await self.get(path, asked)).get(rows) or []
            yield found
            if len(found) < PAGE_ROWS:
                return

    async def post(
        self,
        path: str,
        body: Json = None,
        *,
        params: Params | Mapping[str, str] = (),
        key: str | None = None,
    ) -> Json:
        """The body of the answer; `key` is the Idempotency-Key. Raises ApiFault."""
        return await self.ask("POST", path, body=body, params=params, key=key)

    async def put(self, path: str, body: Json, *, key: str | None = None) -> Json:
        """The body of the answer. Raises ApiFault."""
        return await self.ask("PUT", path, body=body, key=key)

    async def delete(self, path: str, params: Params | Mapping[str, str] = ()) -> Json:
        """The body of the answer, where it has one. Raises ApiFault."""
        return await self.ask("DELETE", path, params=params)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        params: Params | Mapping[str, str] = (),
        body: Json = None,
        key: str | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> Json:
        """The body of the answer, None where it is empty. Raises ApiFault."""
        pairs: list[tuple[str, str | int | float | bool | None]] = list(
            params.items() if isinstance(params, Mapping) else params
        )
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        try:
            answer = await self._client.request(
                method, path, params=pairs, json=body, headers=headers, files=files
            )
        except httpx.InvalidURL:
            raise Refused(404, _TOO_LONG) from None
        except httpx.HTTPError as fault:
            raise _no_answer(fault) from None
        return _read_answer(answer)

    @asynccontextmanager
    async def stream(
        self, path: str, params: Mapping[str, str] | None = None, *, is_endless: bool = False
    ) -> AsyncIterator[httpx.Response]:
        """An answer that is passed on piece by piece; closed however the block is left."""
        timeout = httpx.Timeout(TIMEOUT_SECONDS, read=None if is_endless else TIMEOUT_SECONDS)
        request = self._client.build_request(
            "GET", path, params=params, headers=self._headers, timeout=timeout
        )
        try:
            answer = await _send(self._client, request)
        except httpx.HTTPError as fault:
            raise _no_answer(fault) from None
        try:
            if answer.status_code >= 300:
                await answer.aread()
                _read_answer(answer)
            yield answer
        finally:
            await answer.aclose()


#: Answers that nobody waits for any more, until their connections are back.
_given_up: Final[set[asyncio.Task[None]]] = set()


async def _send(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """The answer, its body still to come.

    Where it is cancelled the request goes on and is closed when it is answered: the pool of httpcore
    keeps a connection for good that is given up between its making and its first request.
    """
    sending = asyncio.create_task(client.send(request, stream=True))
    try:
        return await asyncio.shield(sending)
    except asyncio.CancelledError:
        closing = asyncio.create_task(_close(sending))
        _given_up.add(closing)
        closing.add_done_callback(_given_up.discard)
        raise


async def _close(sending: "asyncio.Task[httpx.Response]") -> None:
    with suppress(httpx.HTTPError):
        await (await sending).aclose()


def field_of(fault: ApiFault, names: Iterable[str]) -> str | None:
    """Which of the named fields the API complains of, by the path in what it says."""
    said = fault.details
    found = [name for name in names if name and name in said]
    return max(found, key=len) if found else None


def errors_of(fault: ApiFault, names: Iterable[str]) -> dict[str, str]:
    """What a form says of a refusal: at the field that it names, else for the whole form.

    Raises SignedOut: no form helps there.
    """
    if isinstance(fault, SignedOut):
        raise fault
    name = field_of(fault, names)
    return {name: fault.beside_field} if name else {"": fault.sentence}


async def ask_quietly(asked: Awaitable[Json]) -> Json:
    """What stands beside a page: None where it cannot be asked, which hides nothing else.

    Raises SignedOut: then nothing can be.
    """
    try:
        return await asked
    except SignedOut:
        raise
    except ApiFault:
        return None


def _no_answer(fault: httpx.HTTPError) -> Unreachable:
    del fault  # what a library says of a connection is of no use to who reads a page
    message = "The API does not answer at the moment"
    return Unreachable(503, {"key": "unavailable", "message": message}, RETRY_SECONDS)


def _read_answer(answer: httpx.Response) -> Json:
    is_json = answer.headers.get("content-type", "").startswith("application/json")
    try:
        body = answer.json() if answer.content and is_json else None
    except ValueError:
        body = None
    if answer.status_code < 300:
        return body
    said = body if isinstance(body, dict) else {}
    if answer.status_code == 401:
        raise SignedOut(401, said)
    if answer.status_code < 500:
        raise Refused(answer.status_code, said)
    wait = answer.headers.get("retry-after", "")
    raise Unreachable(answer.status_code, said, int(wait) if wait.isdecimal() else RETRY_SECONDS)
