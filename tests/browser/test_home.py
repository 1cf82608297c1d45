"""The first page: numbers that lead to the lists behind them, and what happens now."""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_redemptions import make_voucher, redeem
from tests.e2e.plain import Plain


def test_numbers_lead_to_the_lists_behind_them(plain: Plain, page: Page) -> None:
    make_voucher(plain, "COUNTED", redemption={"quantity": 1})
    redeem(plain, "COUNTED")
    redeem(plain, "COUNTED", status=400)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    page.get_by_role("region", name="Why it was refused").get_by_role(
        "link", name="Quantity exceeded"
    ).click()
    expect(page.locator(".chip").first).to_contain_text("quantity_exceeded")
    expect(page.locator("#list")).to_contain_text("COUNTED")


def test_the_newest_come_by_themselves(plain: Plain, page: Page) -> None:
    make_voucher(plain, "JUST-NOW")
    page.goto("/")
    expect(page.locator("#live")).to_have_text(re.compile("Live"))
    redeem(plain, "JUST-NOW")
    expect(page.locator("#newest")).to_contain_text("JUST-NOW")


def test_a_period_is_chosen_by_name_and_by_its_ends(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="7 days").click()
    expect(page).to_have_url(re.compile("period=7d"))
    page.get_by_role("button", name=re.compile("From")).click()
    page.get_by_label("From").fill("2026-01-01T00:00")
    page.get_by_label("To", exact=True).fill("2026-02-01T12:30")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("1 Jan 2026, 00:00 to"))).to_be_visible()


def test_rows_of_a_chart_are_fetched_as_csv(page: Page) -> None:
    page.goto("/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Redemptions as CSV").click()
    assert download.value.suggested_filename == "tessera-timeseries.csv"


def test_the_phone_has_the_menu_as_a_sheet(phone_page: Page) -> None:
    phone_page.goto("/")
    phone_page.get_by_role("button", name="Menu").click()
    phone_page.get_by_role("link", name="Redemptions", exact=True).click()
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("Redemptions")
