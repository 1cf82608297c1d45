"""Answers: a page, a part of one, a file, a fault told in place, or where to go next."""

from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Final
from urllib.parse import quote, unquote

import httpx
from htpy import Node, fragment, main
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from services.dashboard.parts.frame import Frame, render_document, render_page
from services.dashboard.parts.notices import fault_notice
from services.dashboard.parts.toast import toast
from services.dashboard.web.asking import ApiFault, Unreachable
from services.dashboard.web.visit import Visit, asked_part

#: The cookie that carries what was done to the page that comes next.
SAID: Final = "tessera-said"
SAID_LENGTH_MAX: Final = 300
#: What an address holds besides letters and digits; all else, such as the end of a line, is escaped.
_SIGNS: Final = ":/%#?=@[]!$&'()*+,;"


def answer_node(node: Node, status: int = 200) -> HTMLResponse:
    """Nodes as they are."""
    headers = {"vary": "HX-Request, HX-Target"}
    return HTMLResponse(str(fragment[node]), status, headers=headers)


def answer_page(visit: Visit, title: str, content: Node, status: int = 200) -> HTMLResponse:
    """A whole page in the frame."""
    frame = frame_of(visit)
    response = answer_node(render_page(frame, title, content), status)
    if frame.said:
        response.delete_cookie(SAID, path="/", samesite="strict")
    return response


def frame_of(visit: Visit) -> Frame:
    """What the frame says of who looks, and where."""
    return Frame(
        path=visit.request.url.path,
        name=visit.me.name,
        email=visit.me.email,
        project_id=visit.project.id,
        project_name=visit.project.name,
        projects=tuple((each.id, each.name) for each in visit.me.memberships),
        privileges=visit.project.privileges,
        theme=visit.me.theme,
        density=visit.me.density,
        timezone=visit.project.timezone,
        currency=visit.project.currency,
        language=visit.me.language,
        has_news=visit.me.has_news,
        said=unquote(visit.request.cookies.get(SAID, ""))[:SAID_LENGTH_MAX],
    )


def answer_fault(visit: Visit, fault: ApiFault) -> Response:
    """A fault: in place of the part that was asked for, else as a page."""
    if visit.is_part:
        return answer_part_fault(visit.request, fault)
    notice = _notice_of(visit.request, fault, is_part=False)
    response = answer_page(visit, "Not possible", notice, fault.status)
    return _load_again(visit.request, fault, response)


def answer_part_fault(request: Request, fault: ApiFault) -> Response:
    """A fault in place of the part that was asked for.

    It is answered with 200, since htmx leaves out what comes with an error; who is not there yet is
    asked again by itself. A write keeps the page as it is; what went wrong is said beside it.
    """
    if request.method == "GET":
        return answer_node(_notice_of(request, fault, is_part=True))
    response = answer_node(toast(fault.sentence, is_bad=True))
    response.headers["HX-Reswap"] = "none"
    return response


def answer_unknown(request: Request, fault: ApiFault) -> Response:
    """Where not even who looks can be asked: what is there stays, or a page that looks again."""
    if "hx-request" in request.headers:
        return answer_part_fault(request, fault)
    notice = main("#content.page")[_notice_of(request, fault, is_part=False)]
    response = answer_node(render_document("Catching up", notice), 503)
    return _load_again(request, fault, response)


def _load_again(request: Request, fault: ApiFault, response: Response) -> Response:
    """Has a browser load a page again that is not ready yet."""
    if request.method == "GET" and isinstance(fault, Unreachable):
        response.headers["refresh"] = str(fault.retry_seconds)
    return response


def _notice_of(request: Request, fault: ApiFault, *, is_part: bool) -> Node:
    """What is said of it, and asked again where that may help."""
    retry = fault.retry_seconds if isinstance(fault, Unreachable) else None
    again = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method != "GET":
        return fault_notice(fault.status, fault.sentence, fault.key, retry, "")
    part = asked_part(request) if is_part else None
    return fault_notice(fault.status, fault.sentence, fault.key, retry, again, part)


def go_to(request: Request, address: str, say: str = "") -> Response:
    """Goes on to an address of ours, and says there what was done."""
    if "hx-request" in request.headers:
        response = Response(headers={"HX-Redirect": quote(address, safe=_SIGNS)})
    else:
        response = RedirectResponse(address, 303)
    if say:
        response.set_cookie(
            SAID, quote(say), max_age=20, path="/", httponly=True, samesite="strict"
        )
    return response


class PassedOn(StreamingResponse):
    """A file of the API, passed on piece by piece; its connection goes back however that ends."""

    def __init__(
        self, held: AsyncExitStack, answer: httpx.Response, media_type: str, name: str
    ) -> None:
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        super().__init__(answer.aiter_bytes(), media_type=media_type, headers=headers)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Also where nobody waits for the first piece: its generator never begins then."""
        async with self._held:
            await super().__call__(scope, receive, send)


async def pass_on(
    asked: AbstractAsyncContextManager[httpx.Response], media_type: str, name: str
) -> PassedOn:
    """What is asked for, as a file of that name. Raises ApiFault."""
    held = AsyncExitStack()
    answer = await held.enter_async_context(asked)
    return PassedOn(held, answer, media_type, name)
