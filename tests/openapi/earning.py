"""Earning rules, what they give, and points that become active later."""

from typing import Final

from tests.openapi.steps import Step

_RULES: Final = "/v1/loyalties/Beans/earning-rules"
_MEMBER: Final = "/v1/loyalties/members/{bean_card}"
_WITHIN: Final = "/v1/loyalties/Beans/members/{bean_card}"
EARNING: Final = (
    Step("POST", "/v1/campaigns", {"name": "Beans", "campaign_type": "LOYALTY_PROGRAM", "type": "AUTO_UPDATE", "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}}, shown=False),
    Step("POST", "/v1/publications", {"customer": {"source_id": "ada"}, "campaign": {"name": "Beans", "count": 1}}, keep={"bean_card": "voucher.code"}, shown=False),
    Step("POST", _RULES, [{"event": "order.paid", "loyalty": {"type": "PROPORTIONAL", "calculation_type": "ORDER_AMOUNT", "order": {"amount": {"every": 1000, "points": 3}}}, "source": {"banner": "Three for ten"}, "pending_points": {"period_type": "DAY", "period_value": 14}, "limits": {"count": 5, "period": "DAY"}}, {"event": "tasting", "loyalty": {"type": "FIXED", "points": 20}}], keep={"bean_rule": "0.id", "tasting_rule": "1.id"}),
    Step("GET", _RULES, query={"order": "created_at", "limit": "10"}),
    Step("GET", f"{_RULES}/{{bean_rule}}"),
    Step("PUT", f"{_RULES}/{{tasting_rule}}", {"loyalty": {"type": "FIXED", "points": 25}, "metadata": {"team": "growth"}}),
    Step("POST", f"{_RULES}/{{tasting_rule}}/disable"),
    Step("POST", f"{_RULES}/{{tasting_rule}}/enable"),
    Step("POST", "/v1/loyalties/Beans/qualifications", {"customer": {"source_id": "ada"}, "order": {"amount": 4200}}),
    *(Step("POST", "/v1/orders", {"source_id": f"beans-{n}", "amount": 4200, "status": "PAID", "customer": {"source_id": "ada"}}, shown=False) for n in range(3)),
    Step("GET", f"{_MEMBER}/pending-points", query={"limit": "10"}, keep={"first_pending": "data.0.id", "second_pending": "data.1.id"}),
    Step("GET", f"{_WITHIN}/pending-points", query={"limit": "10"}),
    Step("GET", "/v1/loyalties/Beans/pending-points", query={"limit": "10", "order": "id"}),
    Step("POST", f"{_MEMBER}/pending-points/{{first_pending}}/balance", {"points": 5}),
    Step("POST", f"{_MEMBER}/pending-points/{{first_pending}}/activate"),
    Step("POST", f"{_MEMBER}/pending-points/{{second_pending}}/cancel"),
    Step("POST", f"{_MEMBER}/balance", {"points": 88, "reason": "a birthday", "source_id": "b-1"}),
    Step("POST", f"{_WITHIN}/balance", {"points": -8}),
    Step("DELETE", f"{_RULES}/{{tasting_rule}}"),
)  # fmt: skip
