"""Connections: what is written of an answer, and what is read of a request that is none.

The server writes the head of an answer and its body one after the other, and the event loop sends
each at once. A write costs more than most of what a request is made of, on both sides: two packets,
two wake-ups. So here they leave in one.

The server's parser takes a head of any size and keeps it all. So the bytes are counted that came
without anything being complete (a head, a piece of a body, a request); beyond a limit they are
answered and no more is kept. The connection then stays open for a moment without being read from,
as far as its owner is concerned, since closing it while the other side still sends would take the
answer from it. What is no HTTP at all is answered in the API's shape as well.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final, cast

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from runtime.http.errors import JSON, ApiError, invalid_payload, new_request_id
from runtime.http.limits import HEAD_BYTES_MAX, URL_BYTES_MAX, headers_too_large, url_too_long
from runtime.http.sse import ENDLESS
from schemas.errors import error_body

#: How long one that was refused while it sent may go on sending.
LINGER_SECONDS: Final = 1.0


class Joining(asyncio.Transport):
    """A transport that keeps a first write until the second, or the end of the loop's turn."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._call_soon = asyncio.get_running_loop().call_soon
        self._kept = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Sends with what was kept, or is kept itself."""
        if self._kept:
            kept, self._kept = self._kept, b""
            self._transport.write(kept + data)
        else:
            self._kept = bytes(data)
            self._call_soon(self._flush)

    def close(self) -> None:
        """Sends what was kept, then closes."""
        self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def _flush(self) -> None:
        if self._kept:
            kept, self._kept = self._kept, b""
            if not self._transport.is_closing():
                self._transport.write(kept)


class Connection(HttpToolsProtocol):
    """The server's protocol over a joining transport, with bounds on what it keeps."""

    url = b""
    #: How much came since something was complete.
    _incomplete = 0
    #: Whether nothing more is read.
    _refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(Joining(transport))

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._incomplete += len(data)
        super().data_received(data)
        if self._incomplete > HEAD_BYTES_MAX:
            error = url_too_long() if len(self.url) > URL_BYTES_MAX else headers_too_large()
            self._refuse(error)

    def on_headers_complete(self) -> None:
        self._incomplete = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._incomplete = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._incomplete = 0
        super().on_message_complete()

    def shutdown(self) -> None:
        """Ends an answer that has no end, as if its reader had gone; any other is waited for."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        end = None if cycle is None else cycle.scope.get("state", {}).get(ENDLESS)
        if end is not None:
            end()
        super().shutdown()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the server's words
        """Answers what is no HTTP."""
        self._refuse(invalid_payload("The request is not valid HTTP"))

    def _refuse(self, error: ApiError) -> None:
        self._refused, self._incomplete = True, 0
        # What is under way on this connection would be taken for the answer to it.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or cycle.response_complete:
            self.transport.write(_answer(error))
        self.loop.call_later(LINGER_SECONDS, self.transport.close)


def _answer(error: ApiError) -> bytes:
    """An answer for a request that no application sees."""
    request_id, status = new_request_id(), HTTPStatus(error.status_code)
    body = msgspec.json.encode(error_body(error.refusal) | {"request_id": request_id})
    lines = (
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"content-type: {JSON}",
        f"content-length: {len(body)}",
        f"x-request-id: {request_id}",
        "connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode() + body
