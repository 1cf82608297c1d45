"""A list that is kept as a view: saved, opened by its tab, changed, deleted; by keys alone."""

import re

from playwright.sync_api import Page, expect

from tests.browser.watched import check_axe_in_both_themes


def press_on(page: Page, role: str, name: str) -> None:
    """As somebody does who has no pointer."""
    page.get_by_role(role, name=name, exact=True).focus()  # type: ignore[arg-type]
    page.keyboard.press("Enter")


def test_a_list_is_saved_opened_changed_and_deleted_by_keys(page: Page) -> None:
    page.goto("/redemptions?f=result:is:FAILURE&size=50")
    press_on(page, "button", "Save view")
    # the field has focus when it comes
    expect(page.get_by_label("Name of the view")).to_be_focused()
    page.keyboard.type("Refused lately")
    page.keyboard.press("Enter")
    tabs = page.get_by_role("navigation", name="Saved views")
    mine = tabs.get_by_role("link", name="Refused lately")
    expect(mine).to_have_attribute("aria-current", "page")
    expect(page.locator("#toasts")).to_contain_text("The view is saved")
    expect(page.get_by_role("button", name="Save view")).to_have_count(0)
    check_axe_in_both_themes(page)
    press_on(page, "link", "All")
    expect(page.locator(".chip")).to_have_count(0)
    expect(tabs.get_by_role("link", name="All")).to_have_attribute("aria-current", "page")
    press_on(page, "link", "Refused lately")
    expect(page.locator(".chip")).to_have_text(re.compile("Result is Failure"))
    expect(page).to_have_url(re.compile("view=view_"))

    page.get_by_role("link", name="Remove filter").click()
    expect(mine).to_have_text("Refused latelychanged")
    press_on(page, "button", "Change the view Refused lately")
    check_axe_in_both_themes(page)
    page.locator("#view-menu").get_by_role("button", name=re.compile("Update")).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("The view is updated")
    expect(mine).to_have_attribute("aria-current", "page")
    press_on(page, "button", "Change the view Refused lately")
    page.get_by_label("Name of the view").fill("Fifty")
    page.keyboard.press("Enter")
    expect(tabs.get_by_role("link", name="Fifty")).to_have_attribute("aria-current", "page")

    # a name is taken once, and that is told where it was typed
    page.goto("/redemptions?order=created_at")
    press_on(page, "button", "Save view")
    page.locator("#saving").get_by_label("Name of the view").fill("fifty")
    page.keyboard.press("Enter")
    error = page.locator("#view-name-error")
    expect(error).to_have_text("Another view of this list has that name.")
    expect(error).to_be_visible()
    page.keyboard.press("Escape")

    press_on(page, "link", "Fifty")
    press_on(page, "button", "Change the view Fifty")
    press_on(page, "button", "Delete view")
    page.get_by_role("dialog").get_by_role("button", name="Delete view").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("The view is deleted")
    expect(tabs).to_have_count(0)
    expect(page).to_have_url(re.compile("/redemptions$"))
