"""The host `dashboard`: pages for people, made of calls to the API like any client's.

It has no state, no key of its own and no place in the log: whoever is signed in is known by the
session that the browser sends. What others wrote of the pages is fetched at the first start. While
that cannot be had every page says so, and it is tried again; nothing else waits for it.
"""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import structlog
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.browser_files import browser_folder, has_browser_files
from runtime.base.settings import Settings
from runtime.http.errors import JSON
from runtime.http.serving import serve_host
from services.dashboard.routes import PAGES
from services.dashboard.service import dashboard_app

#: How long whoever starts the host waits for the files, and when they are asked for again.
FIRST_SECONDS_MAX: Final = 20.0
RETRY_SECONDS: Final = 60.0
#: How long what fetches them may take to end.
END_SECONDS_MAX: Final = 5.0

_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Tessera</title></head>
<body><main>
<h1>The dashboard is not complete yet</h1>
<p>{}</p>
<p>The API does not need them and works. This page looks again by itself.</p>
</main></body></html>
"""
_BEING_FETCHED: Final = "Its scripts and fonts are being fetched by npm."
_MISSING: Final = (
    "Its scripts and fonts could not be fetched by npm. This is tried again every minute. The log "
    "of the host, dashboard.log, says why; <code>.venv/bin/python -P -m deploy.browser_files</code> "
    "fetches them by hand."
)
_PAGE_HEADERS: Final = {
    "retry-after": "5",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
}

#: Fetches the files; None, or why they cannot be had.
Fetch = Callable[[], Awaitable[str | None]]

log = structlog.get_logger(__name__)


async def run_dashboard(settings: Settings) -> None:
    """The pages, at the address of the API and a port of their own."""
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.bind, settings.bind)  # noqa: S104
    shown = f"[{address}]" if ":" in address else address
    api_url = f"http://{shown}:{settings.port}"
    pages = dashboard_app(api_url, browser_folder(), PAGES, url=settings.dashboard_url)
    host = Dashboard(pages, BrowserFiles(has_browser_files(), fetch_apart))
    await serve_host(host, bind=settings.bind, port=settings.dashboard_port)


class BrowserFiles:
    """Whether what others wrote of the pages is there; it is fetched until it is."""

    def __init__(
        self,
        complete: bool,
        fetch: Fetch,
        *,
        retry_seconds: float = RETRY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.complete = complete
        self.fault: str | None = None
        self._fetch = fetch
        self._retry_seconds = retry_seconds
        self._clock = clock
        self._began_at = clock()

    async def keep_fetching(self) -> None:
        """Returns when everything is there."""
        while not self.complete:
            self.fault = await self._fetch()
            if self.fault is None:
                self.complete = True
                log.info("browser files are complete")
            else:
                log.warning("browser files are missing", reason=self.fault)
                await asyncio.sleep(self._retry_seconds)

    @property
    def is_awaited(self) -> bool:
        """Whether they may still come with the start."""
        is_first = not self.complete and self.fault is None
        return is_first and self._clock() - self._began_at < FIRST_SECONDS_MAX

    @property
    def state(self) -> str:
        """In a word or two."""
        if self.complete:
            return "ok"
        return "being fetched" if self.fault is None else "missing"


class Dashboard:
    """The pages, once they are complete, and the health of the host."""

    def __init__(self, pages: ASGIApp, files: BrowserFiles) -> None:
        self.fault: str | None = None
        self.failed = asyncio.Event()
        self._pages = pages
        self._files = files
        self._fetching: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["path"] in ("/health", "/health/live"):
            await self._health(scope["path"])(scope, receive, send)
        elif self._files.complete:
            await self._pages(scope, receive, send)
        else:
            reason = _BEING_FETCHED if self._files.fault is None else _MISSING
            page = HTMLResponse(_PAGE.format(reason), 503, headers=_PAGE_HEADERS)
            await page(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        fetching = asyncio.create_task(self._files.keep_fetching())
        fetching.add_done_callback(self._note_end)
        try:
            await self._pages(scope, receive, send)
        finally:
            fetching.cancel()
            await asyncio.gather(fetching, return_exceptions=True)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self.fault = "fetching the browser files failed"
            log.error("task failed", exc_info=task.exception())
            self.failed.set()

    def _health(self, path: str) -> Response:
        """200 also without the files once their first try has ended: nothing is to wait for them."""
        if path == "/health/live":
            return Response(b'{"status":"ok"}', media_type=JSON)
        state = self._files.state
        body = {
            "status": "ok" if state == "ok" else "unavailable",
            "parts": {"browser files": {"state": state}},
        }
        status = 503 if self._files.is_awaited else 200
        return Response(msgspec.json.encode(body), status, media_type=JSON)


async def fetch_apart() -> str | None:
    """Fetches the files in a process of its own, which ends with this one; None, or why not."""
    command = (sys.executable, "-P", "-m", "deploy.browser_files")
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    try:
        _, words = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), END_SECONDS_MAX)
            except TimeoutError:
                process.kill()
    if process.returncode == 0:
        return None
    return words.decode("utf-8", "replace").strip() or f"exit status {process.returncode}"
