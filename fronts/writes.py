"""A command from a request to its answer.

With an `Idempotency-Key` the command's id is derived from it, scoped by project, kind of key or
user, and route, so the same request again is the same command and gets the first answer; its content is
compared by a keyed hash of the plain request.
"""

import hmac
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from fronts.attempt import guest_key_of, tracking_id_of
from runtime.http.api_calls import OTHER_KEY, RECORD_KEY
from runtime.http.auth import Caller
from runtime.http.errors import RETRY_AFTER_SECONDS, invalid_payload, request_id_of
from runtime.http.payload import read_header
from runtime.http.routing import caller_of
from runtime.replica.command_sender import Answered, CommandSender
from schemas.api import CustomerInput
from schemas.commands import CommandBody
from schemas.projects import KeyKind
from schemas.records import Answer

IDEMPOTENCY_KEY_LENGTH_MAX = 255
IDEMPOTENCY_HEADER: Final = "idempotency-key"
_IDEMPOTENCY: Final = IDEMPOTENCY_HEADER.encode()
_JSON: Final = (b"content-type", b"application/json")
_RETRY: Final = ((b"retry-after", b"%d" % RETRY_AFTER_SECONDS),)

#: A status and a body, or None where the answer has none.
Render = Callable[[Answer, KeyKind], tuple[int, dict[str, Any] | None]]
#: What an endpoint makes of a record and the body of its good answer; an array, where it answers one.
Show = Callable[[Answer, dict[str, Any]], dict[str, Any] | list[Any]]


class JsonAnswer(Response):
    """A JSON body with its headers as they go out, without what else a `Response` looks for."""

    def __init__(self, body: bytes, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [(b"content-length", b"%d" % len(body)), _JSON, *headers]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        await send({"type": "http.response.body", "body": self.body})


class Identity(NamedTuple):
    """How a command is known again; without a key it is not."""

    command_id: str | None = None
    fingerprint: str = ""


NEW: Final = Identity()


def note_record(request: Request, answered: Answered, project: str | None = None) -> None:
    """Has the log of calls name the record that answered; `project` is whose, if not the caller's."""
    if project is None or project == caller_of(request).project:
        request.scope[RECORD_KEY] = answered.offset
    else:
        request.scope[OTHER_KEY] = f"{project}/{answered.offset}"


def login_of(caller: Caller) -> str | None:
    """What validation rules call the user who asks; None for a key."""
    return caller.login if caller.kind == "user" else None


class Writes:
    """Has commands decided for requests and answers them with what `render` makes of the record."""

    def __init__(
        self,
        commands: CommandSender,
        hash_key: bytes,
        render: Render,
        encode: Callable[[dict[str, Any] | list[Any]], bytes],
    ) -> None:
        self._commands = commands
        self._hash_key = hash_key
        self._render = render
        self._encode = encode

    def identity(self, request: Request, route: str, content: bytes) -> Identity:
        """The identity that the request's headers give it. Raises ApiError."""
        key = read_header(request, _IDEMPOTENCY)
        if key is None:
            return NEW
        if not 0 < len(key) <= IDEMPOTENCY_KEY_LENGTH_MAX:
            raise invalid_payload(
                f"Header Idempotency-Key has to have 1 to {IDEMPOTENCY_KEY_LENGTH_MAX} characters"
            )
        caller = caller_of(request)
        scope = request.scope
        # what one user asked another did not; of one kind of key all are the project's
        who = f"user/{caller.key_id}" if caller.kind == "user" else caller.kind
        command = self._hash(caller.project, who, route, key)
        fingerprint = self._hash(
            request.method, scope["path"], scope["query_string"].decode("latin-1"), content.hex()
        )
        return Identity(f"idem_{command}", fingerprint)

    def _hash(self, *parts: str) -> str:
        message = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.digest(self._hash_key, message, "sha256").hex()

    def tracking_id(self, customer: CustomerInput) -> str | None:
        """How reports tell the customer apart without knowing it."""
        return tracking_id_of(self._hash_key, customer)

    def guest_key(self, project: str, customer: CustomerInput | None) -> str | None:
        """By what the project knows a customer that only has an e-mail address."""
        return guest_key_of(self._hash_key, project, customer)

    async def decide(
        self,
        caller: Caller,
        body: CommandBody,
        identity: Identity = NEW,
        *,
        project: str | None = None,
    ) -> Answered:
        """The record that decides `body`, for another project than the caller's where one is named.

        Raises NotSent, OutcomeUnknown.
        """
        whose, named = project or caller.project, getattr(body, "customer", None)
        return await self._commands.send(
            whose,
            body,
            email_key=self.guest_key(whose, named) if isinstance(named, CustomerInput) else None,
            key_kind=caller.kind,
            channel="USER" if caller.kind == "user" else "API",
            channel_id=caller.key_id,
            login=login_of(caller),
            command_id=identity.command_id,
            fingerprint=identity.fingerprint,
        )

    async def answer(
        self,
        request: Request,
        route: str,
        content: bytes,
        body: CommandBody,
        show: Show | None = None,
        *,
        project: str | None = None,
    ) -> Response:
        """Has `body` decided and renders the record.

        `route` names the endpoint and `content` is the raw body: both identify the request.
        `show` gives a good answer another shape; `project` is whose it is, where not the caller's.
        """
        caller = caller_of(request)
        identity = self.identity(request, route, content)
        answered = await self.decide(caller, body, identity, project=project)
        note_record(request, answered, project)
        status, body_shown = self._render(answered.record, caller.kind)
        shown: dict[str, Any] | list[Any] | None = body_shown
        if show is not None and body_shown is not None and status < 300:
            shown = show(answered.record, body_shown)
        return self.respond(request, status, shown)

    async def write(self, request: Request, route: str, body: CommandBody) -> Response:
        """`answer` for a request whose raw body nobody has read yet, or which keeps it."""
        return await self.answer(request, route, await request.body(), body)

    def render(self, record: Answer, key_kind: KeyKind) -> tuple[int, dict[str, Any] | None]:
        """Status and body of the answer that a record gives."""
        return self._render(record, key_kind)

    def respond(
        self, request: Request, status: int, body: dict[str, Any] | list[Any] | None
    ) -> Response:
        """A rendered answer as a response; errors name the request."""
        if body is None:
            return Response(status_code=status)
        if status >= 400 and isinstance(body, dict):
            body = {**body, "request_id": request_id_of(request)}
        return JsonAnswer(self._encode(body), status, _RETRY if status == 503 else ())
