"""What was redeemed: found by filter, understood, taken back; what follows what happens."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.plain import Plain


def redeem(plain: Plain, code: str, amount: int = 10_000, status: int = 200, **besides: Any) -> Any:
    body = {"redeemables": [{"object": "voucher", "id": code}], "order": {"amount": amount}}
    answer = plain.ask("POST", "/v1/redemptions", json=body | besides)
    assert answer.status_code == status
    return answer.json()


def make_voucher(plain: Plain, code: str, **said: Any) -> None:
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
    assert plain.ask("POST", f"/v1/vouchers/{code}", json=body | said).status_code == 200


def test_a_redemption_is_found_by_its_code_and_taken_back(plain: Plain, page: Page) -> None:
    make_voucher(plain, "TAKE-BACK", redemption={"quantity": 1})
    redeem(plain, "TAKE-BACK")
    page.goto("/redemptions")
    page.get_by_role("button", name="Add filter").click()
    page.get_by_label("Field").select_option(label="Voucher code")
    page.locator("input#filter-value").fill("TAKE-BACK")
    page.get_by_role("button", name="Apply filter").click()
    expect(page.locator(".chip")).to_have_text(re.compile("Voucher code is TAKE-BACK"))
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.get_by_role("link", name="TAKE-BACK", exact=True).click()
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("Succeeded")
    expect(page).to_have_url(re.compile("open=r_"))
    drawer.get_by_role("button", name="Roll back").click()
    page.locator("#roll-back #reason").fill("sent back")
    page.locator("#roll-back").get_by_role("button", name="Roll back").click()
    expect(drawer).to_contain_text("Rolled back")
    drawer.get_by_role("button", name="Close").click()
    expect(page).not_to_have_url(re.compile("open="))
    expect(page.locator("#list tbody tr")).to_have_count(2)
    page.go_back()
    expect(drawer).to_be_visible()
    drawer.get_by_role("button", name="Close").click()
    expect(drawer).to_be_hidden()
    page.get_by_role("link", name="Remove filter").first.click()
    expect(page.locator(".chip")).to_have_count(0)


def test_a_refusal_says_why_with_the_values_that_were_compared(plain: Plain, page: Page) -> None:
    make_voucher(plain, "ONCE-ONLY", redemption={"quantity": 1})
    redeem(plain, "ONCE-ONLY")
    redeem(plain, "ONCE-ONLY", status=400)
    page.goto("/redemptions?f=voucher_code:is:ONCE-ONLY&f=result:is:FAILURE")
    page.get_by_role("link", name="ONCE-ONLY", exact=True).click()
    why = page.locator("#drawer .why")
    expect(why).to_contain_text("Redemption quantity exceeded")
    expect(why).to_contain_text("quantity_exceeded")
    page.get_by_role("button", name="Ask now").click()
    expect(page.locator("#repeated")).to_contain_text("Redemption quantity exceeded")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copy link")).to_have_attribute("data-done", "Copied")


def test_an_open_list_shows_what_happens_by_itself(plain: Plain, page: Page) -> None:
    make_voucher(plain, "LIVE-NOW")
    page.goto("/redemptions?f=voucher_code:is:LIVE-NOW")
    expect(page.locator("#live")).to_have_text(re.compile("Live"))
    expect(page.locator("#list")).to_contain_text("No redemption matches")
    redeem(plain, "LIVE-NOW")
    expect(page.get_by_role("link", name="LIVE-NOW", exact=True)).to_be_visible()


def test_a_list_is_walked_and_opened_by_keys_alone(plain: Plain, page: Page) -> None:
    make_voucher(plain, "BY-KEYS")
    redeem(plain, "BY-KEYS")
    page.goto("/redemptions?f=voucher_code:is:BY-KEYS")
    page.get_by_role("link", name="BY-KEYS", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("BY-KEY")
    expect(page.locator("#found")).to_contain_text("BY-KEYS")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_columns_and_order_are_kept_in_the_address(plain: Plain, page: Page) -> None:
    make_voucher(plain, "COLUMNS")
    redeem(plain, "COLUMNS")
    page.goto("/redemptions")
    page.get_by_role("link", name="Order", exact=True).click()
    expect(page).to_have_url(re.compile("order=-amount"))
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Tracking id").check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="Tracking id")).to_be_visible()
    page.reload()
    expect(page.get_by_role("columnheader", name="Tracking id")).to_be_visible()


def test_a_deep_link_opens_the_page_of_one(plain: Plain, page: Page) -> None:
    make_voucher(plain, "DEEP-LINK")
    name = redeem(plain, "DEEP-LINK")["redemptions"][0]["id"]
    page.goto(f"/redemptions/{name}")
    expect(page.get_by_role("heading", level=1)).to_have_text("DEEP-LINK")
