"""Promotions told by the official client: tiers, stacks, what they are used for, and their lists."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import voucherify as sdk

from tests.e2e.plain import ORIGIN, Plain
from tests.e2e.shop import Shop, new_code, refused, told
from tests.e2e.system import eventually

OFF = {"discount": {"type": "AMOUNT", "amount_off": 100}}
TENTH = {"discount": {"type": "PERCENT", "percent_off": 10}}


@pytest.fixture
def api(shop: Shop) -> Any:
    """The client's endpoints of promotions."""
    return shop.promotions


def promotion(shop: Shop, *tiers: dict[str, Any], **more: Any) -> Any:
    """A new promotion."""
    body = {
        "name": new_code(),
        "campaign_type": "PROMOTION",
        "promotion": {"tiers": [{"action": OFF} | each for each in tiers]},
    } | more
    return told(shop.campaigns.create_campaign, sdk.CampaignsCreateRequestBody.from_dict(body))


def add(api: Any, campaign: str, **terms: Any) -> Any:
    """A new tier."""
    body = sdk.PromotionsTiersCreateRequestBody.from_dict({"action": OFF} | terms)
    return told(api.add_promotion_tier_to_campaign, campaign, body)


def change(api: Any, tier: str, **changes: Any) -> Any:
    """The tier after an update."""
    body = sdk.PromotionsTiersUpdateRequestBody.from_dict(changes)
    return told(api.update_promotion_tier, tier, body)


def stack(api: Any, campaign: str, *tiers: str, **more: Any) -> Any:
    """A new stack of these tiers."""
    body = {"name": new_code(), "tiers": {"ids": list(tiers)}} | more
    asked = sdk.PromotionsStacksCreateRequestBody.from_dict(body)
    return told(api.create_promotion_stack, campaign, asked)


def as_tier(tier: str) -> dict[str, Any]:
    """A tier as something to redeem."""
    return {"object": "promotion_tier", "id": tier}


def names(api: Any, campaign: str) -> list[str]:
    """The names of a promotion's tiers, by hierarchy."""
    return [each.name for each in told(api.list_promotion_tiers_from_campaign, campaign).tiers]


def test_a_promotion_and_its_tiers(shop: Shop, api: Any) -> None:
    made = promotion(shop, {"name": "A"}, {"name": "B", "banner": "Hurry"})
    assert (made.campaign_type, made.vouchers_count) == ("PROMOTION", None)
    assert (made.promotion.total, made.promotion.has_more) == (2, False)
    first = made.promotion.tiers[0]
    added = add(api, made.name, name="C", hierarchy=1, metadata={"k": "v"})
    assert added.id.startswith("promo_") and len(added.id) == len("promo_") + 24
    assert names(api, made.id) == ["C", "A", "B"]
    assert change(api, added.id, hierarchy=3, name="Z").hierarchy == 3
    assert names(api, made.id) == ["A", "B", "Z"]
    assert told(api.disable_promotion_tier, first.id).active is False
    assert shop.not_redeemed(as_tier(first.id)).key == "promotion_inactive"
    assert told(api.enable_promotion_tier, first.id).active is True
    assert told(api.get_promotion_tier, first.id).name == "A"
    assert told(api.delete_promotion_tier, added.id) is None
    assert refused(api.get_promotion_tier, added.id).status == 404
    shown = told(shop.campaigns.get_campaign, made.name).promotion
    assert [each.id for each in shown.tiers] == [each.id for each in made.promotion.tiers]


def test_a_stack_is_validated_redeemed_and_taken_back(shop: Shop, api: Any) -> None:
    made = promotion(shop, {"name": "A"}, {"name": "B", "action": TENTH})
    first, second = (each.id for each in made.promotion.tiers)
    both = stack(api, made.id, second, first)
    asked = {"object": "promotion_stack", "id": both.id}
    valid = shop.validate(asked, options={"expand": ["redeemable"]})
    assert [each.actual_instance.name for each in _inner(valid.redeemables)] == ["B", "A"]
    done = shop.redeem(asked, customer={"source_id": new_code()})
    assert done.order.total_discount_amount == valid.order.total_discount_amount == 1100
    assert [each.promotion_tier.name for each in done.redemptions] == ["B", "A"]
    tier = told(api.get_promotion_tier, second)
    assert tier.summary.redemptions.total_redeemed == 1
    assert tier.summary.orders.to_dict() == {"total_amount": 10_000, "total_discount_amount": 1000}
    parent = done.parent_redemption.id
    told(shop.redemptions.rollback_stacked_redemptions, parent)
    assert told(api.get_promotion_tier, second).summary.redemptions.total_redeemed == 0
    in_browser = shop.redeem_in_browser(asked)
    assert in_browser.order.total_discount_amount == 1100


def _inner(rows: Any) -> Any:
    """The rows of a validation, whether the client wraps them or not."""
    return [each if hasattr(each, "actual_instance") else _Wrapped(each) for each in rows]


class _Wrapped:
    def __init__(self, row: Any) -> None:
        self.actual_instance = row


def test_redemptions_of_a_tier_are_listed_and_counted(shop: Shop, api: Any, plain: Plain) -> None:
    made = promotion(shop, {"name": "A"})
    tier = made.promotion.tiers[0].id
    done = shop.redeem(as_tier(tier)).redemptions[0]
    told(api.disable_promotion_tier, tier)
    assert shop.not_redeemed(as_tier(tier)).key == "promotion_inactive"
    for filters in ({"related_object_id": tier}, {"campaign_name": made.name}):
        listed = shop.listed(**filters)
        assert [each.result for each in listed.redemptions] == ["FAILURE", "SUCCESS"]
        assert {each.related_object_type for each in listed.redemptions} == {"promotion_tier"}
    assert shop.redemption(done.id).promotion_tier.name == "A"
    summary = plain.ask("GET", f"/v1/campaigns/{made.id}/summary").json()
    assert (summary["redemptions_succeeded"], summary["discounted_amount"]) == (1, 100)
    assert summary["redemptions_failed"] == 1


def test_the_lists_of_tiers(shop: Shop, api: Any, plain: Plain) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    now = promotion(shop, {"name": "Now"}, {"name": "Off", "active": False})
    later = promotion(shop, {"name": "Later"}, start_date=tomorrow)
    gone = promotion(shop, {"name": "Gone"})
    told(shop.campaigns.delete_campaign, gone.id)
    ids = {each.id for made in (now, later, gone) for each in made.promotion.tiers}

    def listed(**asked: Any) -> list[str]:
        found = told(api.list_promotion_tiers, limit=100, **asked)
        assert found.total >= len(found.tiers)
        return [each.name for each in found.tiers if each.id in ids]

    assert sorted(listed()) == ["Later", "Now", "Off"]
    assert listed(order="-created_at")[0] == "Later"
    assert listed(is_available=True) == ["Now"]
    assert sorted(listed(is_available=False)) == ["Later", "Now", "Off"]
    first = told(api.list_promotion_tiers, limit=1, page=1)
    assert first.has_more and len(first.tiers) == 1 and first.tiers[0].campaign.id
    browser = told(shop.browser.list_promotion_tiers_client_side, ORIGIN, True, 100)
    assert [each.name for each in browser.tiers if each.id in ids] == ["Now"]
    assert all(each.summary is None for each in browser.tiers)
    query = f"/v1/promotions/tiers?filters[name][conditions][$is]=Off&filters[campaign_id][conditions][$is]={now.id}"
    assert [each["name"] for each in plain.ask("GET", query).json()["tiers"]] == ["Off"]
    campaigns = plain.ask(
        "GET", f"/v1/campaigns?filters[campaign_ids][conditions][$in][0]={now.id}"
    )
    [shown] = campaigns.json()["campaigns"]
    assert [each["name"] for each in shown["promotion"]["tiers"]] == ["Now", "Off"]


def test_the_lists_of_stacks(shop: Shop, api: Any) -> None:
    made = promotion(shop, {"name": "A"}, {"name": "B"})
    first, second = (each.id for each in made.promotion.tiers)
    one, two = stack(api, made.id, first), stack(api, made.id, first, second, name="0" + new_code())
    ids = [one.id, two.id]
    listed = told(api.list_promotion_stacks_in_campaign, made.id)
    assert (listed.total, [each.id for each in listed.data]) == (2, ids[::-1])
    for order, wanted in (("created_at", ids), ("-created_at", ids[::-1]), ("name", ids[::-1])):
        found = told(api.list_all_promotion_stacks, limit=100, order=order)
        assert [each.id for each in found.data if each.id in ids] == wanted
    body = sdk.PromotionsStacksUpdateRequestBody.from_dict({"name": "New"})
    assert told(api.update_promotion_stack, made.id, one.id, body).name == "New"
    assert told(api.get_promotion_stack, made.id, one.id).tiers.ids == [first]
    assert told(api.delete_promotion_stack, made.id, one.id) is None
    assert refused(api.get_promotion_stack, made.id, one.id).status == 404
    left = told(api.list_all_promotion_stacks, limit=100).data
    assert [each.id for each in left if each.id in ids] == [two.id]


def test_a_deleted_promotion_is_gone_with_its_tiers(shop: Shop, api: Any) -> None:
    made = promotion(shop, {"name": "A"}, {"name": "B"})
    tier = made.promotion.tiers[0].id
    started = told(shop.campaigns.delete_campaign, made.id, True)
    assert refused(api.get_promotion_tier, tier).status == 404
    assert shop.not_redeemed(as_tier(tier)).key == "not_found"
    assert shop.done(started).status == "DONE"

    def unlisted() -> Any:
        listed = told(api.list_promotion_tiers, limit=100).tiers
        return tier not in {each.id for each in listed}

    assert eventually(unlisted)


def test_the_older_endpoints(shop: Shop, plain: Plain) -> None:
    made = promotion(shop, {"name": "A"})
    tier = made.promotion.tiers[0].id
    order = {"order": {"amount": 1000}}
    query = f"?filters[promotion_id][conditions][$is]={made.id}"
    found = plain.ask("POST", f"/v1/promotions/validation{query}", json=order).json()
    assert [(each["id"], each["discount_amount"]) for each in found["promotions"]] == [(tier, 100)]
    path = f"/v1/promotions/tiers/{tier}"
    assert plain.ask("POST", f"{path}/validation", json=order).json()["valid"] is True
    done = plain.ask("POST", f"{path}/redemption", json=order).json()
    assert (done["result"], done["order"]["total_amount"]) == ("SUCCESS", 900)
