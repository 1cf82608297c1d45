"""Validations, sessions, the audit log, exports, notifications and the bin."""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_redemptions import make_voucher
from tests.e2e.plain import Plain
from tests.e2e.system import eventually


def test_a_session_is_released(plain: Plain, page: Page) -> None:
    make_voucher(plain, "HELD", redemption={"quantity": 1})
    body = {
        "redeemables": [{"object": "voucher", "id": "HELD"}],
        "order": {"amount": 1000},
        "session": {"type": "LOCK", "key": "cart-held"},
    }
    plain.ask("POST", "/v1/validations", json=body)
    page.goto("/sessions")
    page.get_by_role("link", name="cart-held").click()
    page.locator("#drawer").get_by_role("button", name="Release").click()
    expect(page.locator("#release")).to_contain_text("HELD")
    page.locator("#release").get_by_role("button", name="Release").click()
    expect(page.locator("#toasts")).to_contain_text("Released")
    expect(page.locator("#list")).not_to_contain_text("cart-held")


def test_a_validation_tells_why_not_and_is_asked_again(plain: Plain, page: Page) -> None:
    make_voucher(plain, "NOT-YET", active=False)
    body = {"redeemables": [{"object": "voucher", "id": "NOT-YET"}], "order": {"amount": 1000}}
    plain.ask("POST", "/v1/validations", json=body)
    page.goto("/validations?f=code:is:NOT-YET")
    page.get_by_role("link", name="NOT-YET", exact=True).click()
    expect(page.locator("#drawer .why")).to_contain_text("voucher_disabled")
    plain.ask("POST", "/v1/vouchers/NOT-YET/enable")
    page.get_by_role("button", name="Ask now").click()
    expect(page.locator("#repeated")).to_contain_text("It would work")


def test_a_file_is_made_of_what_a_list_shows_and_fetched(plain: Plain, page: Page) -> None:
    make_voucher(plain, "IN-THE-FILE")
    page.goto("/exports/new?object=voucher")
    page.get_by_label("category").check()
    page.get_by_role("button", name="Make the file").click()
    expect(page).to_have_url(re.compile("/exports/exp_"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    text = download.value.path().read_text("utf-8")
    assert "IN-THE-FILE" in text
    assert "category" in text.splitlines()[0]
    page.goto("/notifications")
    expect(page.locator(".feed")).to_contain_text("The export is ready")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator("main")).to_contain_text("0 unread")


def test_what_was_deleted_is_deleted_for_good(plain: Plain, page: Page) -> None:
    make_voucher(plain, "THROWN-AWAY")
    plain.ask("DELETE", "/v1/vouchers/THROWN-AWAY")
    page.goto("/bin?f=resource_name:is:THROWN-AWAY")
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Delete for good").click()
    dialog = page.get_by_role("dialog", name="Delete for good?")
    expect(dialog).to_contain_text("cannot be brought back")
    dialog.get_by_role("button", name="Delete for good").click()
    expect(page.locator("#toasts")).to_contain_text("1 deleted for good")


def test_a_call_tells_its_request_and_its_answer(plain: Plain, page: Page) -> None:
    make_voucher(plain, "CALLED")
    eventually(lambda: plain.get("/v1/audit/api-calls?path=/v1/vouchers/CALLED")["total"])
    page.goto("/api-calls?f=path:contains:CALLED")
    page.get_by_role("link", name="POST /v1/vouchers/CALLED").click()
    drawer = page.locator("#drawer")
    expect(drawer.get_by_label("The request body")).to_contain_text("percent_off")
    drawer.get_by_role("link", name=re.compile("^ev_")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("voucher")
