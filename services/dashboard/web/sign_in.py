"""Signing in and out, invitations, new passwords, and which project is looked at."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.dashboard.parts import entrance
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import Api, ApiFault, SignedOut
from services.dashboard.web.cookies import forget_session, keep_project, keep_session, session_of
from services.dashboard.web.headers import address_of, is_foreign_write
from services.dashboard.web.pending import Pending
from services.dashboard.web.people import People


def sign_in_routes(client: httpx.AsyncClient, people: People) -> list[Route]:
    """The routes that need no session, and the two that end or move one."""
    pending = Pending()

    async def sign_in(request: Request) -> Response:
        target = safe_target(request.query_params.get("next", "/"))
        if request.method == "GET":
            return answer_node(entrance.sign_in(target))
        form = await request.form()
        target = safe_target(str(form.get("next") or "/"))
        known = pending.find(_text(form, "pending"))
        email, password = known or (_text(form, "email"), _text(form, "password"))
        body = {"email": email, "password": password}
        if known:
            body["code"] = _text(form, "code").strip()
        try:
            begun = await _api_of(client, request).post("/users/v1/sessions", body)
        except ApiFault as fault:
            return _again(fault, target, body, pending)
        pending.drop(_text(form, "pending"))
        response = RedirectResponse(target, 303)
        keep_session(request, response, begun["token"])
        return response

    async def sign_out(request: Request) -> Response:
        token = session_of(request)
        response = RedirectResponse("/sign-in", 303)
        if token:
            people.forget(token)
            try:
                await _api_of(client, request, token).delete("/users/v1/sessions/current")
            except SignedOut:
                pass
            except ApiFault as fault:
                return answer_node(fault.sentence, 503)
        forget_session(request, response)
        return response

    async def choose_project(request: Request) -> Response:
        form = await request.form()
        response = RedirectResponse("/", 303)
        keep_project(request, response, _text(form, "project")[:64])
        return response

    return [
        Route("/sign-in", _own(sign_in), methods=["GET", "POST"]),
        Route("/sign-out", _own(sign_out), methods=["POST"]),
        Route("/project", _own(choose_project), methods=["POST"]),
        *_link_routes(client),
    ]


def _link_routes(client: httpx.AsyncClient) -> list[Route]:
    """Where links lead that somebody was given."""

    async def accept(request: Request) -> Response:
        api = _api_of(client, request)
        token = request.query_params.get("token", "")
        form = await request.form() if request.method == "POST" else FormData()
        token = _text(form, "token") or token
        try:
            invitation = await api.post("/users/v1/invitations/look", {"token": token})
        except ApiFault as fault:
            return answer_node(entrance.link_is_over(fault.sentence), fault.status)
        if request.method == "GET":
            return answer_node(entrance.invitation(invitation, token))
        body: dict[str, Any] = {"token": token}
        if not invitation.get("known"):
            body |= {"name": _text(form, "name"), "password": _text(form, "password")}
        try:
            await api.post("/users/v1/invitations/accept", body)
        except ApiFault as fault:
            return answer_node(entrance.invitation(invitation, token, fault.sentence), 400)
        return RedirectResponse("/sign-in?welcome=1", 303)

    async def reset(request: Request) -> Response:
        token = request.query_params.get("token", "")
        if request.method == "GET":
            return answer_node(entrance.new_password(token))
        form = await request.form()
        token = _text(form, "token")
        try:
            await _api_of(client, request).post(
                "/users/v1/password-resets/accept",
                {"token": token, "password": _text(form, "password")},
            )
        except ApiFault as fault:
            return answer_node(entrance.new_password(token, fault.sentence), 400)
        return RedirectResponse("/sign-in", 303)

    return [
        Route("/invitation", _own(accept), methods=["GET", "POST"]),
        Route("/new-password", _own(reset), methods=["GET", "POST"]),
    ]


def _api_of(client: httpx.AsyncClient, request: Request, token: str | None = None) -> Api:
    """The API, told from which address and browser somebody comes."""
    agent = request.headers.get("user-agent", "")[:200]
    return Api(client, token, None, agent, address_of(request))


def safe_target(address: str) -> str:
    """Where somebody goes after sign-in: an address of ours, whatever a link says."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    has_strange = any(ord(each) < 32 or each == "\\" for each in address)
    return address if is_ours and not has_strange and len(address) <= 2000 else "/"


def _again(fault: ApiFault, target: str, body: dict[str, str], pending: Pending) -> Response:
    if fault.key in ("second_factor_required", "invalid_code"):
        said = "This code is not valid. Wait for the next one, or use a recovery code."
        is_wrong = fault.key == "invalid_code"
        name = pending.keep(body["email"], body["password"])
        page = entrance.second_factor(target, name, said if is_wrong else "")
        return answer_node(page, 401 if is_wrong else 200)
    said = {
        "invalid_credentials": "The e-mail or the password is wrong.",
        "too_many_requests": "Too many attempts. Wait a little, then try again.",
    }.get(fault.key, fault.sentence)
    return answer_node(entrance.sign_in(target, said, body["email"]), fault.status)


def _own(
    handler: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Refuses what another site sends."""

    async def answer(request: Request) -> Response:
        if is_foreign_write(request.method, request.headers):
            return Response("A form of another site cannot do that here.", 403)
        return await handler(request)

    return answer


def _text(form: FormData, name: str) -> str:
    return str(form.get(name) or "")[:4096]
