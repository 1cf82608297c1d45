"""What an installation says of itself, and what it does not."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from runtime.base.settings import Settings
from runtime.http.service import Part
from tessera import __version__
from tessera.hosts.diagnostics import FILE_NAME, Diagnostics, installation_service
from tessera.hosts.insight_asked import ERRORS_PATH, KEYS_PATH, InsightAsked
from tests.unit.services.world import World

FAILED = {
    "status": 404,
    "method": "GET",
    "route": "/v1/vouchers/{id}",
    "calls": 3,
    "last_at": "2026-01-15T09:30:00.000Z",
}
SECRET = "app-token-that-nobody-sees"


async def _look() -> Mapping[str, Part]:
    return {"ledger": Part("ok", 12), "disk": Part(), "insight": Part("down"), "x": Part(times=4)}


async def _no_errors(_: str) -> Sequence[Any] | None:
    return None


async def _errors(project: str) -> Sequence[Any] | None:
    assert project == "proj"
    return [FAILED]


def diagnostics(errors: Any = _errors, usage: Any = lambda _: (1000, 250, 750)) -> Diagnostics:
    settings = Settings(home=Path("/srv/tessera"), app_token=SECRET, master_key=None)  # type: ignore[arg-type]
    made = Diagnostics(settings, errors, lambda: 1_768_469_400_000, usage)
    made.ask_health = _look
    return made


async def asked(made: Diagnostics, path: str) -> httpx.Response:
    async with World(extra=(installation_service(made),)) as world:
        return await world.call("GET", path)


async def test_versions_parts_lag_disk_and_failures_are_told() -> None:
    answer = await asked(diagnostics(), "/v1/diagnostics")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["version"], body["created_at"]) == (__version__, "2026-01-15T09:30:00.000Z")
    assert body["packages"]["msgspec"]
    assert (body["status"], body["lag_ms_max"]) == ("unavailable", 12)
    assert body["parts"]["ledger"] == {"state": "ok", "lag_ms": 12}
    assert body["parts"]["x"] == {"state": "ok", "times": 4}
    assert body["disk"] == {"total_bytes": 1000, "free_bytes": 750, "used_percent": 25}
    assert body["errors"] == [FAILED]
    assert "content-disposition" not in answer.headers


async def test_no_secret_and_no_folder_is_told() -> None:
    answer = await asked(diagnostics(), "/v1/diagnostics")
    for hidden in (SECRET, "token", "/srv/tessera", "master", "proj"):
        assert hidden not in answer.text


async def test_what_is_not_known_is_left_out() -> None:
    def broken(_: Path) -> Any:
        raise OSError

    body = (await asked(diagnostics(_no_errors, broken), "/v1/diagnostics")).json()
    assert "errors" not in body
    assert body["disk"] is None


async def test_it_is_a_file_on_request() -> None:
    answer = await asked(diagnostics(), "/v1/diagnostics?download=true")
    assert answer.headers["content-disposition"] == f'attachment; filename="{FILE_NAME}"'


@pytest.mark.parametrize(
    "path", ["/v1/diagnostics?download=1", "/v1/diagnostics?all=true", "/v1/releases?limit=1"]
)
async def test_a_parameter_that_nobody_reads_is_refused(path: str) -> None:
    answer = await asked(diagnostics(), path)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_query_params")


async def test_releases_are_listed() -> None:
    body = (await asked(diagnostics(), "/v1/releases")).json()
    assert (body["object"], body["installed"]) == ("list", __version__)
    assert body["data"][0]["version"] == __version__
    assert body["total"] == len(body["data"])


async def test_insight_is_asked_for_one_project_and_done_without_where_it_is_silent() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.headers["x-tessera-project"] == "silent":
            raise httpx.ConnectError("down")
        if request.headers["x-tessera-project"] == "broken":
            return httpx.Response(200, text="[")
        found = {KEYS_PATH: {"app": 5}, ERRORS_PATH: {"errors": [FAILED]}}
        return httpx.Response(200, json=found[request.url.path])

    transport = httpx.MockTransport(answer)
    async with httpx.AsyncClient(transport=transport, base_url="http://insight") as client:
        insight = InsightAsked(client, "shared")
        assert await insight.keys_used("proj") == {"app": 5}
        assert await insight.errors("proj") == [FAILED]
        for project in ("silent", "broken"):
            assert await insight.keys_used(project) is None
            assert await insight.errors(project) is None
    assert {each.headers["x-tessera-secret"] for each in seen} == {"shared"}
