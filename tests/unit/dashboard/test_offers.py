"""What a program offers for points: for whom, at what cost, by itself or not; and all of it in a copy."""

from typing import Any

from tests.unit.dashboard.kit import EVERYTHING, Browser
from tests.unit.dashboard.programs import MEMBER, ROOT, listed, program, program_api

REWARDS = "/campaigns/camp_1/rewards"
BOUND = {"related_object_id": "rewa_1", "rule_id": "val_1"}
COIN: dict[str, Any] = {
    "id": "rew_5",
    "name": "Pay",
    "type": "COIN",
    "parameters": {"coin": {"exchange_ratio": 0.005, "points_ratio": 1}},
}


def test_rewards_are_offered_priced_and_taken_out() -> None:
    api = program_api()
    api.says("GET", "/v1/validation-rules-assignments", listed())
    page = Browser(api).get(REWARDS)
    cells = page.texts("td")
    assert cells[:5] == ["Mug", "A product", "120 points", "3, 1 taken", "Every member"]
    api.says("POST", f"{ROOT}/rewards", {"id": "rewa_2"})
    form = {"reward": "rew_2", "points": "80"}
    Browser(api).post(f"{REWARDS}/offer", form, into="x")
    assert api.sent("POST", f"{ROOT}/rewards") == [
        {"reward": "rew_2", "parameters": {"loyalty": {"points": 80}}}
    ]
    refused = Browser(api).post(f"{REWARDS}/offer", {"reward": "rew_2", "points": "x"}, into="x")
    assert "whole number" in refused.text


def test_a_reward_may_be_offered_to_be_redeemed_by_itself() -> None:
    api = program_api()
    api.says("POST", f"{ROOT}/rewards", {"id": "rewa_2"})
    form = {"reward": "rew_2", "points": "80", "auto_redeem": "true"}
    Browser(api).post(f"{REWARDS}/offer", form, into="x")
    assert api.sent("POST", f"{ROOT}/rewards") == [
        {"reward": "rew_2", "parameters": {"loyalty": {"points": 80, "auto_redeem": True}}}
    ]
    without = Browser(api).post(
        f"{REWARDS}/offer", {"reward": "rew_5", "auto_redeem": "true"}, into="x"
    )
    assert "Say how many points it costs" in without.text


def test_an_offer_says_that_it_is_redeemed_by_itself_and_can_be_switched() -> None:
    api = program_api()
    terms = {"loyalty": {"points": 120, "auto_redeem": True}}
    api.says(
        "GET",
        f"{ROOT}/rewards",
        listed({"id": "rewa_1", "reward_id": "rew_1", "parameters": terms}),
    )
    page = Browser(api).get(REWARDS)
    assert page.texts("td")[2] == "120 points By itself"
    assert "checked" in page.find("input", id="auto_redeem-rewa_1").attributes
    assert page.find("label", for_="points-rewa_1").text == "Points"
    assert page.find("input", id="points-rewa_1")["value"] == "120"
    api.says("PUT", f"{ROOT}/rewards/rewa_1", {"id": "rewa_1"})
    Browser(api).post(f"{REWARDS}/rewa_1/cost", {"points": "90"}, into="x")
    assert api.sent("PUT", f"{ROOT}/rewards/rewa_1") == {
        "parameters": {"loyalty": {"points": 90, "auto_redeem": False}}
    }


def test_an_offer_says_by_which_rules_it_is_bound() -> None:
    api = program_api()
    api.says("GET", "/v1/validation-rules-assignments", listed(BOUND))
    api.says("GET", "/v1/validation-rules", listed({"id": "val_1", "name": "Gold only"}))
    page = Browser(api).get(REWARDS)
    assert page.texts("td")[4] == "Gold only"
    assert "/validation-rules/val_1" in page.links


def test_of_whom_an_offer_is_for_nothing_is_said_to_who_may_not_see_rules() -> None:
    page = Browser(program_api("campaigns.read", "rewards.read")).get(REWARDS)
    assert page.texts("td")[4] == "Not known"


def test_rewards_are_asked_for_by_their_ids_however_many_there_are() -> None:
    api = program_api()
    for path in (REWARDS, "/campaigns/camp_1/loyalty-tiers"):
        api.asked.clear()
        Browser(api).get(path)
        (asked,) = api.asked_for("GET", "/v1/rewards")
        assert asked.url.params["filters[id][conditions][$in][0]"] == "rew_1"


def test_points_that_pay_less_than_a_cent_each_are_told_as_they_are() -> None:
    api = program_api()
    api.says("GET", f"{ROOT}/rewards", listed({"id": "rewa_5", "reward_id": "rew_5"}))
    api.says("GET", "/v1/rewards", listed(COIN))
    assert Browser(api).get(REWARDS).texts("td")[2] == "10 points pay €0.05"


def test_a_member_is_offered_no_reward_where_points_only_pay_orders() -> None:
    api = program_api()
    had = {"reward": COIN, "assignment": {"id": "rewa_5", "reward_id": "rew_5"}}
    api.says("GET", "/v1/loyalties/members/CARD-1/rewards", listed(had))
    page = Browser(api).get("/campaigns/camp_1/members/CARD-1")
    assert api.asked_for("GET", MEMBER)
    assert not page.find_all("dialog", id="member-redeem")
    assert "Redeem a reward" not in page.texts("button")


def test_a_program_is_copied_by_the_api_with_all_that_it_is_made_of() -> None:
    api = program_api(*EVERYTHING)
    api.says("POST", f"{ROOT}/copy", program(id="camp_2", name="Copy"))
    form = {"copy_name": "Copy", "idempotency_key": "k"}
    page = Browser(api).post("/campaigns/camp_1/copy", form, into="x")
    assert page.headers["hx-redirect"] == "/campaigns/camp_2"
    assert api.sent("POST", f"{ROOT}/copy") == {"name": "Copy"}
    (asked,) = api.asked_for("POST", f"{ROOT}/copy")
    assert asked.headers["Idempotency-Key"] == "k"
    assert not api.asked_for("POST", "/v1/campaigns")


def test_a_copy_that_is_refused_is_told_and_nothing_is_made() -> None:
    api = program_api()
    api.refuses("POST", f"{ROOT}/copy", 409, details="Duplicated campaign exists with id Copy")
    page = Browser(api).post("/campaigns/camp_1/copy", {"copy_name": "Copy"}, into="x")
    assert "Duplicated campaign exists" in page.text
