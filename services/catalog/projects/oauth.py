"""Access tokens: asking for one, asking about one, ending one. Source: the API contract, section 3.

Nothing is written when a token is made; ending one is a command of the control project, so every
front knows of it within a second. Whoever asks does so with the key pair, never with a token.
"""

import secrets
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel import tables
from fronts.writes import Writes
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.oauth import TOKEN_SECONDS, TokenSigner
from runtime.http.routing import caller_of
from runtime.http.service import Service
from runtime.replica.command_sender import CommandSender
from schemas.base import Millis
from schemas.errors import refuse
from schemas.oauth import AccessToken, RevokeToken
from schemas.projects import CONTROL_PROJECT
from schemas.records import Decided
from schemas.scopes import SCOPES, lies_within
from services.catalog.reads import Reads

GRANT_TYPE = "client_credentials"
FORM = "application/x-www-form-urlencoded"
FIELDS_MAX = 20


class OAuth:
    """The endpoints below `/v1/oauth`."""

    def __init__(
        self,
        writes: Writes,
        commands: CommandSender,
        view_of: Reads,
        tokens: TokenSigner,
        clock_ms: Callable[[], Millis],
    ) -> None:
        self._writes = writes
        self._commands = commands
        self._view_of = view_of
        self._tokens = tokens
        self._clock_ms = clock_ms

    async def generate(self, request: Request) -> Response:
        """`POST /v1/oauth/token`."""
        form = await _read_form(request)
        _require(form, "grant_type", "scope")
        if form["grant_type"] != GRANT_TYPE:
            raise ApiError(refuse("invalid_grant_type", f"Grant type has to be {GRANT_TYPE}"))
        scopes = tuple(dict.fromkeys(form["scope"].split()))
        unknown = [each[:100] for each in scopes if each not in SCOPES]
        if unknown or not scopes:
            details = f"There is no scope {unknown[0]}" if unknown else "No scope is named"
            raise ApiError(refuse("invalid_scope", details))
        caller = caller_of(request)
        key = (await self._view_of(CONTROL_PROJECT)).get(tables.KEYS, caller.key_id)
        held = None if key is None else key.scopes
        beyond = [] if held is None else [each for each in scopes if not lies_within(each, held)]
        if beyond:
            details = f"The scope {beyond[0]} is not one of the key's"
            raise ApiError(refuse("invalid_scope", details))
        expires_at = self._clock_ms() // 1000 + TOKEN_SECONDS
        token = AccessToken(
            secrets.token_hex(16), caller.project, caller.key_id, scopes, expires_at
        )
        return self._answer(request, token, self._tokens.sign(token))

    async def introspect(self, request: Request) -> Response:
        """`POST /v1/oauth/introspect`."""
        text, token = await self._read_named(request)
        if token is None:
            raise invalid_payload("Property `.access_token` is not a token of this project")
        view = await self._view_of(CONTROL_PROJECT)
        key = view.get(tables.KEYS, token.key_id)
        active = (
            token.expires_at * 1000 > self._clock_ms()
            and view.get(tables.REVOKED_TOKENS, token.id) is None
            and key is not None
            and key.works(self._clock_ms())
        )
        return self._answer(request, token, text, active=active)

    async def revoke(self, request: Request) -> Response:
        """`POST /v1/oauth/token/revoke`; a token may be revoked again while its time lasts."""
        _, token = await self._read_named(request)
        if token is None or token.expires_at * 1000 <= self._clock_ms():
            # What was sent may be somebody else's token, so it is not repeated.
            raise ApiError(refuse("not_found", "Cannot find this access token"))
        body = RevokeToken(token.project, token.id, token.expires_at * 1000)
        caller = caller_of(request)
        answered = await self._commands.send(
            CONTROL_PROJECT, body, key_kind=caller.kind, channel_id=caller.key_id
        )
        if not isinstance(answered.record, Decided):
            raise ApiError(refuse("command_expired"))
        return Response(status_code=204)

    async def _read_named(self, request: Request) -> tuple[str, AccessToken | None]:
        """What the request calls a token, and the token if it is one of the caller's project."""
        form = await _read_form(request)
        _require(form, "access_token")
        text = form["access_token"]
        token = self._tokens.read(text)
        own = token is not None and token.project == caller_of(request).project
        return text, token if own else None

    def _answer(
        self, request: Request, token: AccessToken, text: str, *, active: bool | None = None
    ) -> Response:
        left = token.expires_at - self._clock_ms() // 1000
        body = {
            "access_token": text,
            "client_id": token.key_id,
            "expires_at": token.expires_at,
            "expires_in": max(left, 0),
            "scope": " ".join(token.scopes),
            "token_type": "Bearer",
        }
        if active is not None:
            body["active"] = active
        response = self._writes.respond(request, 200, body)
        response.headers["cache-control"] = "no-store"
        return response


def oauth_service(oauth: OAuth) -> Service:
    """The service, to be mounted in a host."""
    return Service(
        name="oauth",
        routes=(
            Route("/v1/oauth/token", oauth.generate, methods=["POST"]),
            Route("/v1/oauth/introspect", oauth.introspect, methods=["POST"]),
            Route("/v1/oauth/token/revoke", oauth.revoke, methods=["POST"]),
        ),
    )


def _require(form: dict[str, str], *names: str) -> None:
    missing = [name for name in names if not form.get(name)]
    if missing:
        raise ApiError(refuse("missing_parameters", f"Parameter `{missing[0]}` is required"))


async def _read_form(request: Request) -> dict[str, str]:
    """The fields of a form. Raises ApiError."""
    content = await request.body()
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if content and kind != FORM:
        raise ApiError(refuse("unsupported_media_type", f"The body has to be {FORM}"))
    try:
        pairs = parse_qsl(
            content.decode(), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX
        )
    except ValueError:
        raise invalid_payload("The body is not a valid form") from None
    form = dict(pairs)
    if len(form) < len(pairs):
        raise invalid_payload("A field is given more than once")
    return form
