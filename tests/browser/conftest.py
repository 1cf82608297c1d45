"""One system with a dashboard and one browser, which the stories of the pages share."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import find_chromium
from tests.browser.people import Person, bring_session, new_person, session_token
from tests.browser.watched import Watched
from tests.e2e.plain import Plain
from tests.e2e.system import System
from tests.ports import public_port

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
#: How long a page may take on a busy machine, unless a story says otherwise.
WAIT_MS_MAX = 180_000

expect.set_options(timeout=WAIT_MS_MAX)

#: Opens a window; keyword arguments are those of a context of Playwright's.
OpenWindow = Callable[..., Watched]


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Up for the stories, down after the last of them."""
    port = str(public_port())
    own = {"TESSERA_DASHBOARD": "1", "TESSERA_DASHBOARD_PORT": port}
    with System(tmp_path_factory.mktemp("system"), **own).running() as started:
        yield started


@pytest.fixture(scope="package")
def plain(system: System) -> Iterator[Plain]:
    """Plain HTTP with the server-side key, for what a story needs to be there."""
    made = Plain(system.url, system.server_key)
    yield made
    made.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The one browser; each test has windows of its own in it."""
    found = find_chromium()
    environment: dict[str, str | float | bool] = {**found.environment}
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found.path, env=environment)
        yield started
        started.close()


@pytest.fixture
def open_window(system: System, browser: Browser) -> Iterator[OpenWindow]:
    """Opens windows where nobody is signed in; what goes wrong in one of them fails the test."""
    windows: list[Watched] = []

    def open_one(**options: object) -> Watched:
        given = {
            "viewport": WIDE,
            "locale": "en-US",
            "reduced_motion": "reduce",
            "base_url": system.dashboard_url,
        }
        window = Watched(browser.new_context(**given | options))  # type: ignore[arg-type]
        window.context.set_default_timeout(WAIT_MS_MAX)
        windows.append(window)
        return window

    yield open_one
    for window in windows:
        window.context.close()
    assert [fault for window in windows for fault in window.faults] == []


@pytest.fixture(scope="package")
def admin(system: System) -> Person:
    """An administrator of the first project."""
    return new_person(system)


@pytest.fixture
def window(system: System, admin: Person, open_window: OpenWindow) -> Watched:
    """A wide window with the administrator signed in."""
    return _signed_in(open_window(), system, admin)


@pytest.fixture
def page(window: Watched) -> Page:
    """Its page."""
    return window.context.new_page()


@pytest.fixture
def phone_page(system: System, admin: Person, open_window: OpenWindow) -> Page:
    """A page on a phone, with the administrator signed in."""
    phone = open_window(viewport=PHONE, is_mobile=True, has_touch=True)
    return _signed_in(phone, system, admin).context.new_page()


def _signed_in(window: Watched, system: System, person: Person) -> Watched:
    bring_session(window.context, system.dashboard_url, session_token(system, person))
    return window
