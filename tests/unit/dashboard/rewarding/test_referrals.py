"""Referral programs: made of a code and two rewards, counted, their holders, tiers and trees."""

from typing import Any

from tests.unit.dashboard.campaigns import CampaignsApi, api_with, campaign
from tests.unit.dashboard.forms import fields_of
from tests.unit.dashboard.kit import Browser

POINTS = {
    "type": "LOYALTY_CARD",
    "amount": 100,
    "related_object_parent": {"id": "camp_9", "name": "Points club", "object": "CAMPAIGN"},
}
PROGRAM = campaign(
    "Friends",
    id="camp_5",
    campaign_type="REFERRAL_PROGRAM",
    referral_program={"conversion_event_type": "redemption", "referrer_reward": POINTS},
)
PATH = "/v1/referrals/camp_5"
GIVEN = {"prize": POINTS | {"campaign_id": "camp_9"}, "taken_back": False, "missing": 0}
REFERRAL = {
    "referrer_id": "cust_1",
    "customer_id": "cust_2",
    "code": "FRIEND-1",
    "status": "CONVERTED",
    "referee_reward": None,
    "referrer_reward": GIVEN,
}
TIER: dict[str, Any] = {
    "id": "rft_1",
    "banner": "From five on",
    "parameters": {"conversions": 5, "reward": POINTS | {"amount": 200}},
}


def program_api(*privileges: str) -> CampaignsApi:
    api = api_with(PROGRAM, privileges=privileges)
    codes = [{"id": "v_1", "code": "FRIEND-1", "holder_id": "cust_1"}]
    api.says("GET", "/v1/vouchers", {"vouchers": codes, "total": 4})
    event = {"id": "ev_1", "created_at": "2026-01-15T09:30:00Z", "data": {"referral": REFERRAL}}
    api.says("GET", "/v1/audit/events", {"data": [event], "total": 12})
    people = [{"id": "cust_1", "name": "Ann"}, {"id": "cust_2", "name": "Ben"}]
    api.says("GET", "/v1/customers", {"customers": people, "total": 2})
    below = [REFERRAL | {"date": "2026-01-15T09:30:00Z", "referees": [], "has_more": False}]
    tree = {"object": "referral_tree", "customer_id": "cust_1", "referrer_id": None}
    api.says("GET", f"{PATH}/tree", tree | {"referees": below, "has_more": False})
    api.says("GET", f"{PATH}/tiers", {"data": [TIER], "total": 1})
    api.says("GET", f"{PATH}/tiers/rft_1", TIER)
    holders = [
        {"id": "hold_1", "customer_id": "cust_1", "holder_role": "REFERRER"},
        {"id": "hold_2", "customer_id": "cust_2", "holder_role": "REFEREE", "status": "REFERRED"},
        {"id": "hold_3", "customer_id": "cust_3", "holder_role": "REFEREE", "status": "CONVERTED"},
    ]
    api.says("GET", f"{PATH}/members/FRIEND-1/holders", {"data": holders, "total": 3})
    return api


def wizard_form(**typed: str) -> dict[str, Any]:
    """What the form sends as it begins, and what was typed."""
    page = Browser(program_api()).get("/campaigns/referrals/new")
    return {**fields_of(page), "value": "10", "name": "Bring a friend", **typed}


def test_a_program_is_made_of_a_code_and_the_rewards_of_both() -> None:
    api = program_api()
    api.says("POST", "/v1/campaigns", PROGRAM)
    form = wizard_form(
        referee_type="GIFT_VOUCHER",
        referee_amount="5",
        referee_campaign="camp_8",
        referrer_type="LOYALTY_CARD",
        referrer_amount="100",
        referrer_campaign="camp_9",
    )
    assert Browser(api).post("/campaigns/referrals/new", form).headers["location"] == (
        "/campaigns/camp_5"
    )
    sent = api.sent("POST", "/v1/campaigns")
    assert sent["campaign_type"] == "REFERRAL_PROGRAM"
    assert sent["voucher"]["is_referral_code"] is True
    assert sent["voucher"]["discount"] == {"type": "PERCENT", "percent_off": 10}
    assert sent["join_once"] is True
    assert sent["referral_program"] == {
        "conversion_event_type": "redemption",
        "referee_reward": {
            "type": "GIFT_VOUCHER",
            "amount": 500,
            "related_object_parent": {"id": "camp_8"},
        },
        "referrer_reward": {
            "type": "LOYALTY_CARD",
            "amount": 100,
            "related_object_parent": {"id": "camp_9"},
        },
    }


def test_the_words_beside_the_form_say_what_each_side_gets() -> None:
    api = program_api()
    api.says("GET", "/v1/campaigns/camp_9", {"id": "camp_9", "name": "Points club"})
    form = wizard_form(
        conversion="custom_event",
        event="first_visit",
        referrer_type="LOYALTY_CARD",
        referrer_amount="100",
        referrer_campaign="camp_9",
    )
    told = Browser(api).post("/campaigns/referrals/new/told", form, into="told").text
    assert "10% off" in told
    assert "first_visit" in told
    assert "100 points of Points club" in told


def test_what_a_conversion_and_a_reward_need_is_told_at_the_field() -> None:
    api = program_api()
    form = wizard_form(conversion="segment", referrer_type="LOYALTY_CARD")
    page = Browser(api).post("/campaigns/referrals/new", form)
    for field in ("segment-find", "referrer_campaign-find", "referrer_amount"):
        assert page.find_all("a", href=f"#{field}"), field
    assert not api.asked_for("POST", "/v1/campaigns")


def test_a_refusal_of_the_api_is_told_at_the_field_that_it_is_about() -> None:
    api = program_api()
    said = "Property `.referral_program.segment` must be of the type auto-update"
    api.refuses("POST", "/v1/campaigns", details=said)
    form = wizard_form(conversion="segment", segment="seg_1")
    page = Browser(api).post("/campaigns/referrals/new", form)
    assert page.find("a", href="#segment-find").text == "It must be of the type auto-update"


def test_the_overview_counts_and_says_how_it_works() -> None:
    page = Browser(program_api()).get("/campaigns/camp_5")
    numbers = page.texts("div", class_="kpi")
    assert "Referrers, who hold a code 4" in numbers
    assert "Conversions 12" in numbers
    works = page.find("section", aria_label="How it works").text
    assert "Who brought the friend gets 100 points of Points club" in works


def test_numbers_of_the_log_are_not_told_to_who_may_not_read_it() -> None:
    api = program_api("campaigns.read", "vouchers.read")
    page = Browser(api).get("/campaigns/camp_5")
    assert "for who may read the audit log" in page.text
    assert not api.asked_for("GET", "/v1/audit/events")


def test_who_referred_whom_is_told_by_name_with_what_both_got() -> None:
    page = Browser(program_api()).get("/campaigns/camp_5/referrals")
    (line,) = page.find("table", aria_label="Who referred whom").find_all("tr")[1:]
    assert "Ann" in line.text and "Ben" in line.text and "100 points" in line.text
    assert "/campaigns/camp_5/referrals/FRIEND-1" in page.links


def test_the_tree_of_a_customer_shows_whom_it_brought() -> None:
    api = program_api()
    page = Browser(api).get("/campaigns/camp_5/referrals?customer=cust_1")
    tree = page.find("section", aria_label="Whom the customer brought").text
    assert "Whom Ann brought" in tree and "Ben" in tree and "Counts" in tree
    (asked,) = api.asked_for("GET", f"{PATH}/tree")
    assert asked.url.params["customer"] == "cust_1"


def test_a_large_tree_is_told_by_name_to_its_end() -> None:
    api = program_api()
    below = [
        REFERRAL | {"customer_id": f"cust_{at}", "referees": [], "has_more": False}
        for at in range(250)
    ]
    tree = {"object": "referral_tree", "customer_id": "cust_1", "referrer_id": None}
    api.says("GET", f"{PATH}/tree", tree | {"referees": below, "has_more": False})
    Browser(api).get("/campaigns/camp_5/referrals?customer=cust_1")
    asked = [each.url.params.get_list("ids") for each in api.asked_for("GET", "/v1/customers")]
    assert [len(each) for each in asked] == [100, 100, 50]
    assert {f"cust_{at}" for at in range(250)} == {name for each in asked for name in each}


def test_what_a_code_gives_is_changed_in_the_settings_of_its_program() -> None:
    api = program_api()
    api.says("PUT", "/v1/campaigns/camp_5", PROGRAM)
    page = Browser(api).get("/campaigns/camp_5/settings")
    assert page.find("input", id="value")["value"] == "5.00"
    Browser(api).post("/campaigns/camp_5/settings", fields_of(page) | {"value": ["7.50"]})
    assert api.sent("PUT", "/v1/campaigns/camp_5") == {
        "discount": {"type": "AMOUNT", "amount_off": 750}
    }


def test_who_counts_already_is_a_friend_that_nobody_is_offered_to_remove() -> None:
    api = program_api()
    page = Browser(api).get("/campaigns/camp_5/referrals/FRIEND-1")
    referrer, friend, counted = (
        each.text
        for each in page.find("table", aria_label="Holders of FRIEND-1").find_all("tr")[1:]
    )
    assert "Referrer" in referrer and "Remove" not in referrer
    assert "Friend" in friend and "Remove" in friend
    assert "Counts" in counted and "Remove" not in counted
    path = f"{PATH}/members/FRIEND-1/holders"
    api.says("DELETE", f"{path}/hold_2", None, 204)
    api.says("POST", path, {"holders": []})
    Browser(api).post("/campaigns/camp_5/referrals/FRIEND-1/remove/hold_2", {})
    assert api.asked_for("DELETE", f"{path}/hold_2")
    Browser(api).post("/campaigns/camp_5/referrals/FRIEND-1/add", {"customer": "cust_3"})
    assert api.sent("POST", path) == {"holders": [{"id": "cust_3"}]}


def test_holders_go_on_page_after_page() -> None:
    api = program_api()
    path = f"{PATH}/members/FRIEND-1/holders"
    holders = [{"id": "hold_2", "customer_id": "cust_2", "holder_role": "REFEREE"}]
    more = {"data": holders, "total": 400, "has_more": True, "more_starting_after": "hold_2"}
    api.says("GET", path, more)
    here = "/campaigns/camp_5/referrals/FRIEND-1"
    assert f"{here}?after=hold_2" in Browser(api).get(here).links
    api.asked.clear()
    Browser(api).get(f"{here}?after=hold_2")
    (asked,) = api.asked_for("GET", path)
    assert asked.url.params["starting_after_id"] == "hold_2"


def test_whose_the_code_is_comes_first_then_friends_as_they_came() -> None:
    api = program_api()
    holders = [
        {"id": f"hold_{day}", "customer_id": f"cust_{day}", "holder_role": role}
        | {"created_at": f"2026-01-0{day}T00:00:00Z"}
        for day, role in ((9, "REFEREE"), (8, "REFERRER"), (3, "REFEREE"))
    ]
    api.says("GET", f"{PATH}/members/FRIEND-1/holders", {"data": holders, "total": 3})
    text = Browser(api).get("/campaigns/camp_5/referrals/FRIEND-1").find("table").text
    assert text.index("8 Jan") < text.index("3 Jan") < text.index("9 Jan")


def test_a_friend_that_the_api_refuses_is_told_at_the_field() -> None:
    api = program_api()
    api.refuses("POST", f"{PATH}/members/FRIEND-1/holders", details="The customer is the referrer")
    page = Browser(api).post("/campaigns/camp_5/referrals/FRIEND-1/add", {"customer": "cust_1"})
    assert page.find("a", href="#customer-find").text == "The customer is the referrer"


def test_tiers_are_a_ladder_and_change_in_a_form() -> None:
    api = program_api()
    assert "From 5 friends on: 200 points of Points club" in (
        Browser(api).get("/campaigns/camp_5/referral-tiers").find("ol", class_="ladder").text
    )
    form = fields_of(Browser(api).get("/campaigns/camp_5/referral-tiers/rft_1/edit"))
    api.says("PUT", f"{PATH}/tiers/rft_1", TIER)
    changed = {**form, "conversions": "6"}
    assert Browser(api).post("/campaigns/camp_5/referral-tiers/rft_1/edit", changed).status == 303
    sent = api.sent("PUT", f"{PATH}/tiers/rft_1")
    assert sent["conversions"] == 6
    assert sent["reward"]["related_object_parent"] == {"id": "camp_9"}


def test_a_copy_takes_rewards_and_tiers_along_and_no_codes() -> None:
    api = program_api()
    api.says("POST", "/v1/campaigns", PROGRAM | {"id": "camp_6"})
    api.says("POST", "/v1/referrals/camp_6/tiers", TIER)
    form = {"copy_name": "Again", "idempotency_key": "k"}
    assert Browser(api).post("/campaigns/camp_5/copy", form).status == 303
    sent = api.sent("POST", "/v1/campaigns")
    assert sent["voucher"]["is_referral_code"] is True
    assert sent["referral_program"]["referrer_reward"] == POINTS
    assert sent["vouchers_count"] == 0
    tier = api.sent("POST", "/v1/referrals/camp_6/tiers")
    assert tier == {**TIER["parameters"], "banner": "From five on"}


def test_copying_does_not_promise_codes_that_are_not_made() -> None:
    said = Browser(program_api()).get("/campaigns/camp_5").find(id="copy-campaign").text
    assert "new codes" not in said
    assert "rewards by number are made again, without codes" in said


def test_no_two_fields_of_the_rewards_are_called_the_same() -> None:
    for kind in ("LOYALTY_CARD", "GIFT_VOUCHER", "CAMPAIGN"):
        form = wizard_form(referee_type=kind, referrer_type=kind)
        page = Browser(program_api()).post("/campaigns/referrals/new/form", form)
        labels = page.texts("label")
        assert sorted(labels) == sorted({*labels})
        assert [each for each in labels if "the referrer" in each.lower()]


def test_a_new_tier_needs_a_number_and_a_reward() -> None:
    api = program_api()
    page = Browser(api).post("/campaigns/camp_5/referral-tiers/new", {"prize_type": ""})
    assert {each["href"] for each in page.find("div", id="errors").find_all("a")} == {
        "#conversions",
        "#prize_type",
    }


def test_the_rewards_of_a_program_change_and_stay_as_they_are_in_the_form() -> None:
    api = program_api()
    form = fields_of(Browser(api).get("/campaigns/camp_5/referral-terms"))
    api.says("PUT", "/v1/campaigns/camp_5", PROGRAM)
    assert Browser(api).post("/campaigns/camp_5/referral-terms", form).status == 303
    program = api.sent("PUT", "/v1/campaigns/camp_5")["referral_program"]
    assert program["conversion_event_type"] == "redemption"
    assert program["referrer_reward"]["amount"] == 100
    assert "referee_reward" not in program


def test_a_customer_tells_cards_and_by_whom_it_came() -> None:
    api = program_api()
    row = {
        "id": "cust_2",
        "name": "Ben",
        "loyalty": {
            "points": 50,
            "referred_customers": 2,
            "campaigns": {"camp_5": {"points": 50, "loyalty_tier": "Silver"}},
        },
        "referrals": {
            "total": 1,
            "campaigns": [{"campaign_id": "camp_5", "referrer_id": "cust_1"}],
        },
    }
    api.says("GET", "/v1/customers/cust_2", row)
    page = Browser(api).get("/customers/cust_2")
    cards = page.find("table", aria_label="Loyalty cards").text
    assert "Friends" in cards and "Silver" in cards and "50" in cards
    came = page.find("table", aria_label="By whom the customer came")
    assert "Ann" in came.text
    assert "Brought 2 customers" in page.text
    assert "/campaigns/camp_5/referrals?customer=cust_2" in page.links
