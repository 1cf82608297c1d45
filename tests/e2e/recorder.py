"""A way to the system that holds every answer which passes it to the contract.

For a client whose inside a test cannot see: it is given the recorder's address, and what it asks
goes on as it is. The answer comes back as it is, too; what is wrong with it is in `faults`.
"""

import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self
from urllib.parse import urlsplit

from tests.contract.answers import assert_answer

TIMEOUT_SECONDS: Final = 30.0
#: What each connection has of its own.
_OF_A_CONNECTION: Final = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}
)


class Recorder:
    """Stands before the system at `url`; `address` is its own."""

    def __init__(self, url: str) -> None:
        self._to = urlsplit(url).netloc
        #: How many answers passed.
        self.answers = 0
        #: What the contract does not know of.
        self.faults: list[str] = []
        pass_on = self._pass

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                pass_on(self)

            def do_POST(self) -> None:
                pass_on(self)

            def do_PUT(self) -> None:
                pass_on(self)

            def do_DELETE(self) -> None:
                pass_on(self)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _pass(self, asked: BaseHTTPRequestHandler) -> None:
        body = _body(asked)
        named = {
            name: value
            for name, value in asked.headers.items()
            if name.lower() not in _OF_A_CONNECTION
        }
        there = HTTPConnection(self._to, timeout=TIMEOUT_SECONDS)
        try:
            there.request(asked.command, asked.path, body, named)
            answer = there.getresponse()
            told = answer.read()
        finally:
            there.close()
        self.answers += 1
        try:
            assert_answer(asked.command, urlsplit(asked.path).path, answer.status, told)
        except AssertionError as fault:
            self.faults.append(str(fault))
        asked.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _OF_A_CONNECTION:
                asked.send_header(name, value)
        if answer.status != 204:
            asked.send_header("content-length", str(len(told)))
        asked.end_headers()
        asked.wfile.write(told)


def _body(asked: BaseHTTPRequestHandler) -> bytes | None:
    """What was sent, with a length or, as files are, in chunks."""
    if "chunked" in asked.headers.get("transfer-encoding", ""):
        return b"".join(iter(lambda: _chunk(asked), b""))
    length = asked.headers.get("content-length")
    return None if length is None else asked.rfile.read(int(length))


def _chunk(asked: BaseHTTPRequestHandler) -> bytes:
    found = asked.rfile.read(int(asked.rfile.readline(), 16))
    asked.rfile.readline()
    return found
