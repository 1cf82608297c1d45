"""Where links lead that somebody was given: invitations, and passwords that are set anew.

What opens a link stands behind its `#`, which a browser sends to nobody. A page takes it out of the
address and sends it as a form; from then on it is in a cookie of that page, for as long as it takes
to type a name and a password. So no log, no history and no `Referer` has it.
"""

from typing import Any, Final

import httpx
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.dashboard.parts import entrance
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import ApiFault
from services.dashboard.web.cookies import forget_link, keep_link, link_of
from services.dashboard.web.sign_in import api_of, refuse_foreign, text_of

INVITATION_PATH: Final = "/invitation"
NEW_PASSWORD_PATH: Final = "/new-password"  # noqa: S105 - an address


def link_routes(client: httpx.AsyncClient) -> list[Route]:
    """The routes of both; none needs a session."""

    async def show_invitation(request: Request) -> Response:
        token = link_of(request)
        if not token:
            return answer_node(entrance.open_link("Invitation", INVITATION_PATH))
        return await _answer_invitation(client, request, token)

    async def accept(request: Request) -> Response:
        form = await request.form()
        if "link" in form:
            return _keep(request, text_of(form, "link"))
        body = {name: text_of(form, name) for name in ("name", "password") if name in form}
        try:
            path = "/users/v1/invitations/accept"
            await api_of(client, request).post(path, body | {"token": link_of(request)})
        except ApiFault as fault:
            return await _answer_invitation(client, request, link_of(request), fault.sentence)
        return _leave(request, "/sign-in?welcome=invited")

    async def show_new_password(request: Request) -> Response:
        if not link_of(request):
            return answer_node(entrance.open_link("New password", NEW_PASSWORD_PATH))
        return answer_node(entrance.new_password())

    async def reset(request: Request) -> Response:
        form = await request.form()
        if "link" in form:
            return _keep(request, text_of(form, "link"))
        body = {"token": link_of(request), "password": text_of(form, "password")}
        try:
            await api_of(client, request).post("/users/v1/password-resets/accept", body)
        except ApiFault as fault:
            return answer_node(entrance.new_password(fault.sentence), 400)
        return _leave(request, "/sign-in?welcome=password")

    return [
        Route(INVITATION_PATH, refuse_foreign(show_invitation), methods=["GET"]),
        Route(INVITATION_PATH, refuse_foreign(accept), methods=["POST"]),
        Route(NEW_PASSWORD_PATH, refuse_foreign(show_new_password), methods=["GET"]),
        Route(NEW_PASSWORD_PATH, refuse_foreign(reset), methods=["POST"]),
    ]


def token_in(link: str) -> str:
    """What opens a link: behind its `token=`, or all of what somebody pasted."""
    return link.rpartition("token=")[2].strip()


async def _answer_invitation(
    client: httpx.AsyncClient, request: Request, token: str, problem: str = ""
) -> Response:
    """To what somebody is invited, and what has to be said; or that the link is over."""
    try:
        path = "/users/v1/invitations/look"
        told: dict[str, Any] = await api_of(client, request).post(path, {"token": token})
    except ApiFault as fault:
        response: Response = answer_node(entrance.link_is_over(fault.sentence), fault.status)
        forget_link(request, response)
        return response
    return answer_node(entrance.invitation(told, problem), 400 if problem else 200)


def _keep(request: Request, link: str) -> Response:
    """Goes on to the same page, which has the link then."""
    response = RedirectResponse(request.url.path, 303)
    keep_link(request, response, token_in(link))
    return response


def _leave(request: Request, address: str) -> Response:
    """Goes on to the sign-in; the link is used up."""
    response = RedirectResponse(address, 303)
    forget_link(request, response)
    return response
