"""Loyalty programs, their members, and what happened to these."""

from typing import Final

from tests.openapi.steps import Step

_MEMBER: Final = "/v1/loyalties/members/{tea_card}"
_WITHIN: Final = "/v1/loyalties/{tea_club}"
PROGRAMS: Final = (
    Step("POST", "/v1/loyalties", {"name": "Tea club", "type": "AUTO_UPDATE", "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 100, "expiration_rules": {"period_type": "MONTH", "period_value": 12, "rounding_type": "END_OF_YEAR"}}}, "metadata": {"season": "spring"}}, keep={"tea_club": "id"}),
    Step("GET", _WITHIN),
    Step("PUT", _WITHIN, {"description": "For those who come again"}),
    Step("POST", f"{_WITHIN}/copy", {"name": "Coffee club"}),
    Step("POST", f"{_WITHIN}/members", {"customer": {"source_id": "ada"}}, keep={"tea_card": "code"}),
    Step("GET", _MEMBER),
    Step("GET", f"{_WITHIN}/members/{{tea_card}}"),
    Step("POST", "/v1/vouchers/{tea_card}/balance", {"amount": 25, "reason": "a birthday"}, shown=False),
    Step("GET", "/v1/loyalties", query={"limit": "10"}),
    Step("GET", f"{_WITHIN}/members", query={"limit": "10"}, until={"total": 1}),
    Step("GET", f"{_MEMBER}/transactions", until={"data.0": ...}),
    Step("GET", f"{_WITHIN}/members/{{tea_card}}/transactions"),
    Step("GET", f"{_WITHIN}/transactions"),
    Step("GET", f"{_MEMBER}/activity", query={"limit": "10"}, until={"data.1": ...}),
    Step("GET", f"{_WITHIN}/members/{{tea_card}}/activity", query={"limit": "10"}),
    Step("POST", f"{_MEMBER}/transactions/export", {"parameters": {}}),
    Step("POST", f"{_WITHIN}/members/{{tea_card}}/transactions/export", {"parameters": {}}),
    Step("POST", f"{_WITHIN}/transactions/export", {"parameters": {}}),
    Step("POST", f"{_WITHIN}/points-expiration/export", {"parameters": {"order": "expires_at"}}),
    Step("POST", "/v1/loyalties", {"name": "Short-lived", "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}}, shown=False),
    Step("DELETE", "/v1/loyalties/Short-lived"),
)  # fmt: skip
