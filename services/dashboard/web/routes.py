"""How an address is tied to what answers it, and what every answer of a section goes through."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlencode, urlsplit

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.dashboard.parts.show import Show
from services.dashboard.web.answers import answer_fault, answer_node, answer_unknown, go_to
from services.dashboard.web.asking import Api, ApiFault, Refused, SignedOut
from services.dashboard.web.callers import Callers
from services.dashboard.web.cookies import forget_session, named_project, project_of, session_of
from services.dashboard.web.headers import address_of, is_foreign_write
from services.dashboard.web.people import People
from services.dashboard.web.visit import Visit

Handler = Callable[[Visit], Awaitable[Response]]
#: Where somebody is sent whose password has to be changed first, or who needs a second factor.
PASSWORD_PATH: Final = "/profile/password"  # noqa: S105 - an address
TWO_FACTOR_PATH: Final = "/profile/two-factor"
_PROFILE: Final = "/profile"
#: The same for a project of others and for one that never was.
_NO_PROJECT: Final = Refused(404, {"key": "not_found", "message": "There is no such project"})


@dataclass(frozen=True, slots=True)
class Page:
    """An address, who answers it, and the privilege that it needs."""

    path: str
    handler: Handler
    #: None: whoever is signed in.
    needs: str | None
    method: str = "GET"


def make_route(page: Page, client: httpx.AsyncClient, people: People, callers: Callers) -> Route:
    """The route of a page, behind sign-in, privilege and the check of where writes come from."""

    async def answer(request: Request) -> Response:
        captured = request.path_params
        request.scope["path_params"] = {name: unquote(each) for name, each in captured.items()}
        if is_foreign_write(request.method, request.headers):
            return Response("A form of another site cannot do that here.", 403)
        token = session_of(request)
        if token is None:
            return _sign_in_first(request)
        try:
            return await _answer_person(page, request, client, people, callers, token)
        except SignedOut:
            people.forget(token)
            response = _sign_in_first(request)
            forget_session(request, response)
            return response
        except ApiFault as fault:
            return answer_unknown(request, fault)
        except ClientDisconnect:
            # a page that asked again in the meantime: nobody reads this answer
            return Response(status_code=400)

    return Route(page.path, answer, methods=[page.method])


async def _answer_person(
    page: Page,
    request: Request,
    client: httpx.AsyncClient,
    people: People,
    callers: Callers,
    token: str,
) -> Response:
    """The answer to somebody who is signed in. Raises ApiFault where not even that is known."""
    agent = request.headers.get("user-agent", "")[:200]
    me = await people.find(token, agent)
    project = me.membership(project_of(request))
    path = request.url.path
    if me.must_change_password and path != PASSWORD_PATH:
        return lead_to(request, PASSWORD_PATH, PASSWORD_PATH)
    if project is None:
        return answer_node("You belong to no project yet. Ask an administrator.", 403)
    if project.needs_second_factor and not path.startswith(_PROFILE):
        return lead_to(request, TWO_FACTOR_PATH, _PROFILE)
    show = Show(project.timezone, project.currency, me.language)
    api = Api(client, token, project.id, agent, address_of(request))
    visit = Visit(request, me, project, api, show, callers)
    if project.id != (named_project(request) or project.id):
        return answer_fault(visit, _NO_PROJECT)
    if page.needs is not None and not visit.may(page.needs):
        return answer_fault(visit, _missing(page.needs))
    try:
        response = await page.handler(visit)
    except SignedOut:
        raise
    except ApiFault as fault:
        response = answer_fault(visit, fault)
    if request.method != "GET":
        people.forget(token)
    return response


def lead_to(request: Request, address: str, still_open: str) -> Response:
    """Leads to what has to be done before anything else.

    What a page asks by itself stays without an answer where it may be looked at, below
    `still_open`: led to where it is, it would be loaded again and again.
    """
    shown = urlsplit(request.headers.get("hx-current-url", "")).path
    if shown.startswith(still_open):
        return Response(status_code=204)
    return go_to(request, address)


def _missing(privilege: str) -> ApiFault:
    said = {
        "key": "missing_required_permission",
        "message": "Your role does not allow this",
        "details": f"The privilege {privilege} is needed; an administrator can give it",
    }
    return ApiFault(403, said)


def _sign_in_first(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    after = request.url.path + query if request.method == "GET" else "/"
    if "hx-request" in request.headers:
        after = "/"
    address = "/sign-in" + ("" if after == "/" else "?" + urlencode({"next": after}))
    if "hx-request" in request.headers:
        return Response(headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)
