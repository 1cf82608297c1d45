"""Rewards, referral programs and giveaways: made, offered, counted, drawn and checked."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.watched import check_axe_in_both_themes
from tests.e2e.plain import Plain
from tests.e2e.system import eventually

CARD = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}


def make(plain: Plain, path: str, body: Any) -> Any:
    """What the API made of it."""
    answer = plain.ask("POST", path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def make_club(plain: Plain, name: str) -> Any:
    """A loyalty program without anything."""
    return make(plain, "/v1/loyalties", {"name": name, "type": "AUTO_UPDATE", "voucher": CARD})


def choose(page: Page, name: str, found: str) -> None:
    """Picks one that the combobox of that name finds."""
    page.get_by_role("combobox", name=name, exact=True).locator("visible=true").fill(found)
    page.get_by_role("option", name=found).first.click()


def test_a_reward_is_made_offered_and_deleted_once_nobody_offers_it(
    plain: Plain, page: Page
) -> None:
    make_club(plain, "Club of rewards")
    make(plain, "/v1/products", {"source_id": "cup", "name": "Cup of the story", "price": 900})
    page.goto("/rewards/new?type=MATERIAL")
    page.get_by_label("Name", exact=True).fill("A cup for points")
    choose(page, "Product or SKU", "Cup of the story")
    page.get_by_label("Stock").fill("3")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Create the reward").click()
    expect(page.locator("#details")).to_contain_text("Cup of the story")
    page.get_by_role("button", name="Offer in a program").click()
    choose(page, "Program", "Club of rewards")
    page.get_by_label("Costs so many points").fill("120")
    page.get_by_role("button", name="Offer it").click()
    expect(page.locator("#details")).to_contain_text("120 points")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete A cup for points?")
    expect(dialog).to_contain_text("while a program offers it: Club of rewards")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts .bad")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Take it out of Club of rewards").click()
    page.get_by_role("button", name="Take out", exact=True).click()
    expect(page.locator("#details")).to_contain_text("No program offers it yet")
    page.get_by_role("button", name="Delete").click()
    page.locator("#delete-reward").get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text("Deleted")


def test_a_referral_program_is_made_in_words_and_counts_who_was_brought(
    plain: Plain, page: Page
) -> None:
    make_club(plain, "Club of friends")
    page.goto("/campaigns/new")
    page.get_by_role("link", name="Referral program").click()
    page.get_by_label("Name", exact=True).fill("Friends of the story")
    page.get_by_label("Percent", exact=True).fill("10")
    page.get_by_label("Who brought the friend gets").select_option("LOYALTY_CARD")
    page.get_by_label("How many points").fill("100")
    choose(page, "On the referrer's card of", "Club of friends")
    page.get_by_label("Percent", exact=True).press("Tab")
    expect(page.locator("#told")).to_contain_text("100 points of Club of friends")
    check_axe_in_both_themes(page)
    page.get_by_role("button", name="Make the campaign").click()
    expect(page.locator("h1")).to_contain_text("Friends of the story")
    program = page.url.rpartition("/")[2]
    given = {"campaign": {"id": program}, "customer": {"source_id": "ann", "name": "Ann Bringer"}}
    code = make(plain, "/v1/publications", given)["voucher"]["code"]
    redeemed = {"redeemables": [{"object": "voucher", "id": code}], "order": {"amount": 1000}}
    make(
        plain,
        "/v1/redemptions",
        redeemed | {"customer": {"source_id": "bob", "name": "Bob Brought"}},
    )
    counted = {"type": "customer.referred", "campaign": program}
    eventually(lambda: plain.get("/v1/audit/events", **counted)["total"] == 1)
    page.reload()
    expect(page.locator(".kpi", has_text="Conversions")).to_contain_text("1")
    page.get_by_role("link", name="Referrals", exact=True).click()
    line = page.get_by_role("table", name="Who referred whom").locator("tbody tr")
    expect(line).to_contain_text("Bob Brought")
    expect(line).to_contain_text("100 points")
    check_axe_in_both_themes(page)
    line.get_by_role("link", name="Bob Brought").click()
    came = page.get_by_role("table", name="By whom the customer came")
    expect(came).to_contain_text("Ann Bringer")
    came.get_by_role("link", name="Show").click()
    expect(page.locator("#content")).to_contain_text("Came by Ann Bringer")


def test_a_giveaway_is_drawn_once_it_closed_and_shows_its_proof(plain: Plain, page: Page) -> None:
    club = make_club(plain, "Club of draws")
    closes = (datetime.now(UTC) + timedelta(seconds=15)).isoformat().replace("+00:00", "Z")
    prize = {"type": "LOYALTY_CARD", "amount": 500, "related_object_parent": {"id": club["id"]}}
    terms = {"closes_at": closes, "winners": 1, "alternates": 1, "prize": prize}
    body = {"name": "Draw of the story", "campaign_type": "GIVEAWAY", "type": "AUTO_UPDATE"}
    made = make(plain, "/v1/campaigns", body | {"giveaway": terms})
    for number in range(3):
        who = {"customer": {"source_id": f"lot-{number}", "name": f"Lot {number}"}}
        make(plain, f"/v1/giveaways/{made['id']}/entries", who)
    page.goto(f"/campaigns/{made['id']}/draw")
    expect(page.get_by_role("region", name="Commitment")).to_contain_text(
        made["giveaway"]["commitment"]
    )
    eventually(lambda: datetime.now(UTC) > datetime.fromisoformat(closes))
    page.reload()
    page.get_by_role("button", name="Draw the winners").click()
    dialog = page.get_by_role("dialog", name="Draw the winners of Draw of the story?")
    expect(dialog).to_contain_text("Of 3 entries 2 are drawn")
    check_axe_in_both_themes(page)
    dialog.get_by_role("button", name="Draw", exact=True).click()
    winners = page.get_by_role("table", name="Winners").locator("tbody tr")
    expect(winners.nth(0)).to_contain_text("500 points")
    expect(winners.nth(1)).to_contain_text("Stands by")
    winners.nth(0).get_by_role("button", name="Refuse").click()
    page.get_by_label("Reason").locator("visible=true").fill("does not answer")
    page.get_by_role("button", name="Refuse", exact=True).locator("visible=true").last.click()
    expect(winners.nth(1)).to_contain_text("Winner")
    expect(winners.nth(0)).to_contain_text("does not answer")
    page.get_by_text("Check it yourself").click()
    expect(page.get_by_label("The script")).to_contain_text(made["id"])
    check_axe_in_both_themes(page)
