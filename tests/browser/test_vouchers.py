"""Vouchers: made, found by filter, understood, changed, many at once, by a file, undone."""

import re

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_redemptions import make_voucher
from tests.browser.watched import check_axe_in_both_themes
from tests.e2e.plain import Plain


def test_a_gift_card_is_made_found_filled_up_and_deleted(page: Page) -> None:
    page.goto("/vouchers")
    page.get_by_role("link", name="Create a voucher").first.click()
    page.get_by_label("Code", exact=True).fill("GIFT-STORY")
    page.get_by_label("It gives").select_option(label="Credit of a gift card")
    page.get_by_role("button", name="Create the voucher").click()
    expect(page.locator("#errors")).to_be_focused()
    page.get_by_label("Credit (USD)").fill("25")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Create the voucher").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("GIFT-STORY")
    page.get_by_role("button", name="Add or take").click()
    page.get_by_label("Amount in USD").fill("5.50")
    expect(page.locator("#balance-after")).to_contain_text("$30.50")
    page.get_by_label("Reason").fill("an apology")
    page.get_by_role("button", name="Change it").click()
    expect(page.locator("#toasts")).to_contain_text("$30.50 is on it now")
    expect(page.locator("#details")).to_contain_text("an apology")
    page.goto("/vouchers?f=gift.balance:is:30.50")
    expect(page.locator(".chip")).to_contain_text("$30.50")
    page.get_by_role("link", name="GIFT-STORY", exact=True).click()
    drawer = page.get_by_role("dialog", name="Voucher")
    expect(drawer.get_by_role("img", name="QR code of GIFT-STORY")).to_be_visible()
    drawer.get_by_role("button", name="Delete").click()
    page.get_by_label("Delete for good, past the bin").check()
    page.locator("#voucher-delete").get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text("Deleted for good")


def test_a_voucher_says_why_it_would_fail_now(plain: Plain, page: Page) -> None:
    make_voucher(plain, "WHY-NOT")
    page.goto("/vouchers/WHY-NOT")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#tried")).to_contain_text("$10.00")
    page.get_by_role("button", name="Disable").click()
    page.locator("#voucher-disable").get_by_role("button", name="Disable").click()
    expect(page.locator("#details .badge").first).to_have_text("Disabled")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#tried")).to_contain_text("Voucher was disabled")


def test_all_of_a_filter_are_disabled_at_once(plain: Plain, page: Page) -> None:
    for number in range(26):
        make_voucher(plain, f"MANY-{number:02}", metadata={"story": "many"})
    page.goto("/vouchers?f=metadata.story:is:many")
    expect(page.locator("#list .foot")).to_contain_text("26 in all")
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Choose all 26").click()
    page.locator("#bulk").get_by_role("button", name="Disable").first.click()
    check_axe_in_both_themes(page)
    page.locator("#bulk-disable").get_by_role("button", name="Disable").click()
    expect(page.locator("#work")).to_contain_text("26 done, 0 failed")
    page.goto("/vouchers?f=metadata.story:is:many&f=active:is:disabled")
    expect(page.locator("#list .foot")).to_contain_text("26 in all")


def test_a_file_is_shown_before_it_is_imported_and_tells_what_failed(
    plain: Plain, page: Page
) -> None:
    make_voucher(plain, "TAKEN-ALREADY")
    page.goto("/vouchers/import")
    content = "Code,Voucher Type,Value,Discount Type\nFROM-FILE,DISCOUNT_VOUCHER,10,PERCENT\nTAKEN-ALREADY,DISCOUNT_VOUCHER,10,PERCENT\n"
    file = FilePayload(name="codes.csv", mimeType="text/csv", buffer=content.encode())
    page.get_by_label("CSV file").set_input_files(file)
    expect(page.locator("[data-preview]")).to_contain_text("FROM-FILE")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#work")).to_contain_text("1 done, 1 failed")
    expect(page.get_by_role("table", name="What failed")).to_contain_text("TAKEN-ALREADY")


def test_the_list_fits_a_phone(phone_page: Page) -> None:
    phone_page.goto("/vouchers")
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("Vouchers")
    wide = phone_page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    phone_page.get_by_role("navigation", name="Sections").get_by_role(
        "link", name=re.compile("Categories")
    ).click()
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("Categories")
