"""What a real browser sees of a page: bytes, time of scripts, and how soon something new is on it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from tests.browser.chromium import find_chromium

#: What a page still does after it is loaded: fonts, pieces that are fetched at once, the stream.
REST_MS: Final = 1_500
LOOKS: Final = 5
#: A list asks for itself anew every two seconds at most; each look begins rested.
PAUSE_MS: Final = 3_200
VIEWPORT: Final = {"width": 1440, "height": 900}


@dataclass(frozen=True, slots=True)
class Seen:
    """Bytes as they were sent, milliseconds of scripts, milliseconds until it was shown."""

    empty_bytes: int
    empty_script_ms: float
    cold_bytes: int
    warm_bytes: int
    script_ms: float
    until_shown_ms: float


def look_with_browser(
    url: str, token: str, path: str, empty: str, redeem: Callable[[], str]
) -> Seen:
    """Opens the list at `path` and what is at `empty`; `redeem` adds a row, and gives its id."""
    found = find_chromium()
    environment: dict[str, str | float | bool] = {**found.environment}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.path, env=environment)
        bare = browser.new_context(base_url=url)
        empty_bytes, empty_ms = _open(bare, empty)
        context = browser.new_context(base_url=url, viewport=VIEWPORT)  # type: ignore[arg-type]
        context.add_cookies([{"name": "tessera", "value": token, "url": url}])
        cold_bytes, script_ms = _open(context, path)
        warm_bytes, _ = _open(context, path)
        shown = _wait_for_rows(context.new_page(), path, redeem)
        browser.close()
    return Seen(empty_bytes, empty_ms, cold_bytes, warm_bytes, script_ms, shown)


def _open(context: BrowserContext, path: str) -> tuple[int, float]:
    page = context.new_page()
    session = context.new_cdp_session(page)
    sent = _count_bytes(session)
    session.send("Performance.enable")
    page.goto(path)
    page.wait_for_timeout(REST_MS)
    measured = session.send("Performance.getMetrics")["metrics"]
    script = next(each["value"] for each in measured if each["name"] == "ScriptDuration")
    page.close()
    return sum(sent), 1000 * float(script)


def _count_bytes(session: CDPSession) -> list[int]:
    sent: list[int] = []

    def note(event: dict[str, Any]) -> None:
        sent.append(int(event["encodedDataLength"]))

    session.on("Network.loadingFinished", note)
    session.send("Network.enable")
    return sent


def _wait_for_rows(page: Page, path: str, redeem: Callable[[], str]) -> float:
    page.goto(path)
    waited = []
    for _ in range(LOOKS):
        page.wait_for_timeout(PAUSE_MS)
        row = redeem()
        began = time.perf_counter()
        page.wait_for_selector(f'#list a[href*="{row}"]', state="attached", timeout=15_000)
        waited.append(1000 * (time.perf_counter() - began))
    page.close()
    return median(waited)
