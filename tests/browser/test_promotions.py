"""Tiers, combined promotions and categories: put in order by keys, combined, tried, taken apart."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.watched import check_axe_in_both_themes
from tests.e2e.plain import Plain


def make_promotion(plain: Plain, name: str, *tiers: str) -> Any:
    """A promotion with tiers of so many per cent."""
    made = [
        {"name": each, "action": {"discount": {"type": "PERCENT", "percent_off": 10}}}
        for each in tiers
    ]
    body = {"name": name, "campaign_type": "PROMOTION", "promotion": {"tiers": made}}
    answer = plain.ask("POST", "/v1/campaigns", json=body)
    assert answer.status_code == 200
    return answer.json()


def test_tiers_are_put_in_order_by_keys_and_switched_off(plain: Plain, page: Page) -> None:
    made = make_promotion(plain, "Ordered", "First tier", "Second tier")
    page.goto(f"/promotion-tiers?f=campaign_ids:is:{made['id']}")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    page.goto(f"/promotion-tiers/order/{made['id']}")
    page.get_by_role("button", name="Drag Second tier").press("Alt+ArrowUp")
    expect(page.locator(".sortable .name").first).to_contain_text("Second tier")
    page.get_by_role("button", name="Save the order").click()
    expect(page.locator("#toasts")).to_contain_text("The order is saved")
    page.goto(f"/promotion-tiers/{made['promotion']['tiers'][1]['id']}")
    expect(page.locator("#details")).to_contain_text("1 in its promotion")
    page.get_by_role("button", name="Move down").click()
    expect(page.locator("#details")).to_contain_text("2 in its promotion")
    page.get_by_role("button", name="Disable").click()
    page.locator("#tier-disable").get_by_role("button", name="Disable").click()
    expect(page.locator("#details .badge").first).to_have_text("Disabled")


def test_tiers_are_combined_tried_on_a_cart_and_taken_apart(plain: Plain, page: Page) -> None:
    made = make_promotion(plain, "Combined", "Ten", "Ten more")
    page.goto(f"/promotion-stacks/new?campaign={made['id']}")
    page.get_by_label("Name", exact=True).fill("Both of them")
    for _ in range(2):
        page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#stack-tiers li")).to_have_count(2)
    page.get_by_role("button", name="Drag Ten more").press("Alt+ArrowUp")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Combine them").click()
    drawer = page.get_by_role("dialog", name="Combined promotion")
    expect(drawer).to_contain_text("Both of them")
    drawer.get_by_role("button", name="Try it").click()
    expect(page.locator("#tried")).to_contain_text("$81.00")
    check_axe_in_both_themes(page)
    drawer.get_by_role("button", name="Delete").click()
    page.locator("#stack-delete").get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text("Deleted")


def test_categories_are_made_moved_by_keys_renamed_and_deleted(page: Page) -> None:
    page.goto("/categories")
    for name in ("Goods of the story", "Basket of the story"):
        page.get_by_role("button", name="Create a category").click()
        page.get_by_label("Name", exact=True).locator("visible=true").fill(name)
        page.get_by_role("button", name="Create", exact=True).click()
        expect(page.locator(".sortable")).to_contain_text(name)
    page.get_by_role("button", name="Drag Basket of the story").press("Alt+ArrowUp")
    page.get_by_role("button", name="Save the order").click()
    expect(page.locator("#toasts")).to_contain_text("The order is saved")
    names = page.locator(".sortable > li .strong").all_text_contents()
    assert names.index("Basket of the story") < names.index("Goods of the story")
    page.get_by_role("button", name="Rename Goods of the story").click()
    page.get_by_label("Name", exact=True).locator("visible=true").fill("Wares of the story")
    page.get_by_role("button", name="Rename", exact=True).locator("visible=true").click()
    expect(page.locator(".sortable")).to_contain_text("Wares of the story")
    for name in ("Wares of the story", "Basket of the story"):
        page.get_by_role("button", name=f"Delete {name}").click()
        page.get_by_role("button", name="Delete", exact=True).locator("visible=true").click()
        expect(page.locator("#toasts")).to_contain_text("Deleted")
