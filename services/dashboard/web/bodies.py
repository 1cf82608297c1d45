"""How large what a browser sends may be: little before sign-in, a file of an import after it."""

from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.dashboard.web.cookies import SESSION_COOKIES

#: Bytes of a form of somebody who is not signed in.
STRANGER_BYTES_MAX: Final = 65_536
#: Bytes of a form with a file: the API's limit of an import, and what a form adds to it.
BYTES_MAX: Final = 10_485_760 + 65_536


class BodyTooLarge(Exception):
    """More was sent than may be."""


class BodyLimit:
    """Refuses larger bodies with 413, whether they say their length or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookies = headers.get("cookie", "")
        is_known = any(f"{name}=" in cookies for name in SESSION_COOKIES)
        bytes_max = BYTES_MAX if is_known else STRANGER_BYTES_MAX
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > bytes_max:
            await _refuse(scope, receive, send)
            return
        received = 0

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > bytes_max:
                raise BodyTooLarge
            return message

        try:
            await self._app(scope, receive_bounded, send)
        except BodyTooLarge:
            await _refuse(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await Response("That is more than can be sent here.", 413)(scope, receive, send)
