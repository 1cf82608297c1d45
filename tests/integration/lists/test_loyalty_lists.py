"""Lists of loyalty programs, their members, and what happened to these, over a real engine."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from schemas.balances import BalanceAdjusted
from schemas.campaigns import (
    Campaign,
    CampaignCreated,
    CampaignDeleted,
    CardTemplate,
    VoucherTemplate,
)
from schemas.loyalty_tiers import (
    LoyaltyTier,
    Standing,
    StandingChanged,
    TierJoined,
    TierLeft,
    TierUpgraded,
)
from schemas.points import PointsExpired
from schemas.publications import Publication, PublicationSucceeded
from schemas.voucher_events import VoucherCreated
from schemas.vouchers import LoyaltyCard, Voucher
from tests.integration.insight_host import Insight, is_, running
from tests.integration.lists.listed import campaign
from tests.unit.services.audit.examples import START, customer_created, decided

CUSTOMER = "cust_1"


def program(number: int) -> Campaign:
    """A loyalty program."""
    template = VoucherTemplate("LOYALTY_CARD", loyalty_card=CardTemplate(100))
    return campaign(number, campaign_type="LOYALTY_PROGRAM", voucher=template)


def card(code: str, number: int = 1, holder: str | None = CUSTOMER, **more: Any) -> Voucher:
    """A card of the program of that number."""
    fields: dict[str, Any] = {"loyalty_card": LoyaltyCard(100, 100)} | more
    return Voucher(
        f"v_{code}", code, "LOYALTY_CARD", START, campaign=f"name {number}",
        campaign_id=f"camp_{number}", holder_id=holder, **fields,
    )  # fmt: skip


def shop(insight: Insight) -> None:
    """Two programs and a campaign of coupons; two members of the first, one of the second."""
    held = card("A")
    publication = Publication(
        "pub_1", START, CUSTOMER, (held.id,), (held.code,), "camp_1", "name 1", "LOYALTY_CARD"
    )
    insight.world.append(
        decided(CampaignCreated(program(1)), CampaignCreated(program(2))),
        decided(CampaignCreated(campaign(3))),
        decided(customer_created()),
        decided(*(VoucherCreated(each) for each in (held, card("B", holder="cust_2")))),
        decided(VoucherCreated(card("C", holder=None)), VoucherCreated(card("D", 2))),
        decided(PublicationSucceeded(publication, (held,))),
    )


def adjusted(number: int) -> BalanceAdjusted:
    """So many points by hand, as the n-th transaction of the card A."""
    after = card("A", loyalty_card=LoyaltyCard(100 + number, 100 + number))
    return BalanceAdjusted(after, number, f"vtx_{number}", source_id="S", reason="R")


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


async def test_programs_are_listed_as_campaigns_and_without_the_others(insight: Insight) -> None:
    shop(insight)
    found = await insight.get("/v1/loyalties?order=created_at&limit=10")
    assert [each["id"] for each in found["campaigns"]] == ["camp_1", "camp_2"]
    assert (found["object"], found["data_ref"], found["total"]) == ("list", "campaigns", 2)
    found = await insight.get(f"/v1/loyalties?{is_('campaign_name', '$is', 'name 2')}")
    assert [each["id"] for each in found["campaigns"]] == ["camp_2"]
    gone = CampaignDeleted(structs.replace(program(2), deleted_at=START))
    insight.world.append(decided(gone))
    assert (await insight.get("/v1/loyalties"))["total"] == 1


async def test_members_are_the_cards_of_a_program_that_somebody_holds(insight: Insight) -> None:
    shop(insight)

    async def members(query: str = "", named: str = "camp_1") -> str:
        found = await insight.get(f"/v1/loyalties/{named}/members?order=code&{query}")
        assert (found["object"], found["data_ref"]) == ("list", "vouchers")
        codes = [each["code"] for each in found["vouchers"]]
        assert found["total"] == len(codes)
        return "".join(codes)

    assert await members() == await members(named="name%201") == "AB"
    assert await members(named="camp_2") == "D"
    assert await members("customer=cust_2") == "B"
    assert await members("code=A") == "A"
    assert await members("ids[0]=v_B&ids[1]=v_D") == "B"
    assert await members(is_("holder_id", "$is", CUSTOMER)) == "A"
    for named in ("camp_3", "none"):
        refused = await insight.get(f"/v1/loyalties/{named}/members", status=404)
        assert refused["key"] == "not_found"


async def test_members_are_found_by_balance_and_tier(insight: Insight) -> None:
    shop(insight)
    low, high = (LoyaltyTier(f"ltr_{each}", each, "camp_1", START) for each in ("low", "high"))

    def stands(code: str, tier: LoyaltyTier | None = None) -> Standing:
        return Standing(f"v_{code}", CUSTOMER, "camp_1", START, None if tier is None else tier.id)

    insight.world.append(
        decided(adjusted(3)),
        decided(TierJoined(stands("A", low), "name 1", low)),
        decided(TierJoined(stands("B", low), "name 1", low)),
        decided(StandingChanged(stands("B", low))),
        decided(TierUpgraded(stands("A", high), "name 1", high, low)),
    )

    async def members(query: str) -> str:
        found = await insight.get(f"/v1/loyalties/camp_1/members?{query}")
        codes = [each["code"] for each in found["vouchers"]]
        assert found["total"] == len(codes)
        return "".join(codes)

    assert await members("order=balance") == "BA"
    assert await members("order=-balance") == "AB"
    assert await members(is_("loyalty_card.balance", "$more_than", "100")) == "A"
    assert await members(is_("loyalty_card.balance", "$is", "100")) == "B"
    assert await members(is_("loyalty_card.points", "$less_than_equal", "102")) == "B"
    assert await members(is_("gift.balance", "$has_value", "")) == ""
    assert await members("loyalty_tier_id=ltr_low") == "B"
    assert await members("loyalty_tier_id=ltr_high") == "A"
    assert await members("loyalty_tier_id=none") == ""
    insight.world.append(decided(TierLeft(stands("A"), "name 1", high)))
    assert await members("loyalty_tier_id=ltr_high") == ""
    refused = await insight.get("/v1/vouchers?order=balance", status=400)
    assert refused["key"] == "invalid_query_params"
    found = await insight.get(f"/v1/vouchers?{is_('loyalty_card.balance', '$is', '103')}")
    assert [each["code"] for each in found["vouchers"]] == ["A"]


async def test_transactions_of_a_member_by_every_path(insight: Insight) -> None:
    shop(insight)
    for number in (1, 2, 3):
        insight.world.append(decided(adjusted(number)))
    listed = await insight.get("/v1/loyalties/members/A/transactions?limit=10&page=1")
    assert listed.keys() == {"object", "data_ref", "data", "has_more"}
    assert [each["id"] for each in listed["data"]] == ["vtx_3", "vtx_2", "vtx_1"]
    first = listed["data"][0]
    assert (first["type"], first["source_id"], first["reason"]) == ("POINTS_ADDITION", "S", "R")
    for path in ("members/v_A", "camp_1/members/A", "camp_1"):
        assert await insight.get(f"/v1/loyalties/{path}/transactions?limit=10") == listed
    going = await insight.get("/v1/loyalties/camp_1/transactions?starting_after_id=vtx_2&order=-id")
    assert [each["id"] for each in going["data"]] == ["vtx_1"]
    for test, found in (("$after", 0), ("$before", 3), ("$more_than", 3), ("$less_than", 0)):
        value = "1" if test.endswith("than") else "2023-11-20"
        asked = is_("created_at", test, value)
        dated = await insight.get(f"/v1/loyalties/members/A/transactions?{asked}")
        assert len(dated["data"]) == found, test
    none = await insight.get("/v1/loyalties/members/D/transactions")
    assert none == listed | {"data": []}
    for path in ("camp_2/members/A", "members/none", "none", "camp_3"):
        refused = await insight.get(f"/v1/loyalties/{path}/transactions", status=404)
        assert refused["key"] == "not_found"


async def test_the_activity_of_a_member_is_what_happened_to_the_card(insight: Insight) -> None:
    shop(insight)
    expired = PointsExpired(card("A"), 5, "vtx_9", ())
    insight.world.append(decided(adjusted(7), command=1), decided(expired, command=2))
    found = await insight.get("/v1/loyalties/members/A/activity")
    for path in ("members/v_A", "camp_1/members/v_A"):
        assert await insight.get(f"/v1/loyalties/{path}/activity") == found
        assert [each["type"] for each in found["data"]] == [
            "customer.voucher.loyalty_card.points_expired",
            "customer.voucher.loyalty_card.points_added",
            "customer.publication.succeeded",
        ]
        assert not found["has_more"]
    added = found["data"][1]["data"]["data"]
    assert added["balance"]["points"] == 7
    assert added["voucher"]["code"] == "A"
    assert added["customer"]["id"] == CUSTOMER
    page = await insight.get("/v1/loyalties/members/A/activity?limit=1")
    assert (page["has_more"], page["more_starting_after"]) == (True, page["data"][0]["id"])
    after = page["more_starting_after"]
    page = await insight.get(f"/v1/loyalties/members/A/activity?starting_after_id={after}")
    assert page["data"] == found["data"][1:]
    page = await insight.get("/v1/loyalties/members/A/activity?order=created_at&limit=1")
    assert page["data"] == found["data"][2:]
    assert (await insight.get("/v1/loyalties/members/C/activity"))["data"] == []
    await insight.get("/v1/loyalties/camp_2/members/A/activity", status=404)


async def test_a_summary_tells_what_became_of_points_in_a_period(insight: Insight) -> None:
    shop(insight)
    for number in (1, 2, 3):
        insight.world.append(decided(adjusted(number)))
    expired = card("A", loyalty_card=LoyaltyCard(106, 99, expired_points=7))
    insight.world.append(decided(PointsExpired(expired, 7, "vtx_9", ())))
    found = await insight.get("/v1/loyalties/camp_1/summary")
    assert found["points"] == {
        "earned": 0, "added": 6, "redeemed": 0, "expired": 7, "removed": 0,
    }  # fmt: skip
    assert found["now"]["members"] == 2
    later = await insight.get("/v1/loyalties/camp_1/summary?from=2190-01-01")
    assert set(later["points"].values()) == {0}
    refused = await insight.get(
        "/v1/loyalties/camp_1/summary?from=2024-01-02&to=2024-01-01", status=400
    )
    assert refused["key"] == "invalid_query_params"
    await insight.get("/v1/loyalties/none/summary", status=404)
