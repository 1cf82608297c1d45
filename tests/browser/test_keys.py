"""The main roads, by keys alone: no pointer, and the focus put nowhere by the test."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.keys import choose, go_to, press
from tests.browser.people import Person
from tests.browser.test_redemptions import make_voucher
from tests.e2e.plain import Plain


def test_a_voucher_is_found_switched_off_and_on_again(
    plain: Plain, open_window: OpenWindow, admin: Person
) -> None:
    make_voucher(plain, "KEYS-ONLY")
    page = open_window().context.new_page()
    page.goto("/sign-in")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(admin.email)
    go_to(page, "Password")
    page.keyboard.type(admin.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    page.keyboard.press("Control+k")
    page.keyboard.type("KEYS-ON")
    expect(page.locator("#found")).to_contain_text("KEYS-ONLY")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("KEYS-ONLY")
    for does, then in (("Disable", "Disabled"), ("Enable", "Active")):
        press(page, does)
        expect(page.get_by_role("dialog", name=f"{does} KEYS-ONLY?")).to_be_visible()
        press(page, does)
        expect(page.locator("#details .badge").first).to_have_text(then)


def test_a_list_is_filtered_and_a_row_is_opened_and_left(plain: Plain, page: Page) -> None:
    for code in ("KEYS-A", "KEYS-B"):
        make_voucher(plain, code, metadata={"story": "keys"})
    page.goto("/vouchers?f=metadata.story:is:keys")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    press(page, "Add filter")
    go_to(page, "Field")
    choose(page, "Name of the campaign")
    expect(page.locator("#filter-op-campaign")).to_be_visible()
    page.keyboard.press("Home")
    choose(page, "Code")
    go_to(page, "Value")
    # whether or not what hangs on the field is there already
    page.keyboard.type("KEYS-A")
    expect(page.locator("#filter-op-code")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    press(page, "KEYS-A")
    expect(page.locator("#drawer")).to_be_visible()
    expect(page).to_have_url(re.compile("open="))
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.get_by_role("link", name="KEYS-A", exact=True)).to_be_focused()
