"""What happens at the till, and what can be seen of it afterwards."""

from typing import Any, Final

from tests.openapi.steps import Step

_ORDER: dict[str, Any] = {
    "amount": 5000,
    "metadata": {"shop": "web"},
    "items": [{"product_id": "{product}", "quantity": 2, "price": 2500}],
}
_WHO = {"source_id": "ada"}
_CART: dict[str, Any] = {"order": _ORDER, "customer": _WHO}
_WELCOME = [{"object": "voucher", "id": "WELCOME"}]
VALIDATIONS: Final = (
    Step("POST", "/v1/qualifications", {**_CART, "mode": "BASIC", "scenario": "ALL"}),
    Step("POST", "/client/v1/qualifications", {**_CART, "scenario": "PRODUCTS_DISCOUNT"}, by="client"),
    Step("POST", "/v1/vouchers/qualification", _CART),
    Step("POST", "/v1/campaigns/qualification", _CART),
    Step("POST", "/v1/validations", {**_CART, "redeemables": _WELCOME, "session": {"type": "LOCK", "key": "cart-1"}}, keep={"validation": "id"}),
    Step("POST", "/client/v1/validations", {**_CART, "redeemables": _WELCOME}, by="client"),
    Step("GET", "/client/v1/validate", query={"code": "WELCOME", "amount": "5000"}, by="client"),
    Step("POST", "/v1/vouchers/WELCOME/validate", _CART),
    Step("POST", "/v1/promotions/validation", _CART),
    Step("POST", "/v1/promotions/tiers/{tier}/validation", _CART),
    Step("GET", "/v1/sessions", query={"code": "WELCOME"}),
    Step("DELETE", "/v1/vouchers/WELCOME/sessions/cart-1"),
    Step("POST", "/v1/validations", {**_CART, "redeemables": _WELCOME, "session": {"type": "LOCK", "key": "cart-2"}}, shown=False),
    Step("DELETE", "/v1/sessions/cart-2"),
)  # fmt: skip
REDEMPTIONS: Final = (
    Step("POST", "/v1/redemptions", {**_CART, "redeemables": [*_WELCOME, {"object": "voucher", "id": "{code}"}], "metadata": {"till": "7"}}, keep={"stacked": "parent_redemption.id", "redemption": "redemptions.0.id"}),
    Step("POST", "/client/v1/redemptions", {**_CART, "redeemables": _WELCOME}, by="client"),
    Step("POST", "/client/v1/redeem", {"order": {"amount": 2000}}, query={"code": "WELCOME"}, by="client"),
    Step("POST", "/v1/vouchers/CARD-1/redemption", {"order": {"amount": 3000}, "gift": {"credits": 3000}}, keep={"paid": "id"}),
    Step("POST", "/v1/promotions/tiers/{tier}/redemption", _CART),
    Step("POST", "/v1/redemptions/{stacked}/rollbacks", {"reason": "sent back"}),
    Step("POST", "/v1/redemptions/{paid}/rollback", {"reason": "sent back"}),
    Step("GET", "/v1/redemptions", query={"result": "SUCCESS", "limit": "10"}),
    Step("GET", "/v1/redemptions/{redemption}"),
    Step("GET", "/v1/vouchers/WELCOME/redemption"),
    Step("GET", "/v1/vouchers/WELCOME/redemptions"),
)  # fmt: skip
HISTORY: Final = (
    Step("GET", "/v1/validations", query={"session_key": "cart-1"}),
    Step("GET", "/v1/validations/{validation}"),
    Step("GET", "/v1/audit/events", query={"redemption": "{redemption}"}, keep={"event": "data.0.id", "call": "data.0.api_calls.0.id"}, until={"data.0.api_calls.0.id": ...}),
    Step("GET", "/v1/audit/events/{event}"),
    Step("GET", "/v1/audit/redemptions/{redemption}/events", until={"data.0.api_calls.0.id": ...}),
    Step("GET", "/v1/audit/changes", query={"entity": "{campaign}"}),
    Step("GET", "/v1/audit/api-calls", query={"path": "/v1/redemptions", "limit": "10"}),
    Step("GET", "/v1/audit/api-calls/{call}"),
    Step("GET", "/v1/audit/log", query={"kind": "api_call", "text": "/v1/redemptions", "limit": "1"}, until={"data.0.id": ...}),
    Step("GET", "/v1/redemptions/{redemption}/activity", query={"type": "redemption.succeeded"}, until={"data.0.api_calls.0.id": ...}),
    Step("GET", "/v1/customers/{customer}/activity"),
    Step("GET", "/v1/customers/{customer}/activities"),
    Step("GET", "/v1/campaigns/{campaign}/transactions"),
    Step("GET", "/v1/campaigns/{campaign}/summary"),
)  # fmt: skip
_PERIOD = {"from": "2020-01-01", "timezone": "Europe/Berlin"}
#: Before anything is redeemed, so that there is an alert afterwards.
WATCHED: Final = (
    Step("PUT", "/v1/analytics/alerts/thresholds", {"budgets": [{"campaign_id": "Spring", "planned_per_hour": 10000}], "code_redemptions_per_minute": 1, "guesses_per_minute": 10}),
    Step("GET", "/v1/analytics/alerts/thresholds"),
)  # fmt: skip
ANALYTICS: Final = (
    Step("GET", "/v1/analytics/alerts", until={"alerts.0.id": ...}),
    Step("GET", "/v1/analytics/metrics"),
    Step("GET", "/v1/analytics/totals", query={"campaign": "Spring"}),
    Step("GET", "/v1/analytics/timeseries", query={**_PERIOD, "interval": "year", "metrics": "redemptions_succeeded,discount_amount", "to": "2022-01-01"}),
    Step("GET", "/v1/analytics/top", query={"by": "campaign", "metrics": "discount_amount"}),
    Step("GET", "/v1/analytics/funnel", query={"campaign": "Spring"}),
    Step("GET", "/v1/analytics/compare", query={**_PERIOD, "against_from": "2019-01-01", "metrics": "redemptions_succeeded"}),
    Step("GET", "/v1/analytics/cohorts", query={"from": "2020-01-01", "to": "2020-03-01"}),
    Step("GET", "/v1/analytics/budgets"),
    Step("POST", "/v1/analytics/simulations", {"campaign": {"name": "Ten per cent", "campaign_type": "PROMOTION", "promotion": {"tiers": [{"name": "10 %", "action": {"discount": {"type": "PERCENT", "percent_off": 10}}}]}}, "from": "{yesterday}", "to": "{after_tomorrow}"}, keep={"simulation": "id"}),
    Step("GET", "/v1/analytics/simulations/{simulation}", until={"status": "DONE"}),
    Step("GET", "/v1/analytics/simulations"),
    Step("DELETE", "/v1/analytics/simulations/{simulation}"),
    Step("GET", "/v1/analytics/views"),
    Step("POST", "/v1/analytics/query", {"query": "SELECT status, count() AS number FROM redemptions GROUP BY status ORDER BY status"}),
    Step("GET", "/v1/analytics/api-usage", query={**_PERIOD, "interval": "month", "to": "2020-03-01"}),
    Step("GET", "/v1/analytics/summaries", query={"ids": "{campaign}"}),
)  # fmt: skip
