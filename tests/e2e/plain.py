"""Plain HTTP: for what no official client can send, and for what none knows."""

import re
from typing import Any, NamedTuple

import httpx

from tests.contract.answers import client

REQUEST_ID = re.compile(r"v-[0-9a-f]{18}")
JSON = {"Content-Type": "application/json"}
#: An origin that the project trusts from the beginning.
ORIGIN = "http://localhost:3000"
#: What no answer ever shows of the inside.
INSIDE = ("Traceback", 'File "/', "SELECT ", "INSERT ", "site-packages", "object at 0x", "msgspec")


class Refused(NamedTuple):
    """An error as the client saw it."""

    status: int
    key: str | None
    body: dict[str, Any]


class Plain:
    """Requests with a key; every answer is looked at before it is given back."""

    def __init__(self, url: str, key: dict[str, str], secrets: tuple[str, ...] = ()) -> None:
        self._secrets = secrets
        self._http = client(base_url=url, headers=key, patient=True)

    def close(self) -> None:
        """Gives the connections back."""
        self._http.close()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer, which is the contract's, no fault, and shows nothing of the inside."""
        answer = self._http.request(method, path, **more)
        assert answer.status_code < 500, answer.text
        assert REQUEST_ID.fullmatch(answer.headers["x-request-id"])
        for hidden in (*INSIDE, *self._secrets):
            assert hidden not in answer.text
            assert hidden not in str(answer.headers)
        return answer

    def send(self, method: str, path: str, body: bytes, **headers: str) -> httpx.Response:
        """As `ask`, for a body that is not what it says."""
        return self.ask(method, path, content=body, headers=JSON | headers)

    def get(self, path: str, **query: Any) -> Any:
        """The body of a good answer; a path that has a query keeps it where no other is given."""
        answer = self.ask("GET", path, params=query or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def redemptions(self, code: str) -> list[dict[str, Any]]:
        """Everything recorded of a code, newest first."""
        body = self.get("/v1/redemptions", voucher_code=code, limit=100)
        listed: list[dict[str, Any]] = body["redemptions"]
        assert body["total"] == len(listed)
        return listed


def refused(answer: httpx.Response) -> tuple[int, str | None]:
    """Status and key of an error, which names the request."""
    assert answer.status_code >= 400, answer.text
    body = answer.json()
    assert body["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["content-type"] == "application/json"
    return answer.status_code, body.get("key")
