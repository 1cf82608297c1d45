"""Between hosts: who asked, in which time zone, and how far a reader has to be.

All of it is told in headers that only hosts may send.

The host that faces clients authenticates and passes on; the one behind it believes these headers
because they come with the installation's shared secret. It refuses everything else but `/health`.
"""

import hmac
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import Request

from runtime.http.auth import Caller, Headers, key_kind_of
from runtime.http.errors import ApiError
from schemas.errors import refuse
from schemas.projects import KeyKind

SECRET_HEADER: Final = "x-tessera-secret"  # noqa: S105 - a header's name
PROJECT_HEADER: Final = "x-tessera-project"
KEY_KIND_HEADER: Final = "x-tessera-key-kind"
KEY_ID_HEADER: Final = "x-tessera-key-id"
LOGIN_HEADER: Final = "x-tessera-login"
POSITIONS_HEADER: Final = "x-tessera-positions"
TIME_ZONE_HEADER: Final = "x-tessera-time-zone"
BASE_URL_HEADER: Final = "x-tessera-base-url"
REQUEST_ID_HEADER: Final = "x-tessera-request-id"
OWN_PREFIX: Final = b"x-tessera-"

_KINDS: Final[Mapping[bytes, KeyKind]] = {
    b"server": "server",
    b"client": "client",
    b"management": "management",
    b"system": "system",
    b"user": "user",
}

#: (topic, partition) → the offset that a reader must have reached.
Positions = Mapping[tuple[str, int], int]


class InternalGate:
    """The gate of a host that only other hosts may ask."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    async def admit(
        self,
        path: str,
        headers: Headers,
        query: bytes = b"",  # noqa: ARG002 - a protocol's
        method: str = "",  # noqa: ARG002
    ) -> Caller | None:
        if path == "/health":
            return None
        kind = _KINDS.get(headers.get(KEY_KIND_HEADER.encode(), b""))
        if not self._is_host(headers) or kind is None or not _takes(path, kind):
            raise ApiError(refuse("unauthorized"))
        return Caller(
            headers.get(PROJECT_HEADER.encode(), b"").decode("latin-1"),
            kind,
            headers.get(KEY_ID_HEADER.encode(), b"").decode("latin-1"),
            unquote(headers.get(LOGIN_HEADER.encode(), b"").decode("latin-1")),
        )

    def allows_origin(self, path: str, origin: str) -> bool:  # noqa: ARG002 - a protocol's
        """See `Gate.allows_origin`; the host in front answers browsers."""
        return False

    def request_id(self, headers: Headers) -> str | None:
        """See `Gate.request_id`: the same request has the same id everywhere."""
        given = headers.get(REQUEST_ID_HEADER.encode())
        return given.decode("latin-1") if given and self._is_host(headers) else None

    def _is_host(self, headers: Headers) -> bool:
        return hmac.compare_digest(headers.get(SECRET_HEADER.encode(), b""), self._secret)


def _takes(path: str, kind: KeyKind) -> bool:
    """Whether a caller of that kind may have been admitted to the path."""
    wanted = key_kind_of(path)
    return wanted in (None, kind) or (kind == "user" and wanted != "client")


def write_login(login: str) -> str:
    """What rules call a user, as a header takes it."""
    return quote(login)


def time_zone_of(request: Request) -> str:
    """The name of the time zone in which the caller's project reckons."""
    return request.headers.get(TIME_ZONE_HEADER, "Etc/UTC")


def base_url_of(request: Request) -> str:
    """Where the client found the API."""
    return request.headers.get(BASE_URL_HEADER, "/")


def write_positions(positions: Positions) -> str:
    """For example `ledger/0=41,validations/0=7`."""
    return ",".join(f"{topic}/{part}={offset}" for (topic, part), offset in positions.items())


def positions_of(request: Request) -> dict[tuple[str, int], int]:
    """How far each reader must be before it answers. Raises ApiError on damage."""
    positions: dict[tuple[str, int], int] = {}
    for each in filter(None, request.headers.get(POSITIONS_HEADER, "").split(",")):
        try:
            place, offset = each.split("=")
            topic, partition = place.split("/")
            positions[topic, int(partition)] = int(offset)
        except ValueError:
            raise ApiError(refuse("invalid_query_params", f"Header {POSITIONS_HEADER}")) from None
    return positions
