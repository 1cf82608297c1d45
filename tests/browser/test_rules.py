"""Validation rules built, tried, assigned and taken away; stacking rules changed and taken back."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.watched import check_axe_in_both_themes
from tests.e2e.plain import Plain


def make_voucher(plain: Plain, code: str, **said: Any) -> None:
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
    assert plain.ask("POST", f"/v1/vouchers/{code}", json=body | said).status_code == 200


def redeem(plain: Plain, code: str, amount: int) -> Any:
    body = {"redeemables": [{"object": "voucher", "id": code}], "order": {"amount": amount}}
    return plain.ask("POST", "/v1/redemptions", json=body)


def test_rules_are_built_tried_assigned_and_deleted(plain: Plain, page: Page) -> None:
    make_voucher(plain, "RULED")
    page.goto("/validation-rules")
    page.get_by_role("link", name="New rules").first.click()
    page.get_by_role("link", name="Minimum amount").click()
    page.get_by_label("Name", exact=True).fill("From 70, or two lines")
    page.get_by_role("textbox", name="Value").fill("70")
    page.get_by_role("button", name="Put rule 1 in a group").click()
    page.locator(".rules .rules").get_by_role("button", name="Rule", exact=True).click()
    page.get_by_label("What rule 2 is about").select_option(label="Number of lines in the order")
    second = page.locator(".rule").nth(1)
    expect(second.get_by_role("combobox", name="Operator")).to_be_visible()
    second.get_by_role("textbox", name="Value").fill("2")
    second.get_by_role("textbox", name="Value").blur()
    expect(page.locator("#words")).to_have_text(
        "Order amount before discounts is at least $70.00 or Number of lines in the order is at least 2."
    )
    page.get_by_label("Order amount", exact=True).fill("60")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.locator("#tried")).to_contain_text("It would be refused")
    expect(page.locator("#tried")).to_contain_text("found: $60.00")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile("/validation-rules/val_"))
    page.get_by_role("button", name="Assign").first.click()
    dialog = page.get_by_role("dialog", name="Assign these rules")
    dialog.get_by_role("combobox", name="Voucher").fill("RULED")
    page.get_by_role("option", name="RULED").click()
    dialog.get_by_role("button", name="Assign").click()
    expect(page.get_by_role("link", name="RULED")).to_be_visible()
    assert redeem(plain, "RULED", 6000).status_code == 400
    assert redeem(plain, "RULED", 7000).status_code == 200
    page.get_by_role("button", name="Delete", exact=True).click()
    question = page.get_by_role("dialog", name=re.compile("Delete From 70"))
    expect(question).to_contain_text("It binds one thing")
    question.get_by_role("button", name="Delete").click()
    page.wait_for_url(re.compile("/validation-rules$"))
    assert redeem(plain, "RULED", 6000).status_code == 200


def test_stacking_rules_are_changed_once_that_was_seen(plain: Plain, page: Page) -> None:
    for code in ("STACK-A", "STACK-B"):
        make_voucher(plain, code)
    page.goto("/stacking-rules")
    page.get_by_label("Of these, that apply").fill("1")
    page.get_by_label("Application").select_option("PARTIAL")
    for code in ("STACK-A", "STACK-B"):
        page.get_by_role("combobox", name="Vouchers").fill(code)
        page.get_by_role("option", name=code).click()
    page.get_by_label("Order amount", exact=True).fill("100")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.locator("#tried")).to_contain_text("Applicable redeemables limit exceeded")
    page.get_by_role("button", name="Review and save").click()
    expect(page.get_by_role("region", name="This changes")).to_contain_text("5 → 1")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Apply the changes").click()
    expect(page.get_by_label("Of these, that apply")).to_have_value("1")
    page.get_by_role("button", name="Back to the defaults").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Back to the defaults").click()
    expect(page.get_by_text("The defaults hold: this project")).to_be_visible()
