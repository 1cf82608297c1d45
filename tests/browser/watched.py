"""Pages that are looked at while a story goes through them: what goes wrong fails its test."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    JSHandle,
    Page,
    Response,
    WebError,
)

from tests.browser.chromium import axe_source

#: The accessibility guidelines that a page keeps to, and what is good practice besides.
AXE_TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_TELL_VIOLATIONS: Final = """
document.addEventListener("securitypolicyviolation", (event) => console.error(
  `policy violated: ${event.effectiveDirective} by ${event.blockedURI} ${event.sample}`
));
"""
_CONTRAST: Final = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
#: All that the contrast of a text follows from; of each kind that is new, the first few elements.
_FIND_NEW_COLOURS: Final = """(known) => {
  const CLEAR = "rgba(0, 0, 0, 0) none 1";
  const grounds = new Map([[null, ""]]);
  const groundOf = (element) => {
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
      const own = `${backgroundColor} ${backgroundImage} ${opacity}`;
      const under = groundOf(element.parentElement);
      grounds.set(element, own === CLEAR ? under : `${under} | ${own}`);
    }
    return grounds.get(element);
  };
  const isText = (element) => element.matches("input, select, textarea")
    || [...element.childNodes].some((each) => each.nodeType === Node.TEXT_NODE && each.data.trim());
  // what only a screen reader finds is a dot
  const isSeen = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1;
  };
  const seen = new Set(known);
  const found = new Map();
  for (const element of document.body.querySelectorAll("*")) {
    if (!isText(element) || !element.checkVisibility({ visibilityProperty: true })) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const state = element.closest(":disabled, [aria-disabled='true']") ? "disabled " : "";
    const colours = `${state}${color} ${fontSize} ${fontWeight} on ${groundOf(element)}`;
    if (seen.has(colours) || !isSeen(element)) continue;
    const alike = found.get(colours) ?? [];
    if (alike.length < 3) found.set(colours, [...alike, element]);
  }
  return { colours: [...found.keys()], elements: [...found.values()].flat() };
}"""
#: A browser's own word for an answer of 400 and more; answers are looked at by themselves.
_OF_AN_ANSWER: Final = "Failed to load resource: the server responded"


class Watched:
    """A browser's window on the dashboard, and what went wrong in it."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self._faults: list[str] = []
        self._excused: list[re.Pattern[str]] = []
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("console", self._note_message)
        context.on("weberror", self._note_error)
        context.on("response", self._note_answer)

    @property
    def faults(self) -> Sequence[str]:
        """What went wrong and was not excused."""
        return [
            fault for fault in self._faults if not any(each.search(fault) for each in self._excused)
        ]

    def excuse(self, pattern: str) -> None:
        """What a story provokes on purpose is no fault of the page."""
        self._excused.append(re.compile(pattern))

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_OF_AN_ANSWER):
            self._faults.append(f"console: {message.text}")

    def _note_error(self, error: WebError) -> None:
        self._faults.append(f"script: {error.error}")

    def _note_answer(self, answer: Response) -> None:
        is_file = "/static/" in answer.url
        if answer.status >= 500 or (is_file and answer.status >= 400):
            self._faults.append(f"answer: {answer.status} of {answer.url}")


def check_axe(page: Page, *, but: Sequence[str] = ()) -> None:
    """Holds the page as it is now to the guidelines; `but`: rules that do not apply, told why."""
    asked = {"type": "tag", "values": list(AXE_TAGS)}
    _run_axe(page, {"runOnly": asked, "rules": {rule: {"enabled": False} for rule in but}})


def check_new_colours(page: Page, known: set[str]) -> None:
    """Holds to their contrasts what has colours that are not `known` yet; they are afterwards.

    Pages are made of the same parts: most of what a page shows has been looked at on another one.
    """
    put_axe_into(page)
    found = page.evaluate_handle(_FIND_NEW_COLOURS, list(known))
    colours: list[str] = found.evaluate("({ colours }) => colours")
    if colours:
        _run_axe(page, _CONTRAST, among=found.get_property("elements"))
        known.update(colours)
    found.dispose()


def check_contrast(page: Page) -> None:
    """Holds its colours to the guidelines: all that a theme changes."""
    _run_axe(page, _CONTRAST)


def check_layout(page: Page) -> None:
    """Holds its sizes to the guidelines: all that a narrow window changes."""
    sizes = ["target-size", "scrollable-region-focusable", "aria-hidden-focus"]
    _run_axe(page, {"runOnly": {"type": "rule", "values": sizes}})


def check_axe_in_both_themes(page: Page, *, but: Sequence[str] = ()) -> None:
    """As `check_axe`, in light and in dark; the page is light again afterwards."""
    page.emulate_media(color_scheme="dark")
    check_contrast(page)
    page.emulate_media(color_scheme="light")
    check_axe(page, but=but)


def put_axe_into(page: Page) -> None:
    """Has the page know `axe`."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(axe_source() + ";0")


def _run_axe(page: Page, options: Mapping[str, Any], among: JSHandle | None = None) -> None:
    put_axe_into(page)
    # nothing is fetched ahead: no rule that is asked for reads style sheets or films
    asked = {**options, "resultTypes": ["violations"], "preload": False}
    found: Mapping[str, Any] = page.evaluate(
        "([among, options]) => axe.run(among ?? document, options)", [among, asked]
    )
    told = [
        f"{each['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
    assert told == [], f"{page.url}\n" + "\n".join(told)
