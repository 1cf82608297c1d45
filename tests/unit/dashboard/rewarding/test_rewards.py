"""Rewards: listed in words, made by what they are, offered by programs, deleted where nobody offers them."""

from typing import Any

import pytest

from tests.unit.dashboard.kit import Browser, FakeApi, me_with

BAD = "<script>Mug</script>"
COIN: dict[str, Any] = {
    "id": "rew_1",
    "name": "Pay with points",
    "type": "COIN",
    "parameters": {"coin": {"exchange_ratio": 0.5, "points_ratio": 100}},
    "stock": None,
    "redeemed": None,
    "metadata": {},
    "created_at": "2026-01-15T09:30:00.000Z",
}
CARD = COIN | {
    "id": "rew_2",
    "name": "Five on a card",
    "type": "CAMPAIGN",
    "parameters": {"campaign": {"id": "camp_1", "type": "GIFT_VOUCHERS", "balance": 500}},
    "redeemed": 3,
    "attributes": {"description": "For any order"},
}
MUG = COIN | {
    "id": "rew_3",
    "name": BAD,
    "type": "MATERIAL",
    "parameters": {"product": {"id": "prod_1", "sku_id": "sku_1"}},
    "stock": 0,
    "redeemed": 7,
}
OFFER: dict[str, Any] = {
    "id": "rewa_1",
    "reward_id": "rew_2",
    "related_object_id": "camp_9",
    "related_object_type": "campaign",
    "parameters": {"loyalty": {"points": 120}},
    "created_at": "2026-01-15T09:30:00.000Z",
}


def api_with(*privileges: str) -> FakeApi:
    api = FakeApi(me_with(*privileges) if privileges else None)
    rows = [COIN, CARD, MUG]
    api.says("GET", "/v1/rewards", {"object": "list", "data": rows, "total": len(rows)})
    for each in rows:
        path = f"/v1/rewards/{each['id']}"
        api.says("GET", path, each)
        api.says("PUT", path, each)
        api.says("DELETE", path, None, 204)
        offers = [OFFER] if each is CARD else []
        api.says("GET", f"{path}/assignments", {"data": offers, "total": len(offers)})
        api.says("POST", f"{path}/assignments", OFFER)
    api.says("POST", "/v1/rewards", COIN)
    named = [{"id": "camp_1", "name": "Gift cards"}, {"id": "camp_9", "name": "Points club"}]
    api.says("GET", "/v1/campaigns", {"campaigns": named, "total": 2})
    skus = {"data": [{"id": "sku_1", "sku": "Large"}]}
    products = [{"id": "prod_1", "name": "Mug", "skus": skus}]
    api.says("GET", "/v1/products", {"products": products, "total": 1})
    bound = [{"related_object_id": "rewa_1", "rule_id": "val_1"}]
    api.says("GET", "/v1/validation-rules-assignments", {"data": bound, "total": 1})
    api.says("GET", "/v1/validation-rules", {"data": [{"id": "val_1", "name": "Gold only"}]})
    return api


def test_rewards_are_told_in_words_with_what_is_left_of_them() -> None:
    page = Browser(api_with()).get("/rewards")
    coin, card, mug = (each.text for each in page.find_all("tr")[1:])
    assert "Pay with points" in coin and "100 points pay €0.50" in coin
    assert "A gift card of Gift cards with €5.00" in card and "For any order" in card
    assert "Mug, Large" in mug and "None left" in mug and "7" in mug
    assert BAD in mug and BAD not in page.text


def test_the_navigation_leads_to_rewards_for_who_may_see_them() -> None:
    assert "/rewards" in Browser(api_with()).get("/rewards").links
    assert "/rewards" not in Browser(api_with("campaigns.read")).get("/campaigns").links


def test_a_reward_says_who_offers_it_at_what_cost_and_to_whom() -> None:
    page = Browser(api_with()).get("/rewards/rew_2")
    (line,) = page.find("table", aria_label="Programs that offer it").find_all("tr")[1:]
    assert "Points club 120 points Gold only" in line.text
    assert {"/campaigns/camp_9", "/validation-rules/val_1", "/campaigns/camp_1"} <= {*page.links}


def test_deleting_says_which_programs_have_to_let_go_of_it_first() -> None:
    offered = Browser(api_with()).get("/rewards/rew_2").find("dialog", id="delete-reward").text
    assert "cannot be deleted while a program offers it: Points club" in offered
    free = Browser(api_with()).get("/rewards/rew_1").find("dialog", id="delete-reward").text
    assert "gone at once" in free


def test_what_the_api_refuses_to_delete_is_told_where_it_was_asked() -> None:
    api = api_with()
    said = "Reward rew_2 is offered by Points club"
    api.refuses("DELETE", "/v1/rewards/rew_2", details=said)
    page = Browser(api).post("/rewards/rew_2/delete", {}, into="details")
    assert said in page.text
    assert Browser(api_with()).post("/rewards/rew_1/delete", {}).status == 303


def test_who_may_only_look_sees_no_way_to_change() -> None:
    page = Browser(api_with("rewards.read")).get("/rewards/rew_2")
    assert not page.find_all("dialog", id="offer-reward")
    assert "/rewards/rew_2/edit" not in page.links


def test_paying_with_points_is_made_of_points_and_an_amount() -> None:
    api = api_with()
    form = {"type": "COIN", "name": "Pay", "points_ratio": "100", "pays": "0,50"}
    assert Browser(api).post("/rewards/new", form).status == 303
    sent = api.sent("POST", "/v1/rewards")
    assert sent["parameters"] == {"coin": {"exchange_ratio": "0.5", "points_ratio": "100"}}
    assert "stock" not in sent


@pytest.mark.parametrize(
    ("campaign_type", "kind", "typed", "balance"),
    [
        ("GIFT_VOUCHERS", "GIFT_VOUCHER", "5", 500),
        ("GIVEAWAY", "GIFT_VOUCHER", "5", 500),
        ("LOYALTY_PROGRAM", "LOYALTY_CARD", "5", 5),
        ("DISCOUNT_COUPONS", "DISCOUNT_VOUCHER", "", None),
        ("GIVEAWAY", "DISCOUNT_VOUCHER", "", None),
    ],
)
def test_a_voucher_of_a_campaign_holds_credit_or_points(
    campaign_type: str, kind: str, typed: str, balance: int | None
) -> None:
    api = api_with()
    row = {"id": "camp_1", "campaign_type": campaign_type, "voucher": {"type": kind}}
    api.says("GET", "/v1/campaigns/camp_1", row)
    form = {"type": "CAMPAIGN", "name": "Card", "campaign": "camp_1", "balance": typed}
    assert Browser(api).post("/rewards/new", form).status == 303
    campaign = api.sent("POST", "/v1/rewards")["parameters"]["campaign"]
    assert campaign == {"id": "camp_1"} | ({} if balance is None else {"balance": balance})


def test_a_code_holds_nothing() -> None:
    api = api_with()
    codes = {"voucher": {"type": "DISCOUNT_VOUCHER"}}
    said = {"id": "camp_1", "campaign_type": "GIVEAWAY"} | codes
    api.says("GET", "/v1/campaigns/camp_1", said)
    form = {"type": "CAMPAIGN", "name": "Code", "campaign": "camp_1", "balance": "5"}
    page = Browser(api).post("/rewards/new", form)
    assert "A discount code holds nothing" in page.text
    assert not api.asked_for("POST", "/v1/rewards")


def test_a_sku_is_given_with_its_product_and_a_stock() -> None:
    api = api_with()
    api.says("GET", "/v1/skus/sku_1", {"id": "sku_1", "product_id": "prod_1"})
    form = {"type": "MATERIAL", "name": "Mug", "item": "sku:sku_1", "stock": "40"}
    assert Browser(api).post("/rewards/new", form).status == 303
    sent = api.sent("POST", "/v1/rewards")
    assert sent["parameters"] == {"product": {"id": "prod_1", "sku_id": "sku_1"}}
    assert sent["stock"] == 40


def test_what_is_missing_is_told_at_its_field() -> None:
    for kind, field in (("COIN", "pays"), ("CAMPAIGN", "campaign-find"), ("MATERIAL", "item-find")):
        api = api_with()
        page = Browser(api).post("/rewards/new", {"type": kind, "stock": "some"})
        assert page.find_all("a", href=f"#{field}") and page.find_all("a", href="#name")
        assert not api.asked_for("POST", "/v1/rewards")


def test_a_reward_keeps_what_it_is_through_the_form() -> None:
    page = Browser(api_with()).get("/rewards/rew_3/edit")
    assert page.find("input", name="item")["value"] == "sku:sku_1"
    assert page.find("input", name="stock")["value"] == "0"
    card = Browser(api_with()).get("/rewards/rew_2/edit")
    assert card.find("input", name="balance")["value"] == "5.00"


def test_a_program_offers_it_for_points_to_whom_rules_let() -> None:
    api = api_with()
    form = {"campaign": "camp_9", "points": "1 200", "rule": ["val_1"]}
    assert Browser(api).post("/rewards/rew_3/offers", form).status == 303
    assert api.sent("POST", "/v1/rewards/rew_3/assignments") == {
        "campaign": "camp_9",
        "parameters": {"loyalty": {"points": 1200}},
        "validation_rules": ["val_1"],
    }


def test_an_offer_without_a_program_or_a_cost_is_not_sent() -> None:
    for form in ({"points": "5"}, {"campaign": "camp_9", "points": "few"}):
        api = api_with()
        assert Browser(api).post("/rewards/rew_3/offers", form).status == 400
        assert not api.asked_for("POST", "/v1/rewards/rew_3/assignments")


def test_an_offer_costs_something_else_and_is_taken_out() -> None:
    api = api_with()
    path = "/v1/rewards/rew_2/assignments/rewa_1"
    api.says("PUT", path, OFFER)
    api.says("DELETE", path, None, 204)
    Browser(api).post("/rewards/rew_2/offers/rewa_1", {"points": "90"})
    terms = {"points": 90, "auto_redeem": False}
    assert api.sent("PUT", path) == {"parameters": {"loyalty": terms}}
    assert Browser(api).post("/rewards/rew_2/offers/rewa_1/delete", {}).status == 303
    assert api.asked_for("DELETE", path)


@pytest.mark.parametrize(
    ("path", "name", "label"),
    [
        ("/rewards/new?type=MATERIAL", "item", "Product or SKU"),
        ("/rewards/new?type=CAMPAIGN", "campaign", "Campaign"),
        ("/rewards/rew_2", "campaign", "Program"),
        ("/rewards/rew_2", "rule", "Only where these rules hold"),
    ],
)
def test_a_combobox_is_called_what_its_label_says(path: str, name: str, label: str) -> None:
    """And not by what it finds, which two of a form may have in common."""
    page = Browser(api_with()).get(path)
    found = page.find("input", id=f"{name}-find")
    assert (found["role"], "aria-label" in found.attributes) == ("combobox", False)
    assert page.find("label", **{"for": f"{name}-find"}).text == label
    hint = found.attributes.get("aria-describedby")
    assert hint is None or page.find(id=hint).text
