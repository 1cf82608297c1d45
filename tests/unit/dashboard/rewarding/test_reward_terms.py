"""What the form of a reward keeps, and what an offer of it says besides its cost."""

from typing import Any

import pytest

from tests.unit.dashboard.kit import Browser, FakeApi, me_with
from tests.unit.dashboard.rewarding.test_rewards import CARD, COIN, MUG, OFFER, api_with


def _coin(rate: float, points: int = 1) -> FakeApi:
    api = api_with()
    coin = {"exchange_ratio": rate, "points_ratio": points}
    api.says("GET", "/v1/rewards/rew_1", COIN | {"parameters": {"coin": coin}})
    return api


@pytest.mark.parametrize(
    ("rate", "points", "shown", "said"),
    [
        (1, 100, "1.00", "100 points pay €1.00"),
        (0.01, 1, "0.01", "1 point pays €0.01"),
        (0.005, 1, "0.005", "10 points pay €0.05"),
        (12.3456, 100, "12.3456", "10,000 points pay €1,234.56"),
        (0.1 / 3, 1, "0.03333333333333333", "1 point pays 0.03333333333333333 EUR"),
    ],
)
def test_a_rate_is_told_and_saved_to_its_last_digit(
    rate: float, points: int, shown: str, said: str
) -> None:
    api = _coin(rate, points)
    assert said in Browser(api).get("/rewards/rew_1").text
    page = Browser(api).get("/rewards/rew_1/edit")
    typed = page.find("input", id="pays")["value"]
    assert typed == shown
    form = {"name": "Pay", "points_ratio": str(points), "pays": typed}
    assert Browser(api).post("/rewards/rew_1/edit", form).status == 303
    sent = api.sent("PUT", "/v1/rewards/rew_1")["parameters"]["coin"]
    assert float(sent["exchange_ratio"]) == rate


@pytest.mark.parametrize("typed", ["", "0", "-1", "few", "NaN", "Infinity", "1" * 31])
def test_what_is_no_rate_is_told_at_its_field(typed: str) -> None:
    api = api_with()
    form = {"type": "COIN", "name": "Pay", "points_ratio": "1", "pays": typed}
    page = Browser(api).post("/rewards/new", form)
    assert page.find_all("a", href="#pays")
    assert not api.asked_for("POST", "/v1/rewards")


@pytest.mark.parametrize(
    ("typed", "sent"), [("40", {}), ("41", {"stock": 41}), ("", {"stock": None})]
)
def test_a_stock_that_was_not_changed_is_not_sent(typed: str, sent: dict[str, Any]) -> None:
    """Else what is redeemed while the form is open comes back into it."""
    api = api_with()
    api.says("GET", "/v1/rewards/rew_3", MUG | {"stock": 40})
    page = Browser(api).get("/rewards/rew_3/edit")
    assert page.find("input", name="stock_before")["value"] == "40"
    api.says("GET", "/v1/rewards/rew_3", MUG | {"stock": 38})
    form = {"name": "Mug", "item": "product:prod_1", "stock": typed, "stock_before": "40"}
    assert Browser(api).post("/rewards/rew_3/edit", form).status == 303
    body = api.sent("PUT", "/v1/rewards/rew_3")
    assert {name: body[name] for name in body if name == "stock"} == sent


def test_points_of_a_card_stay_points_for_who_may_see_no_campaigns() -> None:
    api = FakeApi(me_with("rewards.read", "rewards.write"))
    campaign = {"id": "camp_1", "type": "LOYALTY_PROGRAM", "balance": 5}
    api.says("GET", "/v1/rewards/rew_2", CARD | {"parameters": {"campaign": campaign}})
    api.says("PUT", "/v1/rewards/rew_2", CARD)
    form = {"name": "Card", "campaign": "camp_1", "balance": "5"}
    assert Browser(api).post("/rewards/rew_2/edit", form).status == 303
    sent = api.sent("PUT", "/v1/rewards/rew_2")["parameters"]["campaign"]
    assert sent == {"id": "camp_1", "balance": 5}


def test_an_offer_says_that_it_is_redeemed_by_itself() -> None:
    api = api_with()
    terms = {"loyalty": {"points": 120, "auto_redeem": True}}
    offers = [OFFER | {"parameters": terms}]
    api.says("GET", "/v1/rewards/rew_2/assignments", {"data": offers, "total": 1})
    page = Browser(api).get("/rewards/rew_2")
    assert page.texts("td")[1] == "120 points By itself"
    assert "checked" in page.find("input", id="auto_redeem-rewa_1").attributes


def test_a_reward_is_offered_to_be_redeemed_by_itself() -> None:
    api = api_with()
    form = {"campaign": "camp_9", "points": "5", "auto_redeem": "true"}
    assert Browser(api).post("/rewards/rew_3/offers", form).status == 303
    terms = {"points": 5, "auto_redeem": True}
    sent = api.sent("POST", "/v1/rewards/rew_3/assignments")
    assert sent["parameters"] == {"loyalty": terms}
    path = "/v1/rewards/rew_2/assignments/rewa_1"
    api.says("PUT", path, OFFER)
    Browser(api).post("/rewards/rew_2/offers/rewa_1", {"points": "5", "auto_redeem": "true"})
    assert api.sent("PUT", path) == {"parameters": {"loyalty": terms}}


def test_each_field_of_a_page_has_an_id_of_its_own() -> None:
    page = Browser(api_with()).get("/rewards/rew_2")
    ids = [each["id"] for each in page.find_all() if "id" in each.attributes]
    assert sorted(ids) == sorted({*ids})


def test_a_payment_with_points_is_no_offer_that_redeems_itself() -> None:
    page = Browser(api_with()).get("/rewards/rew_1")
    assert not page.find_all("input", name="auto_redeem")


def test_who_may_not_see_rules_is_not_told_that_an_offer_is_for_everybody() -> None:
    page = Browser(api_with("rewards.read")).get("/rewards/rew_2")
    assert page.texts("td")[2] == "Not known"


def test_offers_beyond_the_first_page_are_not_passed_over_in_silence() -> None:
    api = api_with()
    api.says("GET", "/v1/rewards/rew_2/assignments", {"data": [OFFER], "total": 120})
    assert "The first 1 of 120" in Browser(api).get("/rewards/rew_2").text
    assert "The first" not in Browser(api_with()).get("/rewards/rew_2").text
