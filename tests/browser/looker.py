"""Looks at a page once: as what it is, in both themes, on a wide screen and on a phone."""

from collections.abc import Iterator, Mapping
from typing import Final

from playwright.sync_api import BrowserContext, Dialog, Page

from tests.browser.chromium import axe_source
from tests.browser.fingerprints import PHONE, WIDE, Camera, Greys, Size
from tests.browser.walk import MADE_OF_TEXT
from tests.browser.watched import check_axe, check_layout, check_new_colours

#: Comes back when nothing is on its way any more: no request, no picture, no land of a map, and when
#: what there is has been the same for some time: scripts that few pages have come after the page.
_SETTLE: Final = """async () => {
  const isBusy = () => document.readyState !== "complete"
    || document.querySelector(".htmx-request, [data-unread=''], [data-geo-map]:not(:has(canvas))")
    || [...document.images].some((each) => each.loading !== "lazy" && !each.complete);
  const measure = () => [
    document.documentElement.scrollHeight, document.documentElement.scrollWidth,
    document.getElementsByTagName("*").length, document.body.textContent.length,
  ].join();
  let before = "";
  for (let calm = 0, tries = 0; calm < 4; tries += 1) {
    if (tries > 1000) throw new Error("the page does not come to rest");
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = isBusy() ? "" : measure();
    calm = now && now === before ? calm + 1 : 0;
    before = now;
  }
  await document.fonts.ready;
}"""
#: What happens meanwhile would bring lists anew under the picture: a stream on which nothing comes.
_NOTHING_HAPPENS: Final = """
globalThis.EventSource = class extends EventTarget {
  static OPEN = 1;
  static CLOSED = 2;
  readyState = 1;
  constructor() { super(); setTimeout(() => this.onopen?.()); }
  close() { this.readyState = 2; }
};
"""
_LOOK: Final = "(selectors) => selectors.filter((each) => document.querySelector(each))"
#: Makes what is another each time the same: times, ids, numbers, what is drawn of them, the live state.
_STEADY: Final = r"""(hidden) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    .plot, canvas, .bar, .spark, #live, [data-unread], img,
    .gantt .grid, .gantt .now, .gantt text.muted, [aria-label="Months"] .muted { visibility: hidden !important }
    ${hidden || "unknown"} { visibility: hidden !important }
    .status { height: 120px; overflow: hidden }
    .release { height: 160px; overflow: hidden } .release > :not(h2) { visibility: hidden }
    * { caret-color: transparent !important; animation: none !important; transition: none !important }
  `);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const even = (text) => text
    .replace(/\S+@people\.test/g, "somebody@people.test")
    .replace(/\b([a-z]{1,8})_[0-9A-Za-z]{8,}/g, "$1_000000000000")
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, "00000000-0000-0000-0000-000000000000")
    .replace(/(?<![\w])\d+([.,:]\d+)*(?![\w])/g, "0")
    .replace(/\d/g, "0");
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (text.parentElement.closest("script, style")) continue;
    const time = text.data.includes(":") ? "1 Jan 2026, 00:00:00" : "1 Jan 2026";
    const told = text.parentElement.closest("time") ? time : even(text.data);
    if (told !== text.data) text.data = told;
  }
  for (const input of document.querySelectorAll("input")) {
    if (["checkbox", "radio", "hidden", "file"].includes(input.type) || !input.value) continue;
    if (input.type === "datetime-local") input.value = "2026-01-01T00:00";
    else if (input.type === "date") input.value = "2026-01-01";
    else input.value = even(input.value);
  }
  document.activeElement?.blur();
}"""
#: What shows the installation, or is in another order each time, by path.
UNSTEADY: Final[Mapping[str, str]] = {
    # as many of each: they are in the order of their ids
    "/": "[aria-label='Redemptions and discount by campaign']",
    "/sessions": "#list tbody",
    "/settings/usage": "tbody",
    "/support": ".status, .facts, .json",
}
_WIDER: Final = "document.documentElement.scrollWidth - innerWidth"


def prepare_looking(context: BrowserContext) -> None:
    """Has the pages of a window be at rest once they are read, and know what they are held to."""
    context.add_init_script(_NOTHING_HAPPENS)
    context.add_init_script(axe_source())


class Looker:
    """One window that pages are opened in, one after the other."""

    def __init__(self, page: Page, blank: Page) -> None:
        self.page = page
        self._protocol = page.context.new_cdp_session(page)
        self._camera = Camera(self._protocol, blank)
        #: What was held to its contrasts on the pages before.
        self._colours: set[str] = set()
        self._dialogs: list[str] = []
        page.on("dialog", self._note_dialog)

    def open(self, address: str) -> None:
        """Opens it as a wide page in light, and waits until it has come to rest."""
        self.resize(WIDE)
        self.page.emulate_media(color_scheme="light")
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status in (200, 404), f"{address}: {answer.status}"
        assert "/sign-in" not in self.page.url, f"{address}: signed out"
        self.page.evaluate(_SETTLE)

    def check(self) -> None:
        """Holds what is shown to the guidelines, and to being made of no text of others."""
        made: list[str] = self.page.evaluate(_LOOK, list(MADE_OF_TEXT))
        assert (made, self._dialogs) == ([], [])
        check_axe(self.page, but=["color-contrast"])
        check_new_colours(self.page, self._colours)

    def take_pictures(self, path: str) -> Iterator[tuple[str, Size, Greys]]:
        """Wide and on a phone, in light and in dark; each is shown until the next one is asked for."""
        self.steady(path)
        yield "wide light", WIDE, self.greys(WIDE)
        self.page.emulate_media(color_scheme="dark")
        yield "wide dark", WIDE, self.greys(WIDE)
        self.resize(PHONE)
        yield "phone dark", PHONE, self.greys(PHONE)
        self.page.emulate_media(color_scheme="light")
        yield "phone light", PHONE, self.greys(PHONE)

    def check_view(self, picture: str) -> None:
        """Holds what is shown to what only that view of a page can fail in: colours, sizes."""
        if picture == "wide dark":
            check_new_colours(self.page, self._colours)
        elif picture == "phone light":
            check_layout(self.page)
            wider = self.page.evaluate(_WIDER)
            assert wider <= 0, f"{self.page.url}: {wider} px wider than a phone"

    def steady(self, path: str) -> None:
        """Has what is another each time be the same."""
        self.page.evaluate(_STEADY, UNSTEADY.get(path, ""))

    def greys(self, size: Size) -> Greys:
        """The picture of what is shown now."""
        return self._camera.take_greys(size)

    def resize(self, size: Size) -> None:
        """The window of that size; a phone's is touched."""
        if self.page.viewport_size == {"width": size.width, "height": size.height}:
            return
        self.page.set_viewport_size({"width": size.width, "height": size.height})
        self._protocol.send("Emulation.setTouchEmulationEnabled", {"enabled": size is PHONE})

    def _note_dialog(self, dialog: Dialog) -> None:
        self._dialogs.append(f"{self.page.url}: a dialog")
        dialog.dismiss()
