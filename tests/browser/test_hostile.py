"""Every page, opened over texts that would do harm if one of them were anything but text."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import pytest
from playwright.sync_api import Dialog, Error, Page, expect
from starlette.routing import compile_path

from services.dashboard.routes import PAGES
from services.dashboard.web.visit import escape_segment
from tests.browser.conftest import OpenWindow
from tests.browser.hostile import TEXTS, Hostile
from tests.browser.people import bring_session, session_token
from tests.browser.watched import Watched
from tests.e2e.system import System, eventually

#: The addresses that pages have.
PATHS: Final = tuple(dict.fromkeys(each.path for each in PAGES if each.method == "GET"))
_PLACE: Final = re.compile(r"\{[^}]+\}")
#: Values of what no link leads to: pages ask for these by themselves, or from a form.
GIVEN: Final[Mapping[str, tuple[str, ...]]] = {
    "/lookup/{kind}": (
        "voucher", "campaign", "customer", "order", "product", "collection", "validation-rule",
        "promotion-tier", "segment", "category", "location", TEXTS[0],
    ),
}  # fmt: skip
#: What there is nothing of here: send-outs take their time, and no work goes on.
OF_NOTHING: Final = frozenset(
    {
        "/send-outs/{key:path}", "/vouchers/work/{action}", "/campaigns/{id}/tasks/{action}",
        "/promotion-tiers/order/{campaign}", "/integrations/webhooks/{id}/test/{event}",
    }
)  # fmt: skip
#: Lists whose drawers are opened over them: the same details as on a page of their own.
DRAWERS: Final = frozenset({"redemptions", "vouchers", "customers", "api-calls"})
#: What no text of a shop's may become.
MADE_OF_TEXT: Final = (
    "script:not([src])", "img[src='x']", "svg[onload]", "[onerror]", "[onload]", "[hx-post='/sign-out']",
    "a[href^='javascript:' i]", "[src^='javascript:' i]", "[action^='javascript:' i]", "samp",
)  # fmt: skip
#: What a page is made of: elements that there must not be, where its links lead, what it says.
_LOOK: Final = """(selectors) => ({
  made: selectors.filter((each) => document.querySelector(each)),
  links: [...document.querySelectorAll("[href], [hx-get], [src]")]
    .flatMap((each) => ["href", "hx-get", "src"].map((name) => each.getAttribute(name)))
    .filter((each) => each?.startsWith("/") && !each.startsWith("/static/")),
  text: document.body?.innerText ?? "",
})"""


@pytest.fixture(scope="module")
def hostile(system: System) -> Iterator[Hostile]:
    """The project, with everything in it and in the lists."""
    made = Hostile(system)
    made.seed()
    wanted = 2 * len(TEXTS)
    eventually(lambda: made.plain.get("/v1/redemptions", limit=1)["total"] >= wanted)
    eventually(lambda: made.plain.get("/v1/audit/api-calls", limit=1)["total"] >= 100)
    yield made
    made.close()


class Walk:
    """Opens addresses, and keeps where their links lead."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.links: dict[str, None] = {}
        self.faults: list[str] = []
        self.shown: set[str] = set()
        page.on("dialog", self._note_dialog)

    def open(self, address: str) -> None:
        """Opens it, and looks at what the texts became there."""
        try:
            answer = self._page.goto(address)
        except Error as fault:
            # a file is no page
            if "Download is starting" not in fault.message:
                raise
            return
        if "/sign-in" in self._page.url:
            self.faults.append(f"{address}: signed out")
        if answer is not None and answer.status not in (200, 404):
            self.faults.append(f"{address}: {answer.status}")
        seen = self._page.evaluate(_LOOK, MADE_OF_TEXT)
        self.faults += [f"{address}: {each}" for each in seen["made"]]
        self.links |= dict.fromkeys(seen["links"])
        self.shown |= {each for each in TEXTS if each in seen["text"]}

    def _note_dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"{self._page.url}: a dialog")
        dialog.dismiss()


def addresses_of(path: str, links: Mapping[str, None]) -> list[str]:
    """Where to see a page: as a link leads to it, else of what it was told."""
    if "{" not in path:
        return [path]
    if path in GIVEN:
        return [_fill(path, each) for each in GIVEN[path]]
    before = [compile_path(each)[0] for each in PATHS[: PATHS.index(path)]]
    known = [each for each in links if not any(other.match(_place(each)) for other in before)]
    pattern = compile_path(path)[0]
    found = [each for each in known if pattern.match(_place(each))]
    if found or (path.endswith("}") and path not in OF_NOTHING):
        return found[:1]
    # what a page asks for only while something goes on, or from a form
    start = path.partition("{")[0]
    keys = [
        _place(each).removeprefix(start).partition("/")[0]
        for each in links
        if each.startswith(start)
    ]
    return [_fill(path, next((each for each in keys if "_" in each), TEXTS[1]))]


def _place(address: str) -> str:
    return address.partition("?")[0]


def _fill(path: str, value: str) -> str:
    """The address with that in each of its places."""
    return _PLACE.sub(lambda _: escape_segment(value), path)


def test_every_page_shows_them_as_text(
    system: System, hostile: Hostile, open_window: OpenWindow
) -> None:
    window: Watched = open_window()
    bring_session(window.context, system.dashboard_url, session_token(system, hostile.person))
    walk = Walk(window.context.new_page())
    for path in sorted(PATHS, key=lambda each: (each.count("{"), "}/" in each)):
        addresses = addresses_of(path, walk.links)
        if not addresses:
            walk.faults.append(f"{path}: no link leads there; name one in GIVEN")
        for address in addresses:
            walk.open(address)
            place, _, key = _place(address).removeprefix("/").partition("/")
            if place in DRAWERS and path.endswith("{key:path}"):
                walk.open(f"/{place}?open={key}&f=x:is:{escape_segment(TEXTS[1])}")
    assert "\n".join(walk.faults) == ""
    assert walk.shown >= set(TEXTS[:6])


def test_what_is_typed_is_sought_and_shown_as_text(
    system: System, hostile: Hostile, open_window: OpenWindow
) -> None:
    window = open_window()
    bring_session(window.context, system.dashboard_url, session_token(system, hostile.person))
    page = window.context.new_page()
    walk = Walk(page)
    walk.open("/redemptions")
    for text in TEXTS[:4]:
        page.keyboard.press("Control+k")
        page.locator("#find").fill(text)
        expect(page.locator("#found")).to_contain_text(text)
        page.keyboard.press("Escape")
    for text in (TEXTS[0], TEXTS[5]):
        sought = f"f=voucher_code:contains:{escape_segment(text)}&order={escape_segment(text)}"
        walk.open(f"/redemptions?{sought}&open={escape_segment(text)}")
        walk.open(f"/find?q={escape_segment(text)}")
        walk.open(f"/sign-in?next={escape_segment(text)}")
    assert [each for each in walk.faults if "signed out" not in each] == []
