"""Who asks: a key pair in headers, and for client-side keys the origin they are used from.

The path's prefix says which kind of key it takes. A request without that kind's headers, or with
a wrong token, is 401; a valid key of another kind, or an origin that the project does not trust,
is 403. Tokens are compared as keyed hashes in constant time. Keys come from a replica of the
control project; where that may be older than a second, as of the request's arrival, the request
waits until it is not, and nobody is let in before, so that a revoked key stops working.

Instead of a key pair there may be an access token (`Authorization: Bearer`), which stands for the
server-side key that it was made with, for some scopes: 401 when it is over, 403 without the scope.
A link to a file holds a token of its own in its query, and needs neither (links.py). A user who is
signed in shows the token of a session and names a project (sessions.py).
"""

import hmac
import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, Protocol

from runtime.http.errors import ApiError, unavailable
from runtime.http.links import LINK_KEY_ID, LinkSigner
from runtime.http.oauth import TokenSigner
from runtime.http.sessions import (
    OWN_PATHS,
    PROJECT_HEADER,
    SESSION_HEADER,
    Entered,
    SessionDirectory,
    SessionGate,
    is_of_session,
)
from schemas.base import Millis
from schemas.errors import refuse
from schemas.projects import KeyKind
from schemas.scopes import scopes_of

KEYS_AGE_SECONDS_MAX = 1.0
ID_LENGTH_MAX = 256

_PREFIXES: Final[tuple[tuple[str, KeyKind], ...]] = (
    ("/v1/", "server"),
    ("/client/v1/", "client"),
    ("/management/v1/", "management"),
)
_HEADERS: Final[Mapping[KeyKind, tuple[bytes, bytes]]] = {
    "server": (b"x-app-id", b"x-app-token"),
    "client": (b"x-client-application-id", b"x-client-token"),
    "management": (b"x-management-id", b"x-management-token"),
}
#: The headers that carry secrets; they go no further than the edge.
TOKEN_HEADERS: Final = frozenset(token for _, token in _HEADERS.values()) | {
    b"authorization",
    SESSION_HEADER,
}
_ORIGIN = re.compile(r"(https?://(?:\[[0-9a-f:.]+\]|[^/:\[\]?#@\s]+))(:\d{1,5})?")

Headers = Mapping[bytes, bytes]


class Caller(NamedTuple):
    """Who a request comes from."""

    project: str
    kind: KeyKind
    #: The key's public id, or the user's.
    key_id: str
    #: Of a user, what rules call the person, and the session.
    login: str = ""
    session_id: str = ""


class KnownKey(NamedTuple):
    """A key that is valid now."""

    project: str
    kind: KeyKind
    token_hash: str
    #: Of an OAuth client what its access tokens may open; None: it is none.
    scopes: tuple[str, ...] | None = None


class Directory(SessionDirectory, Protocol):
    """The keys and origins of all projects, as far as a replica knows them."""

    def key(self, key_id: str) -> KnownKey | None:
        """The key with that public id, as long as it works."""

    def is_revoked(self, token_id: str) -> bool:
        """Whether the access token was ended before its time."""

    def trusts(self, project: str, origins: frozenset[str]) -> bool:
        """Whether the project trusts one of these spellings of an origin."""

    def permits(self, project: str, path: str) -> bool:
        """Whether the project lets its client-side keys use that path."""

    def anyone_trusts(self, origins: frozenset[str]) -> bool:
        """Whether some project does; for preflight requests, which carry no key."""

    async def is_younger(self, seconds_max: float) -> bool:
        """Whether all this is known as of then at least; waits for it, bounded."""


class Gate(Protocol):
    """What decides who may pass."""

    async def admit(
        self, path: str, headers: Headers, query: bytes = b"", method: str = ""
    ) -> Caller | None:
        """The caller; None where the path needs none. Raises ApiError.

        `query` is the query string of a request that only reads, else empty; without a `method` no
        user may pass.
        """

    def allows_origin(self, path: str, origin: str) -> bool:
        """Whether a browser at `origin` may see answers from `path`."""

    def request_id(self, headers: Headers) -> str | None:
        """The id that a host in front gave the request; None: it gets one here."""


class KeyGate:
    """The gate of the public API."""

    def __init__(
        self,
        directory: Directory,
        hash_token: Callable[[str], str],
        tokens: TokenSigner,
        clock_ms: Callable[[], Millis],
        links: LinkSigner,
    ) -> None:
        self._directory = directory
        self._links = links
        self._hash_token = hash_token
        self._tokens = tokens
        self._clock_ms = clock_ms
        self._sessions = SessionGate(directory, hash_token, clock_ms)

    async def admit(
        self, path: str, headers: Headers, query: bytes = b"", method: str = ""
    ) -> Caller | None:
        wanted = key_kind_of(path)
        if wanted is None and not (path.startswith(OWN_PATHS) and is_of_session(path)):
            return None
        if not await self._directory.is_younger(KEYS_AGE_SECONDS_MAX):
            raise unavailable("The keys known here are not fresh enough")
        session = headers.get(SESSION_HEADER)
        if wanted is None:
            return _as_caller(self._sessions.admit_self(method, path, session))
        presented = _presented_pair(wanted, headers)
        if presented is None:
            if session is not None:
                project = headers.get(PROJECT_HEADER)
                return _as_caller(self._sessions.admit(wanted, method, path, session, project))
            link = self._links.follow(path, query, self._clock_ms()) if query else None
            if link is not None:
                return Caller(link.project, "server", LINK_KEY_ID)
            return self._admit_bearer(wanted, path, headers)
        key_id, token = presented
        known = self._directory.key(key_id)
        given_hash = self._hash_token(token)
        if not hmac.compare_digest(given_hash, known.token_hash if known else "-") or not known:
            raise _unauthorized()
        if known.kind != wanted:
            raise ApiError(refuse("forbidden", f"A {known.kind}-side key cannot be used here"))
        if known.scopes is not None and scopes_of(path):
            said = "The key of an OAuth client makes access tokens, and opens nothing itself"
            raise ApiError(refuse("forbidden", said))
        if wanted == "client":
            self._check_client(known.project, path, headers)
        return Caller(known.project, known.kind, key_id)

    def _admit_bearer(self, wanted: KeyKind, path: str, headers: Headers) -> Caller:
        """The bearer of an access token, as whom it was made for. Raises ApiError."""
        shown = _bearer(headers)
        token = None if shown is None else self._tokens.read(shown)
        if token is None or token.expires_at * 1000 <= self._clock_ms():
            raise _unauthorized()
        key = self._directory.key(token.key_id)
        if key is None or key.project != token.project or key.kind != "server":
            raise _unauthorized()
        if self._directory.is_revoked(token.id):
            raise _unauthorized()
        scopes = scopes_of(path)
        if not any(scope in token.scopes for scope in scopes):
            details = f"One of the scopes {', '.join(scopes)} is needed" if scopes else None
            raise ApiError(refuse("missing_required_permission", details))
        if wanted == "client":
            self._check_client(token.project, path, headers)
        return Caller(token.project, wanted, token.key_id)

    def _check_client(self, project: str, path: str, headers: Headers) -> None:
        origin = headers.get(b"origin", b"").decode("latin-1")
        if not self._directory.trusts(project, origin_spellings(origin)):
            raise ApiError(refuse("forbidden", "The origin is not one that the project trusts"))
        if not self._directory.permits(project, path):
            raise ApiError(refuse("forbidden", "The project does not let client-side keys do that"))

    def allows_origin(self, path: str, origin: str) -> bool:
        """See `Gate.allows_origin`; only the client-side API is for browsers."""
        return key_kind_of(path) == "client" and self._directory.anyone_trusts(
            origin_spellings(origin)
        )

    def request_id(self, headers: Headers) -> str | None:  # noqa: ARG002 - a protocol's
        """See `Gate.request_id`; clients do not choose theirs."""
        return None


def key_kind_of(path: str) -> KeyKind | None:
    """The kind of key that a path takes; None where it takes none."""
    for prefix, kind in _PREFIXES:
        if path.startswith(prefix):
            return kind
    return None


def origin_spellings(origin: str) -> frozenset[str]:
    """How a trusted origin may be written to match: exactly, or without a port for any port."""
    found = _ORIGIN.fullmatch(origin.lower())
    return frozenset((found[0], found[1])) if found else frozenset()


def _presented_pair(wanted: KeyKind, headers: Headers) -> tuple[str, str] | None:
    """The wanted pair where it is there, else any other, to tell 403 from 401."""
    for id_header, token_header in (_HEADERS[wanted], *_HEADERS.values()):
        if id_header in headers and token_header in headers:
            key_id = headers[id_header].decode("latin-1")
            return key_id[:ID_LENGTH_MAX], headers[token_header].decode("latin-1")
    return None


def _as_caller(entered: Entered) -> Caller:
    user = entered.user
    return Caller(entered.project, "user", user.user_id, user.login, user.session_id)


def _bearer(headers: Headers) -> str | None:
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _unauthorized() -> ApiError:
    return ApiError(refuse("unauthorized", "The key pair or the access token is missing or wrong"))
