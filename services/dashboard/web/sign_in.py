"""Signing in and out, and which project is looked at."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

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

#: What somebody is told who comes from a link, by what the address says of it.
WELCOMES: Final[Mapping[str, str]] = {
    "invited": "The invitation is accepted. Sign in with your e-mail address to begin.",
    "password": "The new password is saved. Sign in with it.",
}


def sign_in_routes(client: httpx.AsyncClient, people: People) -> list[Route]:
    """The routes that need no session, and the two that end or move one."""
    pending = Pending()

    async def sign_in(request: Request) -> Response:
        target = safe_target(request.query_params.get("next", "/"))
        if request.method == "GET":
            welcome = WELCOMES.get(request.query_params.get("welcome", ""), "")
            return answer_node(entrance.sign_in(target, welcome=welcome))
        form = await request.form()
        target = safe_target(str(form.get("next") or "/"))
        known = pending.find(text_of(form, "pending"))
        email, password = known or (text_of(form, "email"), text_of(form, "password"))
        body = {"email": email, "password": password}
        if known:
            body["code"] = text_of(form, "code").strip()
        try:
            begun = await api_of(client, request).post("/users/v1/sessions", body)
        except ApiFault as fault:
            return _again(fault, target, body, pending)
        pending.drop(text_of(form, "pending"))
        response = RedirectResponse(target, 303)
        keep_session(request, response, begun["token"])
        return response

    async def sign_out(request: Request) -> Response:
        token = session_of(request)
        response = RedirectResponse("/sign-in", 303)
        if token:
            people.forget(token)
            try:
                await api_of(client, request, token).delete("/users/v1/sessions/current")
            except SignedOut:
                pass
            except ApiFault as fault:
                return answer_node(fault.sentence, 503)
        forget_session(request, response)
        return response

    async def choose_project(request: Request) -> Response:
        form = await request.form()
        response = RedirectResponse("/", 303)
        keep_project(request, response, text_of(form, "project")[:64])
        return response

    return [
        Route("/sign-in", refuse_foreign(sign_in), methods=["GET", "POST"]),
        Route("/sign-out", refuse_foreign(sign_out), methods=["POST"]),
        Route("/project", refuse_foreign(choose_project), methods=["POST"]),
    ]


def api_of(client: httpx.AsyncClient, request: Request, token: str | None = None) -> Api:
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


def refuse_foreign(
    handler: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Refuses what another site sends."""

    async def answer(request: Request) -> Response:
        if is_foreign_write(request.method, request.headers):
            return Response("A form of another site cannot do that here.", 403)
        return await handler(request)

    return answer


def text_of(form: FormData, name: str) -> str:
    """What was typed into a field, no longer than any of them is."""
    return str(form.get(name) or "")[:4096]
