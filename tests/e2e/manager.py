"""Whoever manages projects: the official client with a management key."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import voucherify as sdk

from tests.contract.payloads import assert_payload
from tests.e2e.shop import sdk_client, told


class Manager:
    """The management API of an installation."""

    def __init__(self, url: str, keys: Mapping[str, str]) -> None:
        given = {
            "X-Management-Id": keys["management_id"],
            "X-Management-Token": keys["management_token"],
        }
        self._client = sdk_client(url, given)
        self.api = sdk.ManagementApi(self._client)
        self.headers = given
        self.project = keys["project_id"]

    def close(self) -> None:
        """Gives the connections back."""
        self._client.rest_client.pool_manager.clear()

    def new_project(self, **more: Any) -> Any:
        """A new project with its keys."""
        body = {
            "name": "Second", "timezone": "Etc/UTC", "currency": "PLN", "case_sensitive_codes": True,
        }  # fmt: skip
        asked = sdk.ManagementProjectsCreateRequestBody.from_dict(body | more)
        return told(self.api.create_project, asked)

    def webhook(self, url: str, *events: str, project: str | None = None) -> Any:
        """A new webhook."""
        asked = sdk.ManagementProjectsWebhooksCreateRequestBody.from_dict(
            {"target_url": url, "events": list(events)}
        )
        return told(self.api.create_webhook, project or self.project, asked)

    def schema(self, related_object: str, *, only_defined: bool = False, **properties: Any) -> Any:
        """A new metadata schema."""
        asked = sdk.ManagementProjectsMetadataSchemasCreateRequestBody.from_dict(
            {
                "related_object": related_object,
                "allow_defined_only": only_defined,
                "properties": {
                    name: {"optional": True, "array": False} | each
                    for name, each in properties.items()
                },
            }
        )
        return told(self.api.create_metadata_schema, self.project, asked)


class Received(NamedTuple):
    """A request of a webhook."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The event's id."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        """What it says."""
        return dict(json.loads(self.body))


class Receiver:
    """Takes webhooks; `answer` gives the status of each."""

    def __init__(self) -> None:
        self.got: list[Received] = []
        #: What the contract does not know of.
        self.faults: list[str] = []
        self.answer: Callable[[Received], int] = lambda _: 200
        self.url = ""

    def take(self, received: Received) -> int:
        """Holds what came to the contract; the status that it is answered with."""
        try:
            assert_payload(received.body)
        except AssertionError as fault:
            self.faults.append(str(fault))
        self.got.append(received)
        return self.answer(received)

    def once(self) -> list[Received]:
        """The requests without those that came again."""
        return list({each.id: each for each in reversed(self.got)}.values())[::-1]


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver on a port of its own, over https where it has a certificate."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(receiver.take(Received(headers, body)))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        # A handshake that fails is the other side's: it ends the connection, not the server.
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "http" if tls is None else "https"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    receiver.url = f"{scheme}://127.0.0.1:{server.server_address[1]}/hooks"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert not receiver.faults, "\n".join(receiver.faults)
