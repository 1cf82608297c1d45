"""Points of members: what of them expires when, and how they go to others."""

from typing import Final

from tests.openapi.steps import Step

_MEMBERS: Final = "/v1/loyalties/Pots/members"
MEMBER_POINTS: Final = (
    Step("POST", "/v1/campaigns", {"name": "Pots", "campaign_type": "LOYALTY_PROGRAM", "type": "AUTO_UPDATE", "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0, "expiration_rules": {"period_type": "MONTH", "period_value": 12, "rounding_type": "END_OF_QUARTER"}}}}, shown=False),
    Step("POST", "/v1/campaigns/Pots/vouchers/POT-A", {}, shown=False),
    Step("POST", "/v1/campaigns/Pots/vouchers/POT-B", {}, shown=False),
    Step("POST", "/v1/vouchers/POT-A/balance", {"amount": 100}, shown=False),
    Step("POST", f"{_MEMBERS}/POT-B/transfers", [{"code": "POT-A", "points": 40, "reason": "a gift to a friend", "source_id": "t-1"}]),
    Step("GET", f"{_MEMBERS}/POT-B/points-expiration", query={"limit": "10"}),
)  # fmt: skip
