"""A loyalty program by hand: made, given rules, tiers and a reward, and a member who earned, climbed and took it."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.watched import check_axe_in_both_themes
from tests.e2e.plain import Plain
from tests.e2e.system import eventually


def make(page: Page, name: str) -> str:
    """Makes a program whose points expire, by the form; its address."""
    page.goto("/campaigns/new?template=loyalty")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Points of a new card").fill("10")
    page.get_by_label("Points expire").select_option(label="All on one day of the year")
    page.get_by_label("Day", exact=True).fill("31")
    page.get_by_label("Day", exact=True).blur()
    said = page.locator("#expiring-said")
    expect(said).to_have_text("Points expire every year at the end of 31 December.")
    expect(page.locator("#told")).to_contain_text("31 December")
    page.get_by_role("button", name="Make the campaign").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return page.url


def add_rule(page: Page, address: str) -> None:
    """Ten points for every ten of a paid order."""
    page.goto(f"{address}/earning-rules/new")
    page.get_by_label("Points", exact=True).fill("10")
    page.get_by_label("For every").fill("10")
    page.get_by_label("Shown to customers").fill("Ten for ten")
    page.get_by_label("Shown to customers").blur()
    said = page.get_by_role("status", name="The rule in words")
    expect(said).to_contain_text("10 points for every $10.00 of a paid order.")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Make the rule").click()
    page.wait_for_url("**/earning-rules")
    expect(page.get_by_role("list", name="Earning rules")).to_contain_text("Ten for ten")


def add_tier(page: Page, address: str, name: str, low: str, high: str) -> None:
    """A tier of a range."""
    page.goto(f"{address}/loyalty-tiers/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("From points").fill(low)
    page.get_by_label("To points").fill(high)
    page.get_by_role("button", name="Make the tier").click()
    page.wait_for_url("**/loyalty-tiers")


def test_a_member_earns_climbs_a_tier_and_takes_a_reward(page: Page, plain: Plain) -> None:
    product = ask(plain, "/v1/products", {"name": "Prize mug", "price": 900})
    mug = {"name": "Prize mug", "type": "MATERIAL", "stock": 2}
    ask(plain, "/v1/rewards", mug | {"parameters": {"product": {"id": product["id"]}}})
    ask(plain, "/v1/customers", {"source_id": "story-member", "name": "Story Member"})
    address = make(page, "Story of a club")
    add_rule(page, address)
    add_tier(page, address, "Leaf", "0", "99")
    add_tier(page, address, "Tree", "100", "")
    ladder = page.get_by_role("list", name="Tiers, the highest first").get_by_role("listitem")
    expect(ladder.first).to_contain_text("Tree")
    check_axe_in_both_themes(page)
    page.goto(f"{address}/rewards")
    page.get_by_role("button", name="Offer a reward").click()
    offered = page.get_by_role("dialog", name="Offer a reward in Story of a club")
    offered.get_by_role("combobox", name="Reward").fill("Prize mug")
    offered.get_by_role("option", name="Prize mug").click()
    offered.get_by_label("Points").fill("60")
    offered.get_by_role("button", name="Offer it").click()
    expect(page.locator("tbody")).to_contain_text("60 points")
    page.goto(f"{address}/members")
    page.get_by_role("button", name="Add a member").click()
    added = page.get_by_role("dialog", name="Add a member to Story of a club")
    added.get_by_label("Or a new customer by your own id").fill("story-member")
    added.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url("**/members/*")
    expect(page.locator("main")).to_contain_text("In Leaf")
    order = {"source_id": "story-club", "amount": 20_000, "status": "PAID"}
    ask(plain, "/v1/orders", order | {"customer": {"source_id": "story-member"}})
    eventually(lambda: "In Tree" in reloaded(page))
    expect(page.locator("main")).to_contain_text("210")
    expect(page.locator("main")).to_contain_text("Ten for ten")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Redeem a reward").click()
    redeemed = page.get_by_role("dialog", name="Redeem a reward?")
    expect(redeemed.get_by_label("Reward", exact=True)).to_contain_text("Prize mug, 60 points")
    redeemed.get_by_role("button", name="Redeem").click()
    expect(page.get_by_role("status").get_by_text("Redeemed")).to_be_visible()
    eventually(lambda: "150" in reloaded(page) and "Reward Prize mug" in reloaded(page))
    page.get_by_role("button", name="Add or take points").click()
    changed = page.get_by_role("dialog", name="Add or take points?")
    changed.get_by_label("What", exact=True).select_option(label="Take from it")
    changed.get_by_label("Points", exact=True).fill("60")
    changed.get_by_label("Reason").fill("By mistake")
    changed.get_by_role("button", name="Change the balance").click()
    expect(page.get_by_role("status").get_by_text("Taken off")).to_be_visible()
    eventually(lambda: "In Leaf" in reloaded(page) and "By mistake" in reloaded(page))
    page.get_by_role("link", name="Members of Story of a club").click()
    expect(page.locator("tbody tr")).to_contain_text("Story Member")
    expect(page.locator("tbody tr")).to_contain_text("Leaf")


def test_a_border_of_tiers_moves_on_both_sides_and_an_order_says_why_it_gave_nothing(
    page: Page, plain: Plain
) -> None:
    address = make(page, "Story of borders")
    add_rule(page, address)
    add_tier(page, address, "Leaf", "0", "99")
    add_tier(page, address, "Tree", "100", "")
    page.get_by_role("link", name="Edit Tree").click()
    page.get_by_label("From points").fill("150")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/loyalty-tiers")
    ladder = page.get_by_role("list", name="Tiers, the highest first").get_by_role("listitem")
    expect(ladder.first).to_contain_text("From 150 points on")
    expect(ladder.last).to_contain_text("0 to 149 points")
    who = {"customer": {"source_id": "story-border"}}
    ask(plain, f"/v1/loyalties/{address.rpartition('/')[2]}/members", who)
    order = {"source_id": "story-small", "amount": 500, "status": "PAID"}
    made = ask(plain, "/v1/orders", order | who)
    page.goto(f"/orders/{made['id']}")
    eventually(lambda: "Gave nothing: it comes to no points" in reloaded(page))
    check_axe_in_both_themes(page)
    rule = page.get_by_role("table", name="Points of the order").get_by_role(
        "link", name="10 points"
    )
    rule.click()
    expect(page.get_by_role("list", name="Earning rules")).to_contain_text("Ten for ten")


def ask(plain: Plain, path: str, body: dict[str, Any]) -> Any:
    """What the API made of it."""
    answer = plain.ask("POST", path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def reloaded(page: Page) -> str:
    """What the page says now."""
    page.reload()
    return page.locator("main").inner_text()
