"""What a shop sells and to whom: made, found, changed and undone through the pages."""

import re

from playwright.sync_api import Page, expect

from tests.browser.watched import check_axe_in_both_themes
from tests.e2e.plain import Plain


def test_a_customer_is_created_found_changed_and_forgotten(page: Page) -> None:
    page.goto("/customers/new")
    page.get_by_label("Name", exact=True).fill("Ada Green")
    page.get_by_label("Source id").fill("story-ada")
    page.get_by_label("Metadata").fill("interest = books")
    page.get_by_role("button", name="Create the customer").click()
    expect(page.get_by_role("heading", name="Ada Green")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("City").fill("Berlin")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#details")).to_contain_text("Berlin")
    page.goto("/customers?f=source_id:is:story-ada")
    page.get_by_role("link", name="Ada Green", exact=True).click()
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("story-ada")
    expect(drawer).to_contain_text("Activity")
    drawer.get_by_role("button", name="Forget for good").click()
    dialog = page.locator("#forget")
    expect(dialog.get_by_role("button", name="Forget for good")).to_be_disabled()
    typed = dialog.get_by_label(re.compile("Type cust_"))
    typed.fill((typed.get_attribute("aria-label") or "").removeprefix("Type "))
    dialog.get_by_role("button", name="Forget for good").click()
    expect(drawer).to_contain_text("The customer is forgotten.")


def test_a_collection_follows_a_filter_that_was_tried_before(plain: Plain, page: Page) -> None:
    body = {"source_id": "story-mug", "name": "Story mug", "price": 1250}
    assert plain.ask("POST", "/v1/products", json=body).status_code == 200
    page.goto("/collections/new?type=AUTO_UPDATE")
    page.locator("#name").fill("Story things")
    page.get_by_role("button", name="Add a condition").click()
    for choice, said in (("#c0-field", "Name"), ("#c0-op", "starts with")):
        with page.expect_response("**/collections/conditions"):
            page.locator(choice).select_option(label=said)
        expect(page.locator(".htmx-request")).to_have_count(0)
    page.locator("#c0-value").fill("Story")
    page.locator("#c0-value").press("Tab")
    expect(page.locator("#tried")).to_contain_text("1 in all")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Create the collection").click()
    expect(page.locator("#details")).to_contain_text("Name starts with Story")
    expect(page.locator("#details")).to_contain_text("Story mug")


def test_a_location_is_drawn_by_a_click_and_tried(page: Page) -> None:
    page.goto("/locations/new")
    page.locator("#name").fill("Story town")
    expect(page.locator(".geo .zoom")).to_be_visible()
    page.locator(".geo").click(position={"x": 300, "y": 200})
    expect(page.locator("#lat")).not_to_have_value("")
    page.locator("#lat").fill("52.52")
    page.locator("#lng").fill("13.4")
    page.locator("#radius").fill("15")
    page.locator("#try_lat").fill("52.5")
    page.locator("#try_lng").fill("13.3")
    page.get_by_role("button", name="Is it inside?").click()
    expect(page.locator("#tried")).to_contain_text("It is inside")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Create the location").click()
    expect(page.locator("#details")).to_contain_text("15 km around the centre")
    expect(page.locator("#details .geo path.shape")).to_be_visible()
