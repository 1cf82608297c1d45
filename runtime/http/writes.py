"""A command from a request to its answer.

With an `Idempotency-Key` the command's id is derived from it, scoped by project, kind of key and
route, so the same request again is the same command and gets the first answer; its content is
compared by a keyed hash of the plain request.
"""

import hmac
from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol

from starlette.requests import Request
from starlette.responses import Response

from runtime.commands import Answered
from runtime.http.auth import Caller
from runtime.http.errors import JSON, RETRY_AFTER_SECONDS, invalid_payload, request_id_of
from runtime.http.routing import caller_of
from schemas.commands import CommandBody
from schemas.entities import KeyKind
from schemas.records import Answer

IDEMPOTENCY_KEY_LENGTH_MAX = 255
IDEMPOTENCY_HEADER: Final = "idempotency-key"

#: A status and a body, or None where the answer has none.
Render = Callable[[Answer, KeyKind], tuple[int, dict[str, Any] | None]]


class Sends(Protocol):
    """What has commands decided (runtime/commands.py)."""

    async def send(
        self,
        project: str,
        body: CommandBody,
        *,
        key_kind: KeyKind,
        channel: str = "API",
        channel_id: str = "",
        command_id: str | None = None,
        fingerprint: str = "",
    ) -> Answered:
        """The record that decides the command. Raises NotSent, OutcomeUnknown."""


class Identity(NamedTuple):
    """How a command is known again; without a key it is not."""

    command_id: str | None = None
    fingerprint: str = ""


NEW: Final = Identity()


class Writes:
    """Has commands decided for requests and answers them with what `render` makes of the record."""

    def __init__(
        self,
        commands: Sends,
        hash_key: bytes,
        render: Render,
        encode: Callable[[dict[str, Any]], bytes],
    ) -> None:
        self._commands = commands
        self._hash_key = hash_key
        self._render = render
        self._encode = encode

    def identity(self, request: Request, route: str, content: bytes) -> Identity:
        """The identity that the request's headers give it. Raises ApiError."""
        key = request.headers.get(IDEMPOTENCY_HEADER)
        if key is None:
            return NEW
        if not 0 < len(key) <= IDEMPOTENCY_KEY_LENGTH_MAX:
            raise invalid_payload(
                f"Header Idempotency-Key has to have 1 to {IDEMPOTENCY_KEY_LENGTH_MAX} characters"
            )
        caller = caller_of(request)
        scope = request.scope
        command = self._hash(caller.project, caller.kind, route, key)
        fingerprint = self._hash(
            request.method, scope["path"], scope["query_string"].decode("latin-1"), content.hex()
        )
        return Identity(f"idem_{command}", fingerprint)

    def _hash(self, *parts: str) -> str:
        message = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.digest(self._hash_key, message, "sha256").hex()

    async def decide(self, caller: Caller, body: CommandBody, identity: Identity = NEW) -> Answered:
        """The record that decides `body`. Raises NotSent, OutcomeUnknown."""
        return await self._commands.send(
            caller.project,
            body,
            key_kind=caller.kind,
            channel_id=caller.key_id,
            command_id=identity.command_id,
            fingerprint=identity.fingerprint,
        )

    async def answer(
        self, request: Request, route: str, content: bytes, body: CommandBody
    ) -> Response:
        """Has `body` decided and renders the record.

        `route` names the endpoint and `content` is the raw body: both identify the request.
        """
        caller = caller_of(request)
        answered = await self.decide(caller, body, self.identity(request, route, content))
        return self.respond(request, *self._render(answered.record, caller.kind))

    def respond(self, request: Request, status: int, body: dict[str, Any] | None) -> Response:
        """A rendered answer as a response; errors name the request."""
        if body is None:
            return Response(status_code=status)
        if status >= 400:
            body = {**body, "request_id": request_id_of(request)}
        headers = {"retry-after": str(RETRY_AFTER_SECONDS)} if status == 503 else None
        return Response(self._encode(body), status, headers, media_type=JSON)
