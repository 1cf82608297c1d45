"""Users at the gate: a session's token in the place of a key pair, and what the user may do.

A user is admitted where server-side and management keys are, for the project that the request
names, as far as the role there allows (schemas/privileges.py): 401 when the session is over, 403
for whoever is no member, without the privilege that the route asks for, with a password that has
to be changed first, or without the second factor that the project wants. What a user does with the own account asks for the session alone.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from runtime.http.errors import ApiError
from schemas.base import Millis
from schemas.errors import refuse
from schemas.privileges import KEYS_ALONE, privilege_of
from schemas.projects import CONTROL_PROJECT, KeyKind

SESSION_HEADER: Final = b"x-session-token"
PROJECT_HEADER: Final = b"x-project-id"
#: Longer than any token.
TOKEN_LENGTH_MAX: Final = 256
#: What users' own paths begin with, and which of them ask for a session.
OWN_PATHS: Final = "/users/v1/"
SIGN_OUT: Final = "/users/v1/sessions/current"
PASSWORD: Final = "/users/v1/me/password"  # noqa: S105 - a path
_ME: Final = "/users/v1/me"
#: What a user may do whose password has to be changed first: a method, or any, and a path.
_BEFORE_CHANGE: Final = frozenset({("GET", _ME), ("POST", PASSWORD), ("DELETE", SIGN_OUT)})


class SignedIn(NamedTuple):
    """A session that is not over, and its user."""

    user_id: str
    session_id: str
    #: What rules call the user.
    login: str
    must_change_password: bool


class SessionDirectory(Protocol):
    """The sessions and roles of all users, as far as a replica knows them."""

    def session(self, token_hash: str, now: Millis) -> SignedIn | None:
        """The session with that token, unless it is over; notes that it is used."""

    def privileges(self, user_id: str, project: str) -> frozenset[str] | None:
        """What a user may do in a project; None for no member, or where there is no such project."""

    def lacks_second_factor(self, user_id: str, project: str) -> bool:
        """Whether the project wants a second factor that the user has not."""


class Entered(NamedTuple):
    """A user who may pass, and for which project."""

    user: SignedIn
    project: str


class SessionGate:
    """What decides which user may pass."""

    def __init__(
        self,
        directory: SessionDirectory,
        hash_token: Callable[[str], str],
        clock_ms: Callable[[], Millis],
    ) -> None:
        self._directory = directory
        self._hash_token = hash_token
        self._clock_ms = clock_ms

    def admit_self(self, method: str, path: str, token: bytes | None) -> Entered:
        """A user for the own account. Raises ApiError."""
        user = self._signed_in(method, path, token)
        return Entered(user, CONTROL_PROJECT)

    def admit(
        self, wanted: KeyKind, method: str, path: str, token: bytes, project: bytes | None
    ) -> Entered:
        """A user for a project. Raises ApiError."""
        if wanted not in ("server", "management"):
            raise _unauthorized()
        user = self._signed_in(method, path, token)
        if not project:
            raise ApiError(refuse("forbidden", "Header X-Project-Id has to name a project"))
        project_id = project.decode("latin-1")
        may = self._directory.privileges(user.user_id, project_id)
        if may is None:
            raise ApiError(refuse("forbidden", "The user is no member of this project"))
        if self._directory.lacks_second_factor(user.user_id, project_id):
            raise ApiError(refuse("second_factor_setup_required"))
        needed = privilege_of(method, path)
        if needed is None or needed == KEYS_ALONE:
            raise ApiError(refuse("forbidden", "A user cannot ask for this"))
        if needed not in may:
            raise ApiError(refuse("missing_required_permission", f"Privilege {needed} is needed"))
        return Entered(user, project_id)

    def _signed_in(self, method: str, path: str, token: bytes | None) -> SignedIn:
        if token is None or not 0 < len(token) <= TOKEN_LENGTH_MAX:
            raise _unauthorized()
        token_hash = self._hash_token(token.decode("latin-1"))
        user = self._directory.session(token_hash, self._clock_ms())
        if user is None:
            raise _unauthorized()
        if user.must_change_password and (method, path) not in _BEFORE_CHANGE:
            raise ApiError(refuse("password_change_required"))
        return user


def is_of_session(path: str) -> bool:
    """Whether a path that takes no key takes a session."""
    return path in (SIGN_OUT, _ME) or path.startswith(f"{_ME}/")


def _unauthorized() -> ApiError:
    return ApiError(refuse("unauthorized", "The session is over, or its token is wrong"))
