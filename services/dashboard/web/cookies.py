"""The cookies: the session, the project that somebody looks at, and what a link was opened with."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

_PROJECT: Final = "tessera-project"
#: What the cookie of a session is called behind TLS, and without.
SESSION_COOKIES: Final = ("__Host-tessera", "tessera")
SESSION_SECONDS: Final = 7 * 24 * 3600
#: What somebody's link was opened with, at the page that it leads to.
_LINK: Final = "tessera-link"
LINK_SECONDS: Final = 30 * 60
PROJECT_SECONDS: Final = 365 * 24 * 3600
TOKEN_LENGTH_MAX: Final = 256


def _is_secure(request: Request) -> bool:
    """Whether the browser speaks HTTPS."""
    return request.url.scheme == "https"


def _session_name(request: Request) -> str:
    return SESSION_COOKIES[0 if _is_secure(request) else 1]


def session_of(request: Request) -> str | None:
    """The token of the session."""
    token = request.cookies.get(_session_name(request), "")
    return token if 0 < len(token) <= TOKEN_LENGTH_MAX and token.isascii() else None


def project_of(request: Request) -> str | None:
    """The project that was chosen last; an address with `project` chooses for itself."""
    return named_project(request) or request.cookies.get(_PROJECT)


def named_project(request: Request) -> str | None:
    """The project that the address itself names: another one is no answer to it."""
    return request.query_params.get("project")


def keep_session(request: Request, response: Response, token: str) -> None:
    """Gives the browser a session of its own: a new one at each sign-in, never one it brought."""
    response.set_cookie(
        _session_name(request),
        token,
        max_age=SESSION_SECONDS,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="strict",
    )


def forget_session(request: Request, response: Response) -> None:
    """Takes the session from the browser."""
    response.delete_cookie(
        _session_name(request),
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="strict",
    )


def keep_project(request: Request, response: Response, project: str) -> None:
    """Remembers which project was chosen."""
    response.set_cookie(
        _PROJECT,
        project,
        max_age=PROJECT_SECONDS,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="strict",
    )


def link_of(request: Request) -> str:
    """What the link was opened with; empty for none."""
    token = request.cookies.get(_LINK, "")
    return token if len(token) <= TOKEN_LENGTH_MAX and token.isascii() else ""


def keep_link(request: Request, response: Response, token: str) -> None:
    """Keeps what a link is opened with, for the page that it leads to and no other."""
    response.set_cookie(
        _LINK,
        token if len(token) <= TOKEN_LENGTH_MAX and token.isascii() else "",
        max_age=LINK_SECONDS,
        path=request.url.path,
        secure=_is_secure(request),
        httponly=True,
        samesite="strict",
    )


def forget_link(request: Request, response: Response) -> None:
    """Takes it from the browser."""
    response.delete_cookie(
        _LINK,
        path=request.url.path,
        secure=_is_secure(request),
        httponly=True,
        samesite="strict",
    )
