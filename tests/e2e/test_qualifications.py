"""Qualifications told by the official client: what suits, page by page, and for whom."""

from typing import Any

import pytest
import voucherify as sdk

from tests.e2e.plain import ORIGIN
from tests.e2e.shop import Shop, new_code, told

TENTH = {"discount": {"type": "PERCENT", "percent_off": 10}}


@pytest.fixture
def api(shop: Shop) -> Any:
    """The client's endpoint of qualifications."""
    return sdk.QualificationsApi(shop.vouchers.api_client)


def rows(api: Any, **body: Any) -> Any:
    """A page of what suits."""
    asked = sdk.QualificationsCheckEligibilityRequestBody.from_dict(body)
    return told(api.check_eligibility, qualifications_check_eligibility_request_body=asked)


def promotion(shop: Shop, count: int) -> Any:
    """A new promotion with so many tiers."""
    tiers = [{"name": f"T{n}", "action": TENTH} for n in range(count)]
    body = {"name": new_code(), "campaign_type": "PROMOTION", "promotion": {"tiers": tiers}}
    return told(shop.campaigns.create_campaign, sdk.CampaignsCreateRequestBody.from_dict(body))


def of_campaign(campaign_id: str) -> dict[str, Any]:
    """The filter for one campaign."""
    return {"junction": "and", "campaign_id": {"conditions": {"$in": [campaign_id]}}}


def test_tiers_that_were_made_at_once_are_paged_through_once_each(shop: Shop, api: Any) -> None:
    made = promotion(shop, 7)
    options: dict[str, Any] = {"limit": 3, "filters": of_campaign(made.id)}
    found: list[str] = []
    while True:
        page = rows(api, scenario="ALL", order={"amount": 10000}, options=options).redeemables
        found += [each.id for each in page.data]
        assert all(each.order.total_amount == 9000 for each in page.data)
        if not page.has_more:
            break
        options["starting_after"] = page.more_starting_after.isoformat()
    assert sorted(found) == sorted(each.id for each in made.promotion.tiers)
    assert len(found) == 7


def test_rules_decide_for_whom_and_for_what(shop: Shop, api: Any) -> None:
    made = promotion(shop, 1)
    tier_id = made.promotion.tiers[0].id
    gold = {
        "name": "customer.metadata",
        "property": "level",
        "conditions": {"$is": ["gold"]},
    }
    much = {"name": "order.amount", "conditions": {"$more_than": [5000]}}
    body = {"name": new_code(), "rules": {"1": gold, "2": much, "logic": "1 and 2"}}
    rules = sdk.ValidationRulesApi(shop.vouchers.api_client)
    rule = told(
        rules.create_validation_rules,
        validation_rules_create_request_body=sdk.ValidationRulesCreateRequestBody.from_dict(body),
    )
    bound = {"related_object_id": tier_id, "related_object_type": "promotion_tier"}
    told(
        rules.create_validation_rule_assignment,
        rule.id,
        validation_rules_assignments_create_request_body=(
            sdk.ValidationRulesAssignmentsCreateRequestBody.from_dict(bound)
        ),
    )

    def suits(level: str, amount: int, scenario: str = "ALL") -> bool:
        found = rows(
            api,
            scenario=scenario,
            customer={"source_id": new_code(), "metadata": {"level": level}},
            order={"amount": amount},
            options={"filters": of_campaign(made.id)},
        )
        return [each.id for each in found.redeemables.data] == [tier_id]

    assert suits("gold", 6000)
    assert not suits("gold", 4000)
    assert not suits("silver", 6000)
    assert suits("gold", 4000, "AUDIENCE_ONLY")
    assert not suits("silver", 6000, "AUDIENCE_ONLY")


def test_a_browser_sees_a_campaign_and_the_wallet(shop: Shop, api: Any) -> None:
    body = {
        "name": new_code(),
        "campaign_type": "DISCOUNT_COUPONS",
        "type": "AUTO_UPDATE",
        "voucher": {"type": "DISCOUNT_VOUCHER"} | TENTH,
    }
    made = told(shop.campaigns.create_campaign, sdk.CampaignsCreateRequestBody.from_dict(body))
    who = {"source_id": new_code()}
    given = {"campaign": {"name": made.name}, "customer": who}
    publish = sdk.PublicationsCreateRequestBody.from_dict(given)
    published = told(shop.publications.create_publication, publications_create_request_body=publish)
    code = published.voucher.code
    wanted = {
        "customer": who,
        "options": {"filters": of_campaign(made.id), "expand": ["redeemable"]},
    }
    asked = sdk.ClientQualificationsCheckEligibilityRequestBody.from_dict(wanted)
    found = told(
        shop.browser.check_eligibility_client_side,
        client_qualifications_check_eligibility_request_body=asked,
        _headers={"Origin": ORIGIN},
    )
    kinds = {(each.object, each.id) for each in found.redeemables.data}
    assert kinds == {("voucher", code), ("campaign", made.id)}
    assert {each.campaign_name for each in found.redeemables.data} == {made.name}
    [row] = rows(api, scenario="CUSTOMER_WALLET", customer=who).redeemables.data
    assert row.id == code
    said = {name for name, value in row.order.to_dict().items() if value is not None}
    assert said == {"object"}
