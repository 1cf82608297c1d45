"""Every page, once: over texts that would do harm, by the guidelines, and as it looked before."""

from collections.abc import Iterator
from typing import Final

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from services.dashboard.web.visit import escape_segment
from tests.browser.fingerprints import KEEPING, WIDE, Kept, kept_pictures, tell_difference
from tests.browser.hostile import LAST_CALL, TEXTS, Hostile
from tests.browser.looker import Looker, prepare_looking
from tests.browser.people import SESSION_COOKIE, bring_session, session_token
from tests.browser.walk import PATHS, Crawl
from tests.browser.watched import Watched
from tests.e2e.system import System, eventually

#: What an unwanted change does to a page.
CHANGES: Final = {
    "a column is missing": "#list th:nth-child(3), #list td:nth-child(3) { display: none }",
    "a text has the colour of its ground": "#list tbody * { color: transparent !important }",
    "the frame is wider": ".shell { padding-left: 24px }",
    "rows are higher": "#list tbody tr { height: 46px }",
    "a theme is not followed": ".main { background: #222 }",
    "the buttons are gone": "main .btn { visibility: hidden }",
}
#: What another machine does to it: letters are drawn a little softer.
OF_ANOTHER_MACHINE: Final = (
    "main *, nav * { text-shadow: 0 0 0.1px color-mix(in srgb, currentColor 20%, transparent) }"
)
_PUT_ON: Final = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [document.adoptedStyleSheets[0], sheet];
}"""
#: How often a page is looked at while it differs.
LOOKS_MAX: Final = 5
#: The first word of each address: a test of its own, so that a failure says where.
SECTIONS: Final = tuple(dict.fromkeys(path.split("/")[1] for path in PATHS))


@pytest.fixture(scope="module")
def hostile(system: System) -> Iterator[Hostile]:
    """The project, with everything in it and in the lists."""
    made = Hostile(system)
    made.seed()
    wanted = 2 * len(TEXTS)
    eventually(lambda: made.plain.get("/v1/redemptions", limit=1)["total"] >= wanted)
    eventually(
        lambda: len(made.plain.get("/v1/notifications", limit=wanted)["notifications"]) == wanted
    )
    eventually(lambda: made.plain.get(f"/v1/audit/api-calls?path={LAST_CALL}")["total"] > 0)
    yield made
    made.close()


@pytest.fixture(scope="module")
def token(system: System, hostile: Hostile) -> str:
    """The session of its administrator."""
    return session_token(system, hostile.person)


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    """A page of nobody's, which reads documents and pictures."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def crawl(system: System, token: str, blank: Page) -> Iterator[Crawl]:
    """What there is at every address."""
    with httpx.Client(
        base_url=system.dashboard_url, cookies={SESSION_COOKIE: token}, timeout=120
    ) as http:
        made = Crawl(http, blank)
        made.read_everything()
        yield made


@pytest.fixture(scope="module")
def walking(system: System, browser: Browser, token: str) -> Iterator[Watched]:
    """A window for the whole walk."""
    made = Watched(
        browser.new_context(base_url=system.dashboard_url, locale="en-US", reduced_motion="reduce")
    )
    prepare_looking(made.context)
    bring_session(made.context, system.dashboard_url, token)
    yield made
    made.context.close()


@pytest.fixture(scope="module")
def looker(walking: Watched, blank: Page) -> Looker:
    """What looks, in that window."""
    return Looker(walking.context.new_page(), blank)


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    """The pictures as they were."""
    with kept_pictures() as pictures:
        yield pictures


def test_every_answer_shows_them_as_text(crawl: Crawl) -> None:
    assert "\n".join(crawl.faults) == ""
    assert crawl.shown >= set(TEXTS[:6])


@pytest.mark.parametrize("section", SECTIONS)
def test_pages_are_for_everybody_and_look_as_they_did(
    crawl: Crawl, walking: Watched, looker: Looker, kept: Kept, section: str
) -> None:
    changed: list[str] = []
    known = len(walking.faults)
    for path, address in crawl.pages.items():
        if path.split("/")[1] != section:
            continue
        looker.open(address)
        if not KEEPING:
            looker.check()
        changed += look_until_known(looker, kept, path, address)
    assert "\n".join(changed) == ""
    assert walking.faults[known:] == []


def look_until_known(looker: Looker, kept: Kept, path: str, address: str) -> list[str]:
    """What differs from the pictures that are kept, at each look; a page may have been seen too early."""
    told: list[str] = []
    for look in range(LOOKS_MAX):
        told = []
        for picture, size, greys in looker.take_pictures(path):
            difference = kept.compare(path, picture, greys, size)
            told += [f"{path} ({address}), {picture}: {difference}"] if difference else []
            if look == 0 and not KEEPING:
                looker.check_view(picture)
        if not told or not kept.may_look_again():
            break
        looker.open(address)
    return told


def test_pictures_are_kept_of_pages_that_there_are(crawl: Crawl, kept: Kept) -> None:
    assert kept.gone(crawl.pages.keys()) == []


def test_what_is_typed_is_sought_and_shown_as_text(crawl: Crawl, looker: Looker) -> None:
    looker.open("/redemptions")
    for text in TEXTS[:4]:
        looker.page.keyboard.press("Control+k")
        looker.page.locator("#find").fill(text)
        expect(looker.page.locator("#found")).to_contain_text(text)
        looker.page.keyboard.press("Escape")
    looker.check()
    for text in map(escape_segment, (TEXTS[0], TEXTS[5])):
        sought = f"f=voucher_code:contains:{text}&order={text}&open={text}"
        for address in (f"/redemptions?{sought}", f"/find?q={text}", f"/sign-in?next={text}"):
            crawl.read("what is typed", address)
    assert [each for each in crawl.faults if "signed out" not in each] == []


def test_an_unwanted_change_is_seen_and_another_machine_is_not(looker: Looker) -> None:
    looker.open("/vouchers")
    looker.steady("/vouchers")
    before = looker.greys(WIDE)
    unseen = []
    for change, css in CHANGES.items():
        looker.page.evaluate(_PUT_ON, css)
        if not tell_difference(before, looker.greys(WIDE), WIDE.columns):
            unseen.append(change)
    looker.page.evaluate(_PUT_ON, OF_ANOTHER_MACHINE)
    assert (unseen, tell_difference(before, looker.greys(WIDE), WIDE.columns)) == ([], "")
