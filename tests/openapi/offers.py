"""What a shop offers: rules, vouchers, campaigns, promotions, publications."""

from typing import Final

from tests.openapi.steps import Step

_RULES = {"1": {"name": "order.amount", "conditions": {"$more_than_or_equal": [1000]}}}
_BUDGET = {
    "2": {"name": "campaign.redemptions.count", "conditions": {"$less_than_or_equal": [100]}}
}
_PERCENT = {"type": "PERCENT", "percent_off": 10}
_OFF = {"type": "AMOUNT", "amount_off": 500}
RULES: Final = (
    Step("POST", "/v1/validation-rules", {"name": "From 10 euros", "rules": _RULES}, keep={"rule": "id"}),
    Step("GET", "/v1/validation-rules"),
    Step("GET", "/v1/validation-rules/fields"),
    Step("POST", "/v1/validation-rules/try", {"rules": _RULES, "cart": {"order": {"amount": 900}}}),
    Step("POST", "/v1/campaigns/try", {"campaign": {"name": "Autumn", "voucher": {"type": "DISCOUNT_VOUCHER", "discount": _OFF}}, "cart": {"order": {"amount": 3000}}}),
    Step("GET", "/v1/validation-rules/{rule}"),
    Step("PUT", "/v1/validation-rules/{rule}", {"name": "From 10 euros, 100 times", "rules": _RULES | _BUDGET}),
)  # fmt: skip
VOUCHERS: Final = (
    Step("POST", "/v1/vouchers/WELCOME", {"type": "DISCOUNT_VOUCHER", "discount": _PERCENT, "metadata": {"season": "spring"}}, keep={"qr": "assets.qr.url", "voucher": "id"}),
    Step("POST", "/v1/vouchers", {"code": "CARD-1", "type": "GIFT_VOUCHER", "gift": {"amount": 10000}}),
    Step("GET", "/v1/vouchers/WELCOME"),
    Step("POST", "/v1/stacking-rules/try", {"stacking_rules": {"redeemables_application_mode": "PARTIAL"}, "redeemables": [{"object": "voucher", "id": "WELCOME"}], "cart": {"order": {"amount": 3000}}}),
    Step("PUT", "/v1/vouchers/WELCOME", {"category": "Season", "redemption": {"quantity": 100}}),
    Step("POST", "/v1/vouchers/WELCOME/disable"),
    Step("POST", "/v1/vouchers/WELCOME/enable"),
    Step("POST", "/v1/vouchers/CARD-1/balance", {"amount": 2500, "reason": "an apology"}),
    Step("GET", "/v1/vouchers", query={"filters[voucher_type][conditions][$is][0]": "DISCOUNT_VOUCHER", "limit": "10"}),
    Step("GET", "/v1/vouchers/CARD-1/transactions"),
    Step("GET", "{qr}", by=""),
)  # fmt: skip
CAMPAIGNS: Final = (
    Step("POST", "/v1/campaigns", {"name": "Spring", "campaign_type": "DISCOUNT_COUPONS", "type": "STATIC", "vouchers_count": 3, "voucher": {"type": "DISCOUNT_VOUCHER", "discount": _OFF}, "metadata": {"season": "spring"}}, keep={"campaign": "id"}),
    Step("GET", "/v1/campaigns/{campaign}", until={"creation_status": "DONE"}),
    Step("PUT", "/v1/campaigns/Spring", {"description": "For the first teas"}),
    Step("POST", "/v1/campaigns/{campaign}/disable"),
    Step("POST", "/v1/campaigns/{campaign}/enable"),
    Step("POST", "/v1/campaigns/{campaign}/vouchers", query={"vouchers_count": "1"}),
    Step("POST", "/v1/campaigns/{campaign}/vouchers/SPRING-1", {"metadata": {"batch": "1"}}),
    Step("POST", "/v1/campaigns/{campaign}/import", [{"code": "SPRING-2"}], keep={"import": "async_action_id"}),
    Step("GET", "/v1/async-actions/{import}", until={"status": "DONE"}),
    Step("POST", "/v1/campaigns/{campaign}/importCSV", file="Code\nSPRING-3\n", keep={"import": "async_action_id"}),
    Step("GET", "/v1/async-actions/{import}", until={"status": "DONE"}, shown=False),
    Step("GET", "/v1/campaigns", query={"limit": "10"}),
    Step("POST", "/v1/validation-rules/{rule}/assignments", {"related_object_id": "{campaign}", "related_object_type": "campaign"}, keep={"assignment": "id"}),
    Step("GET", "/v1/validation-rules/{rule}/assignments"),
    Step("GET", "/v1/validation-rules-assignments"),
)  # fmt: skip
PROMOTIONS: Final = (
    Step("POST", "/v1/campaigns", {"name": "Tea time", "campaign_type": "PROMOTION", "type": "STATIC"}, keep={"promotion": "id"}, shown=False),
    Step("POST", "/v1/promotions/{promotion}/tiers", {"name": "Five off", "banner": "5.00 off", "action": {"discount": _OFF}}, keep={"tier": "id"}),
    Step("POST", "/v1/promotions/{promotion}/tiers", {"name": "Ten per cent", "action": {"discount": _PERCENT}}, keep={"other_tier": "id"}, shown=False),
    Step("GET", "/v1/promotions/{promotion}/tiers"),
    Step("PUT", "/v1/promotions/{promotion}/tiers/order", {"ids": ["{other_tier}", "{tier}"]}),
    Step("GET", "/v1/promotions/tiers"),
    Step("GET", "/client/v1/promotions/tiers", by="client"),
    Step("GET", "/v1/promotions/tiers/{tier}"),
    Step("PUT", "/v1/promotions/tiers/{tier}", {"banner": "5.00 off everything"}),
    Step("POST", "/v1/promotions/tiers/{tier}/disable"),
    Step("POST", "/v1/promotions/tiers/{tier}/enable"),
    Step("POST", "/v1/promotions/{promotion}/stacks", {"name": "Both", "tiers": {"ids": ["{tier}", "{other_tier}"]}}, keep={"stack": "id"}),
    Step("GET", "/v1/promotions/{promotion}/stacks"),
    Step("GET", "/v1/promotions/stacks"),
    Step("GET", "/v1/promotions/{promotion}/stacks/{stack}"),
    Step("PUT", "/v1/promotions/{promotion}/stacks/{stack}", {"name": "Both of them"}),
)  # fmt: skip
PUBLICATIONS: Final = (
    Step("POST", "/v1/publications", {"campaign": {"name": "Spring"}, "customer": {"source_id": "ada"}}, keep={"code": "voucher.code"}),
    Step("GET", "/v1/publications/create", query={"voucher": "WELCOME", "customer[source_id]": "ada"}),
    Step("POST", "/client/v1/publish", {"voucher": "WELCOME", "customer": {"source_id": "ada"}}, by="client"),
    Step("GET", "/v1/publications"),
    Step("GET", "/v1/vouchers/WELCOME/publications"),
    Step("GET", "/v1/customers/{customer}/redeemables"),
)  # fmt: skip
