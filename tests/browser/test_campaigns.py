"""Campaigns by hand: made with the form, found, filled with codes, switched off, copied, deleted."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.watched import check_axe_in_both_themes
from tests.e2e.plain import Plain


def make(page: Page, name: str, template: str = "unique") -> None:
    """Makes a campaign of ten per cent off by the form."""
    page.goto(f"/campaigns/new?template={template}")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Percent", exact=True).fill("10")
    if template == "generic":
        page.get_by_label("Code", exact=True).fill(f"{name.upper().replace(' ', '-')}")
    else:
        page.get_by_label("How many are made").fill("20")
    page.get_by_role("button", name="Make the campaign").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_a_campaign_is_made_found_switched_off_and_deleted(page: Page) -> None:
    page.goto("/campaigns")
    page.get_by_role("link", name="New campaign").first.click()
    page.get_by_role("button", name="Make the campaign").click()
    page.get_by_role("link", name="Give it a name").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Story of summer")
    page.get_by_label("Percent", exact=True).fill("15")
    page.get_by_label("Pattern").fill("SUN-######")
    page.get_by_label("Pattern").blur()
    expect(page.locator("#told")).to_contain_text("15% off")
    expect(page.locator("#told")).to_contain_text("SUN-")
    page.get_by_label("Amount of the cart").fill("200")
    page.get_by_role("button", name="Try with this cart").click()
    expect(page.locator("#try-result")).to_contain_text("$30.00 off")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Make the campaign").click()
    # a thousand codes are made in the background
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Story of summer Active")
    page.goto("/campaigns?f=campaign_name:is:Story+of+summer")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody input[type=checkbox]").check()
    page.get_by_role("button", name="Switch off").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Switch off").click()
    expect(page.locator("tbody tr")).to_contain_text("Off")
    page.get_by_role("link", name="Story of summer", exact=True).click()
    page.get_by_role("button", name="Delete").first.click()
    dialog = page.get_by_role("dialog", name="Delete Story of summer?")
    dialog.get_by_label("Type Story of summer").fill("Story of summer")
    dialog.get_by_role("button", name="Delete").click()
    page.wait_for_url("**/campaigns")
    expect(page.locator("tbody", has_text="Story of summer")).to_have_count(0)


def test_the_form_follows_what_is_chosen_and_loses_nothing(page: Page) -> None:
    page.goto("/campaigns/new")
    page.get_by_label("Name", exact=True).fill("Story of tiers")
    page.get_by_role("radio", name="Promotion").check()
    page.get_by_role("button", name="Add a tier").click()
    expect(page.get_by_label("How much")).to_have_count(2)
    expect(page.get_by_label("Name", exact=True).first).to_have_value("Story of tiers")
    tiers = page.get_by_role("list", name="Tiers").get_by_role("listitem")
    tiers.nth(0).get_by_label("Name").fill("Ten")
    tiers.nth(0).get_by_label("How much").fill("10")
    tiers.nth(1).get_by_label("Name").fill("Five off")
    tiers.nth(1).get_by_label("Gives").select_option(label="Free units")
    expect(tiers.nth(1).get_by_role("combobox", name="What is free")).to_be_visible()
    tiers.nth(1).get_by_label("Gives").select_option(label="Amount off")
    expect(tiers.nth(1).get_by_label("Name")).to_have_value("Five off")
    page.get_by_role("button", name="Make the campaign").click()
    expect(page.locator("#errors")).to_contain_text("how much the tier 2 gives")
    tiers.nth(1).get_by_label("How much").fill("5")
    page.get_by_role("button", name="Make the campaign").click()
    page.get_by_role("link", name="Tiers", exact=True).click()
    ladder = page.get_by_role("list", name="Tiers in their order").get_by_role("listitem")
    expect(ladder.nth(0)).to_contain_text("10% off")
    expect(ladder.nth(1)).to_contain_text("$5.00 off")
    page.get_by_role("button", name="Move Five off up").click()
    expect(ladder.nth(0)).to_contain_text("Five off")


def test_codes_are_added_and_imported_and_what_failed_is_told(page: Page, tmp_path: Path) -> None:
    make(page, "Story of codes")
    page.get_by_role("button", name="Add codes").first.click()
    dialog = page.get_by_role("dialog", name="Add codes to Story of codes")
    dialog.get_by_label("How many").fill("600")
    dialog.get_by_role("button", name="Add codes").click()
    expect(dialog).to_contain_text("600 done, 0 failed")
    page.keyboard.press("Escape")
    file = tmp_path / "codes.csv"
    file.write_text("Code,Season\nSTORY-1,spring\nSTORY-1,spring\nSTORY-2,autumn\n")
    page.get_by_role("button", name="Import").first.click()
    dialog = page.get_by_role("dialog", name="Import codes into Story of codes")
    dialog.get_by_label("File of codes").set_input_files(file)
    expect(dialog.get_by_role("columnheader", name="Season")).to_be_visible()
    dialog.get_by_role("button", name="Import").click()
    expect(dialog).to_contain_text("2 done, 1 failed")
    expect(dialog).to_contain_text("STORY-1")
    dialog.get_by_role("link", name="Show the vouchers").click()
    # those of this import alone, and of these the ones of one kind
    page.wait_for_url("**/vouchers?f=created_at**")
    page.goto(f"{page.url}&f=code:starts_with:STORY")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="STORY-2").wait_for()


def test_a_copy_is_changed_and_the_history_tells_from_what_to_what(page: Page) -> None:
    make(page, "Story of one code", "generic")
    page.get_by_role("link", name="Vouchers", exact=True).last.click()
    expect(page.locator("tbody tr")).to_contain_text("STORY-OF-ONE-CODE")
    page.get_by_role("button", name="Copy").first.click()
    dialog = page.get_by_role("dialog", name="Copy this campaign")
    dialog.get_by_label("Name of the copy").fill("Story of a copy")
    dialog.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Story of a copy")
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_label("Description").fill("Second")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").get_by_text("Saved")).to_be_visible()
    page.get_by_label("Description").fill("Third")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="History", exact=True).click()
    page.reload()
    changes = page.get_by_role("region", name="Changes")
    expect(changes.locator("del").first).to_have_text("Second")
    expect(changes.locator("ins").first).to_have_text("Third")


def test_rules_are_found_by_typing_and_bind_the_campaign(page: Page, plain: Plain) -> None:
    body = {
        "name": "Story of rules",
        "rules": {"1": {"name": "order.amount", "conditions": {"$more_than": [100]}}},
    }
    assert plain.ask("POST", "/v1/validation-rules", json=body).status_code == 200
    make(page, "Story of bound codes")
    page.get_by_role("link", name="Rules", exact=True).click()
    page.get_by_role("combobox", name="Add a set of rules").fill("Story of")
    page.get_by_role("option", name="Story of rules").click()
    page.get_by_role("button", name="Add", exact=True).click()
    sets = page.get_by_role("list", name="Sets of validation rules")
    expect(sets).to_contain_text("Story of rules")
    sets.get_by_role("button", name="Take away").click()
    page.get_by_role("dialog").get_by_role("button", name="Take away").click()
    expect(page.locator("#content")).to_contain_text("No rules")


def test_the_calendar_and_the_overview_on_a_phone(phone_page: Page, page: Page) -> None:
    make(page, "Story of a phone")
    phone_page.goto("/campaigns/calendar")
    line = phone_page.get_by_role("link", name="Story of a phone: no start to no end, Active")
    expect(line).to_be_visible()
    line.click()
    expect(phone_page.get_by_role("heading", level=1)).to_contain_text("Story of a phone")
    width = phone_page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, "the page is wider than the phone"
