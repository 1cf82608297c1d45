"""What the endpoints of users have in common: they read and write the control project."""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.encode import Body
from engine.kernel.state import View
from fronts.writes import NEW, Identity, Writes, note_record
from runtime.base.secrets import Secrets
from runtime.http.auth import Caller
from runtime.http.errors import ApiError
from runtime.http.payload import read_header
from runtime.http.routing import caller_of
from runtime.replica.command_sender import Answered
from schemas.base import Millis
from schemas.commands import CommandBody
from schemas.errors import refuse
from schemas.projects import CONTROL_PROJECT
from schemas.records import Conflicted, Decided
from schemas.user_commands import Place
from schemas.users import User
from services.catalog.reads import Reads

TOKEN_BYTES: Final = 32
AGENT_LENGTH_MAX: Final = 256
IP_LENGTH_MAX: Final = 64
_AGENT: Final = b"user-agent"
_FORWARDED: Final = b"x-forwarded-for"


class Asking(NamedTuple):
    """A user who is signed in and asks for something of the own."""

    caller: Caller
    view: View
    user: User


class Control:
    """Reads and writes of the control project."""

    def __init__(
        self,
        writes: Writes,
        view_of: Reads,
        secrets_: Secrets,
        clock_ms: Callable[[], Millis],
        release: str,
    ) -> None:
        self.secrets = secrets_
        self.clock_ms = clock_ms
        #: The version that is installed.
        self.release = release
        self.writes = writes
        self.view_of = view_of

    async def view(self) -> View:
        """The control project as it is now. Raises ApiError 503."""
        return await self.view_of(CONTROL_PROJECT)

    async def asking(self, request: Request) -> Asking:
        """Who asks for something of the own. Raises ApiError 401."""
        caller, view = caller_of(request), await self.view()
        user = view.get(tables.USERS, caller.key_id)
        if user is None:
            raise ApiError(refuse("unauthorized"))
        return Asking(caller, view, user)

    async def decide(
        self, request: Request, caller: Caller, body: CommandBody, identity: Identity = NEW
    ) -> Decided:
        """The record of what is decided. Raises ApiError where it is refused."""
        answered = await self.send(caller, body, identity)
        if request.scope.get("tessera.caller") is not None:
            note_record(request, answered, CONTROL_PROJECT)
        record = answered.record
        if isinstance(record, Conflicted):
            raise ApiError(refuse("idempotency_key_reused"))
        if not isinstance(record, Decided):
            raise ApiError(refuse("command_expired"))
        if record.refusal is not None:
            raise ApiError(record.refusal)
        return record

    async def decide_named(self, request: Request, route: str, body: CommandBody) -> Decided:
        """`decide` for who asks; the same again for a request that is known by its key."""
        identity = await self.identity(request, route)
        return await self.decide(request, caller_of(request), body, identity)

    async def identity(self, request: Request, route: str) -> Identity:
        """By what a request is known again; `route` names what it asks for."""
        return self.writes.identity(request, route, await request.body())

    async def send(self, caller: Caller, body: CommandBody, identity: Identity = NEW) -> Answered:
        """What answers a command. Raises NotSent, OutcomeUnknown."""
        return await self.writes.decide(caller, body, identity, project=CONTROL_PROJECT)

    def respond(self, request: Request, body: Body | None) -> Response:
        """200 with a body that nobody keeps, or 204."""
        response = self.writes.respond(request, 204 if body is None else 200, body)
        response.headers["cache-control"] = "no-store"
        return response

    def new_token(self, identity: Identity = NEW) -> str:
        """A token of 32 bytes; the same again for a request that is known by its key."""
        if identity.command_id is None:
            return secrets.token_urlsafe(TOKEN_BYTES)
        seed = f"users/{identity.command_id}".encode()
        return hmac.digest(self.secrets.issuing, seed, "sha256").hex()


def user_caller(user_id: str) -> Caller:
    """A user who has no session yet."""
    return Caller(CONTROL_PROJECT, "user", user_id)


def place_of(request: Request) -> Place:
    """Where a request came from; a host on this machine may say for whom it asks."""
    client = request.client
    ip = "" if client is None else client.host
    said = read_header(request, _FORWARDED)
    if said and _is_loopback(ip):
        last = said.rpartition(",")[2].strip()
        ip = last if _is_address(last) else ip
    agent = read_header(request, _AGENT) or ""
    seen = "".join(each for each in agent if each.isprintable())
    return Place(ip[:IP_LENGTH_MAX], seen[:AGENT_LENGTH_MAX])


def short_hash(text: str) -> str:
    """By what a guess is known again."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _is_loopback(ip: str) -> bool:
    return _is_address(ip) and ipaddress.ip_address(ip).is_loopback


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
