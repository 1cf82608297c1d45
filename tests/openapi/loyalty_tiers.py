"""Tiers of a loyalty program, and of who is in it."""

from typing import Final

from tests.openapi.steps import Step

_TIERS: Final = "/v1/loyalties/Ladder/tiers"
TIERS: Final = (
    Step("POST", "/v1/campaigns", {"name": "Ladder", "campaign_type": "LOYALTY_PROGRAM", "type": "AUTO_UPDATE", "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 150}}, "loyalty_tiers_expiration": {"qualification_type": "BALANCE", "start_date": {"type": "IMMEDIATE"}, "expiration_date": {"type": "CUSTOM", "extend": "P3M", "rounding": {"type": "MONTH", "strategy": "END"}}}}, shown=False),
    Step("POST", _TIERS, [{"name": "Leaf", "points": {"from": 0, "to": 99}}, {"name": "Bud", "points": {"from": 100}, "metadata": {"colour": "green"}}], keep={"leaf": "0.id", "bud": "1.id"}),
    Step("GET", _TIERS, query={"order": "created_at", "limit": "10"}),
    Step("GET", f"{_TIERS}/{{bud}}"),
    Step("PUT", f"{_TIERS}/{{bud}}", {"name": "Young bud", "points": {"from": 100, "to": 499}}),
    Step("POST", "/v1/publications", {"customer": {"source_id": "ada"}, "campaign": {"name": "Ladder", "count": 1}}, keep={"ladder_card": "voucher.code"}, shown=False),
    Step("GET", "/v1/loyalties/members/{ladder_card}/tiers", until={"data.0": ...}),
    Step("GET", "/v1/vouchers/{ladder_card}", keep={"ladder_card_id": "id"}, shown=False),
    Step("GET", "/v1/loyalties/Ladder/standings", query={"ids": "{ladder_card_id}"}),
    Step("GET", "/v1/loyalties/Ladder/summary", query={"from": "2024-01-01"}, until={"now.members": 1}),
    Step("GET", f"{_TIERS}/{{bud}}/earning-rules"),
    Step("GET", f"{_TIERS}/{{bud}}/rewards"),
    Step("DELETE", f"{_TIERS}/{{leaf}}"),
)  # fmt: skip
