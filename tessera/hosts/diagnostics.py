"""What an installation says of itself to whoever helps: how it is, and no word of who uses it.

Versions, the health of every part, how far behind the slowest is, how much room there is, which
calls of the asking project failed lately, by route. No name, no id but that of a part, no token, no
setting that could be one.
"""

import platform
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from fronts.answers import json_answer
from fronts.query_string import invalid_parameter, read_parameters, require_known, text_of
from runtime.base.settings import Settings
from runtime.http.routing import caller_of
from runtime.http.service import Part, Service
from schemas.base import Millis
from tessera import __version__
from tessera.hosts.releases import CHANGELOG, Release, read_releases, releases_body

FILE_NAME: Final = "tessera-diagnostics.json"
#: What the system stands on.
_PACKAGES: Final = (
    "aiokafka", "chdb", "clickhouse-connect", "cryptography", "fastapi", "httpx", "msgspec",
    "pydantic", "rocksdict", "starlette", "uvicorn", "uvloop",
)  # fmt: skip
#: Settings that are numbers or one of few words, and help to understand the rest.
_SETTINGS: Final = (
    "partitions",
    "ledger",
    "worker_share",
    "validations_days",
    "api_calls_days",
    "webhooks_attempts_max",
    "query_seconds",
)

#: Every part, as it is found now; and the failures of a project, None where they are not known.
AskHealth = Callable[[], Awaitable[Mapping[str, Part]]]
AskErrors = Callable[[str], Awaitable[Sequence[Body] | None]]


class Diagnostics:
    """What is told; `settings` are those of the host that answers."""

    def __init__(
        self,
        settings: Settings,
        ask_errors: AskErrors,
        clock_ms: Callable[[], Millis],
        disk_usage: Callable[[Path], Any] = shutil.disk_usage,
    ) -> None:
        self._settings = settings
        #: Of the host that mounts it, which knows its parts once it is made.
        self.ask_health: AskHealth = _know_nothing
        self._ask_errors = ask_errors
        self._clock_ms = clock_ms
        self._disk_usage = disk_usage

    async def answer(self, request: Request) -> Response:
        """GET /v1/diagnostics; with `download=true` as a file."""
        given = read_parameters(request.query_params.multi_items())
        require_known(given, frozenset({"download"}))
        download = text_of(given, "download")
        if download not in (None, "true", "false"):
            raise invalid_parameter("download", "must be `true` or `false`")
        errors = await self._ask_errors(caller_of(request).project)
        response = json_answer(
            self._body(await self.ask_health()) | ({} if errors is None else {"errors": errors})
        )
        if download == "true":
            response.headers["content-disposition"] = f'attachment; filename="{FILE_NAME}"'
        return response

    def _body(self, parts: Mapping[str, Part]) -> Body:
        lags = [each.lag_ms for each in parts.values() if each.lag_ms is not None]
        return {
            "object": "diagnostics",
            "created_at": iso(self._clock_ms()),
            "version": __version__,
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.machine()}",
            "packages": {name: found for name in _PACKAGES if (found := _version_of(name))},
            "status": "ok" if all(part.state == "ok" for part in parts.values()) else "unavailable",
            "parts": {name: _part_body(part) for name, part in parts.items()},
            "lag_ms_max": max(lags, default=None),
            "disk": self._disk(),
            "settings": {name: getattr(self._settings, name) for name in _SETTINGS},
        }

    def _disk(self) -> Body | None:
        try:
            total, used, free = self._disk_usage(self._settings.home)
        except OSError:
            return None
        percent = round(100 * used / total) if total else None
        return {"total_bytes": total, "free_bytes": free, "used_percent": percent}


def installation_service(diagnostics: Diagnostics, changelog: Path = CHANGELOG) -> Service:
    """What an installation says of itself. Raises ChangelogError."""
    releases = read_releases(changelog.read_text("utf-8"))
    return Service(
        "installation",
        routes=(
            Route("/v1/releases", partial(_answer_releases, releases), methods=["GET"]),
            Route("/v1/diagnostics", diagnostics.answer, methods=["GET"]),
        ),
    )


async def _know_nothing() -> Mapping[str, Part]:
    return {}


async def _answer_releases(releases: tuple[Release, ...], request: Request) -> Response:
    require_known(read_parameters(request.query_params.multi_items()), frozenset())
    return json_answer(releases_body(releases, __version__))


def _part_body(part: Part) -> Body:
    body: Body = {"state": part.state}
    if part.lag_ms is not None:
        body["lag_ms"] = part.lag_ms
    return body if part.times is None else body | {"times": part.times}


def _version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
