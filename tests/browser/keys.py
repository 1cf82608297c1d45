"""Going through a page by keys alone, as somebody without a pointer does."""

from typing import Final

from playwright.sync_api import Page

#: More steps than this are no way to get anywhere.
STEPS_MAX: Final = 120
_FOCUSED: Final = """() => {
  const focused = document.activeElement;
  const label = focused.getAttribute("aria-label") ?? focused.labels?.[0]?.textContent ?? focused.textContent;
  return label.replace(/\\s+/g, " ").trim();
}"""


def go_to(page: Page, name: str) -> None:
    """Moves the focus on until it is on what has this name; fails where no key leads there."""
    passed = []
    for _ in range(STEPS_MAX):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(_FOCUSED))
        if passed[-1] == name:
            return
    raise AssertionError(f"no way to {name}; passed {passed}")


def press(page: Page, name: str) -> None:
    """Goes there, and presses it."""
    go_to(page, name)
    page.keyboard.press("Enter")


def choose(page: Page, option: str) -> None:
    """Moves down the choices of what has the focus until it is at this one."""
    for _ in range(STEPS_MAX):
        if page.evaluate("() => document.activeElement.selectedOptions[0].label") == option:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no choice is {option}")
