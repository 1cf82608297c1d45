"""Members of loyalty programs: their list, the page of one, and what is done with points."""

from typing import cast

import httpx
import pytest

from tests.unit.dashboard.campaigns import BAD, CampaignsApi
from tests.unit.dashboard.kit import EVERYTHING, Browser
from tests.unit.dashboard.programs import MEMBER, ROOT, card, listed, program_api

PAGE = "/campaigns/camp_1/members/CARD-1"


def test_members_are_listed_with_tier_and_what_expires_next() -> None:
    api = program_api()
    page = Browser(api).get("/campaigns/camp_1/members")
    cells = page.texts("td")
    assert cells[:6] == ["CARD-1", BAD, "Silver", "340", "9", "300 on 31 Dec 2026"]
    assert PAGE in page.links
    (asked,) = api.asked_for("GET", f"{ROOT}/standings")
    assert asked.url.params["ids"] == "v_1"


def test_members_are_filtered_by_balance_and_tier_in_words() -> None:
    api = program_api()
    chosen = "f=loyalty_card.balance:more_than:300&f=loyalty_tier_id:is:ltr_Gold&order=-balance"
    page = Browser(api).get(f"/campaigns/camp_1/members?{chosen}")
    (asked,) = api.asked_for("GET", f"{ROOT}/members")
    assert asked.url.params["filters[loyalty_card.balance][conditions][$more_than]"] == "300"
    assert asked.url.params["loyalty_tier_id"] == "ltr_Gold"
    assert asked.url.params["order"] == "-balance"
    assert "Balance is more than 300" in page.text
    assert "Tier is Gold" in page.text
    form = Browser(api).get("/campaigns/camp_1/members/filter?field=loyalty_tier_id")
    assert form.texts("option")[-3:] == ["Base", "Silver", "Gold"]
    api.says("GET", f"{ROOT}/tiers", listed())
    form = Browser(api).get("/campaigns/camp_1/members/filter")
    assert "Tier" not in form.texts("option")


def test_a_member_is_added_by_customer_or_by_an_id_of_the_shop() -> None:
    api = program_api()
    api.says("POST", f"{ROOT}/members", card())
    form = {"source_id": "ann", "card": "CARD-1"}
    page = Browser(api).post("/campaigns/camp_1/members/add", form, into="x")
    assert page.headers["hx-redirect"] == PAGE
    assert api.sent("POST", f"{ROOT}/members") == {
        "customer": {"source_id": "ann"},
        "voucher": "CARD-1",
    }
    refused = Browser(api).post("/campaigns/camp_1/members/add", {}, into="x")
    assert "Choose a customer first" in refused.text


def test_the_page_of_a_member_tells_all_that_is_on_the_card() -> None:
    page = Browser(program_api()).get(PAGE)
    assert page.texts("dd")[:2] == ["340", "9"]
    assert "160 points are missing to Gold ." in [each.text for each in page.find_all("p")]
    lines = [each.text for each in page.find("ol", class_="tops").find_all("li")]
    assert lines == ["31 Dec 2026 300", "Never 40"]
    cells = page.texts("td")
    assert "Three for ten , order" in cells
    assert "/campaigns/camp_1/earning-rules#ern_1" in page.links
    assert "Added" in cells
    assert "A gift" in cells
    assert "Came to a first tier" in page.text
    assert page.find("select", id="reward").find_all("option")[0].text == "Mug, 120 points"


def _happened(kind: str, at: int = 1, **data: object) -> dict[str, object]:
    when = f"2026-02-15T09:30:{at:02}.000Z"
    return {"type": kind, "data": {"data": data}, "created_at": when}


def test_what_happened_once_is_told_once_with_its_reason() -> None:
    api = program_api()
    points = {"points": 5, "type": "loyalty_card"}
    earned = "customer.rewarded.loyalty_points"
    added = "customer.voucher.loyalty_card.points_added"
    by_hand = {"type": "POINTS_ADDITION", "reason": "A late parcel"}
    reward = {"name": "Mug"}
    api.says(
        "GET",
        f"{MEMBER}/activity",
        listed(
            _happened(added, balance=points, transaction={"type": "POINTS_ACCRUAL"}),
            _happened(earned, balance=points),
            _happened(added, balance=points | {"points": 1}, transaction=by_hand),
            _happened("customer.rewarded", balance=5, voucher={"type": "LOYALTY_CARD"}),
            _happened("customer.rewarded", balance=-5, reward=reward, reward_redemption={}),
            _happened("customer.reward_redemptions.completed", reward=reward),
            _happened("customer.reward_redemptions.created", reward=reward),
        ),
    )
    assert _happenings(api) == [
        "Earned points 5 points",
        "Points were added 1 point, A late parcel",
        "Took a reward Reward Mug",
    ]


class Feed(CampaignsApi):
    """An API that tells of rules that gave nothing to who asks for them alone, as the real one does."""

    refused: tuple[dict[str, object], ...] = ()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.params.get("type") == "customer.earning.refused":
            return httpx.Response(200, json=listed(*self.refused))
        return super().__call__(request)


def _happenings(api: CampaignsApi, *refused: dict[str, object]) -> list[str]:
    """What the timeline says, without the times."""
    api.__class__ = Feed
    cast("Feed", api).refused = refused
    lines = Browser(api).get(PAGE).find("ol", class_="timeline").find_all("li")
    return [each.text.partition(" 15 Feb")[0] for each in lines]


def test_rules_that_gave_nothing_are_asked_for_and_told_with_the_order() -> None:
    event = {"id": "ord_1", "type": "customer.order.paid"}
    rules = [{"id": "ern_1", "reason": "limit_points"}]
    refused = _happened("customer.earning.refused", at=9, event=event, earning_rules=rules)
    first, second = _happenings(program_api(), refused)
    said = "The customer had got as many points by it as its limit says"
    assert first == f"A rule gave nothing {said}, the order"
    assert second.startswith("Came to a first tier")


def test_why_points_were_earned_is_told_by_what_the_rule_is_for() -> None:
    api = program_api()
    moved = {
        "campaign_id": "camp_1",
        "type": "POINTS_ACCRUAL",
        "details": {
            "balance": {"points": 50, "balance": 245},
            "earning_rule": {"id": "ern_2", "source": {"banner": ""}},
            "event": {"type": "customer.loyalty.tier.upgraded"},
        },
    }
    paid = {
        "campaign_id": "camp_1",
        "type": "POINTS_ACCRUAL",
        "details": {
            "balance": {"points": 5, "balance": 250},
            "earning_rule": {"id": "ern_3", "source": {"banner": "Five for all"}},
            "order": {"id": "ord_1", "source_id": "1001"},
        },
    }
    api.says("GET", f"{MEMBER}/transactions", listed(moved, paid))
    page = Browser(api).get(PAGE)
    assert "A member comes to a higher tier" in page.texts("td")
    assert "Five for all , Order 1001" in page.texts("td")
    assert {"/campaigns/camp_1/earning-rules#ern_2", "/orders/ord_1"} <= set(page.links)


def test_a_transfer_is_told_with_the_other_card_alone() -> None:
    api = program_api()
    both = {
        "source_voucher": {"id": "v_1", "code": "CARD-1"},
        "destination_voucher": {"id": "v_2", "code": "CARD-2"},
    }
    out = {"type": "POINTS_TRANSFER_OUT", "voucher_id": "v_1", "details": both}
    came = {"type": "POINTS_TRANSFER_IN", "voucher_id": "v_2", "details": both}
    api.says("GET", f"{MEMBER}/transactions", listed(out, came))
    cells = Browser(api).get(PAGE).texts("td")
    assert "to CARD-2" in cells and "from CARD-1" in cells


def test_who_may_only_read_does_nothing_with_points() -> None:
    reads = tuple(each for each in EVERYTHING if each.endswith(".read"))
    page = Browser(program_api(*reads)).get(PAGE)
    assert not page.find_all("dialog", id="member-points")
    assert not page.find_all("button", commandfor="cancel-lopp_1")


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ({"way": "add", "points": "40", "reason": "A gift"}, {"points": 40, "reason": "A gift"}),
        ({"way": "take", "points": "40"}, {"points": -40}),
        (
            {"way": "add", "points": "1,000", "expire": "CUSTOM_DATE", "expire_on": "2026-12-31"},
            {"points": 1000, "expiration_type": "CUSTOM_DATE", "expiration_date": "2026-12-31"},
        ),
    ],
)
def test_points_are_added_and_taken(form: dict[str, str], body: dict[str, object]) -> None:
    api = program_api()
    api.says("POST", f"{MEMBER}/balance", {"balance": 380})
    page = Browser(api).post(f"{PAGE}/points", form, into="x")
    assert page.headers["hx-redirect"] == PAGE
    assert api.sent("POST", f"{MEMBER}/balance") == body


def test_points_go_from_card_to_card_either_way() -> None:
    api = program_api()
    api.says("POST", f"{ROOT}/members/CARD-2/transfers", card())
    form = {"way": "out", "other": "CARD-2", "amount": "5", "idempotency_key": "k"}
    Browser(api).post(f"{PAGE}/transfer", form, into="x")
    move = {"code": "CARD-1", "points": 5, "source_id": "dashboard k"}
    assert api.sent("POST", f"{ROOT}/members/CARD-2/transfers") == [move]
    api.says("POST", f"{MEMBER}/transfers", card())
    Browser(api).post(f"{PAGE}/transfer", form | {"way": "in", "reason": "Asked for"}, into="x")
    assert api.sent("POST", f"{MEMBER}/transfers") == [
        move | {"code": "CARD-2", "reason": "Asked for"}
    ]


def test_points_go_to_a_member_who_is_found_by_name() -> None:
    api = program_api()
    api.says("GET", f"{ROOT}/members", listed(card(code="CARD-2"), name="vouchers"))
    api.says("POST", f"{ROOT}/members/CARD-2/transfers", card())
    form = {"way": "out", "other_customer": "cust_2", "amount": "5", "idempotency_key": "k"}
    Browser(api).post(f"{PAGE}/transfer", form, into="x")
    assert api.sent("POST", f"{ROOT}/members/CARD-2/transfers")[0]["points"] == 5
    (asked,) = api.asked_for("GET", f"{ROOT}/members")
    assert asked.url.params["filters[holder_id][conditions][$is]"] == "cust_2"


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ((), "That customer is no member of the program"),
        ((card(), card(code="CARD-3")), "That customer holds several cards"),
    ],
)
def test_a_member_who_has_no_card_or_several_is_not_guessed(
    held: tuple[dict[str, object], ...], said: str
) -> None:
    api = program_api()
    api.says("GET", f"{ROOT}/members", listed(*held, name="vouchers"))
    form = {"way": "out", "other_customer": "cust_2", "amount": "5"}
    assert said in Browser(api).post(f"{PAGE}/transfer", form, into="x").text
    nobody = Browser(api).post(f"{PAGE}/transfer", {"amount": "5"}, into="x")
    assert "Choose the other member" in nobody.text


def test_a_reward_is_redeemed() -> None:
    api = program_api()
    api.says("POST", f"{MEMBER}/redemption", {"id": "r_1"})
    Browser(api).post(f"{PAGE}/redeem", {"reward": "rew_1"}, into="x")
    assert api.sent("POST", f"{MEMBER}/redemption") == {"reward": {"id": "rew_1"}}
    refused = Browser(api).post(f"{PAGE}/redeem", {}, into="x")
    assert "Choose a reward first" in refused.text


@pytest.mark.parametrize(
    ("act", "path", "form", "body"),
    [
        ("activate", "activate", {}, b"null"),
        ("adjust", "balance", {"points": "-3"}, b'{"points":-3}'),
        ("cancel", "cancel", {}, b"null"),
    ],
)
def test_pending_points_are_activated_adjusted_and_canceled(
    act: str, path: str, form: dict[str, str], body: bytes
) -> None:
    api = program_api()
    address = f"/v1/loyalties/members/CARD-1/pending-points/lopp_1/{path}"
    api.says("POST", address, {})
    page = Browser(api).post(f"{PAGE}/pending/lopp_1/{act}", form, into="x")
    assert page.headers["hx-redirect"] == PAGE
    (asked,) = api.asked_for("POST", address)
    assert asked.content in (body, b"")
