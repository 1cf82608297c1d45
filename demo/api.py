"""The few requests that the demo makes, as a storefront would make them."""

import asyncio
import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

TIMEOUT_SECONDS = 30.0
POLL_SECONDS = 0.5


class ApiRefused(Exception):
    """The API answered with an error that the demo did not ask for."""


class Api:
    """A project's server-side API, with the keys of an installation."""

    def __init__(self, home: Path, port: int) -> None:
        keys = json.loads((home / "keys.json").read_text("utf-8"))
        self._http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"X-App-Id": keys["app_id"], "X-App-Token": keys["app_token"]},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _fault: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def ask(
        self, method: str, path: str, body: Any = None, *, key: str | None = None
    ) -> tuple[int, Any]:
        """Status and body; a repeated `key` is the same request and gets the same answer."""
        headers = {} if key is None else {"Idempotency-Key": key}
        answer = await self._http.request(method, path, json=body, headers=headers)
        return answer.status_code, answer.json() if answer.content else None

    async def make(self, path: str, body: Any) -> dict[str, Any] | None:
        """POST; None where it exists already. Raises ApiRefused."""
        status, answer = await self.ask("POST", path, body)
        if status == 409:
            return None
        if status >= 300:
            raise ApiRefused(f"POST {path}: {status} {answer}")
        made: dict[str, Any] = answer
        return made

    async def send(self, path: str, body: Any) -> Any:
        """POST, and what is answered. Raises ApiRefused."""
        status, answer = await self.ask("POST", path, body)
        if status >= 300:
            raise ApiRefused(f"POST {path}: {status} {answer}")
        return answer

    async def get(self, path: str) -> dict[str, Any]:
        """GET. Raises ApiRefused."""
        found = await self.find(path)
        if found is None:
            raise ApiRefused(f"GET {path}: 404")
        return found

    async def find(self, path: str) -> dict[str, Any] | None:
        """GET; None where there is no such thing. Raises ApiRefused."""
        status, answer = await self.ask("GET", path)
        if status == 404:
            return None
        if status != 200:
            raise ApiRefused(f"GET {path}: {status} {answer}")
        found: dict[str, Any] = answer
        return found

    async def generated(self, campaign: str) -> None:
        """Waits until all codes of a campaign are made."""
        while True:
            found = await self.get(f"/v1/campaigns/{quote(campaign)}")
            if found["vouchers_generation_status"] == "DONE":
                return
            await asyncio.sleep(POLL_SECONDS)
