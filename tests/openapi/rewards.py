"""What a loyalty program offers for points, and a member who is rewarded."""

from typing import Final

from tests.openapi.steps import Step

_OFFERS: Final = "/v1/loyalties/Pantry/rewards"
_SAME: Final = "/v1/loyalties/Pantry/reward-assignments"
REWARDS: Final = (
    Step("POST", "/v1/loyalties", {"name": "Pantry", "type": "AUTO_UPDATE", "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 500}}}, shown=False),
    Step("POST", "/v1/loyalties/Pantry/members", {"customer": {"source_id": "eve"}}, keep={"pantry_card": "code"}, shown=False),
    Step("POST", "/v1/products", {"name": "Jar", "source_id": "jar", "price": 700}, keep={"jar": "id"}, shown=False),
    Step("POST", "/v1/rewards", {"name": "A jar", "parameters": {"product": {"id": "{jar}"}}, "stock": 5, "attributes": {"description": "Of glass"}}, keep={"jar_reward": "id"}, shown=False),
    Step("POST", "/v1/rewards", {"name": "Pay", "parameters": {"coin": {"exchange_ratio": 0.01}}}, keep={"pay_reward": "id"}, shown=False),
    Step("POST", "/v1/rewards/{jar_reward}/assignments", {"campaign": "Pantry", "parameters": {"loyalty": {"points": 120}}}, keep={"jar_offer": "id"}),
    Step("GET", "/v1/rewards/{jar_reward}/assignments", query={"limit": "10"}),
    Step("GET", "/v1/rewards/{jar_reward}/assignments/{jar_offer}"),
    Step("PUT", "/v1/rewards/{jar_reward}/assignments/{jar_offer}", {"parameters": {"loyalty": {"points": 110}}}),
    Step("POST", _OFFERS, [{"reward": "{pay_reward}"}], keep={"pay_offer": "id"}),
    Step("GET", _OFFERS, query={"limit": "10"}),
    Step("GET", f"{_OFFERS}/{{jar_offer}}"),
    Step("PUT", f"{_OFFERS}/{{jar_offer}}", {"parameters": {"loyalty": {"points": 100}}}),
    Step("GET", _SAME, query={"limit": "10"}),
    Step("GET", f"{_SAME}/{{jar_offer}}"),
    Step("GET", f"{_SAME}/{{jar_offer}}/reward"),
    Step("GET", "/v1/loyalties/members/{pantry_card}/rewards", query={"affordable_only": "true"}),
    Step("POST", "/v1/loyalties/members/{pantry_card}/redemption", {"reward": {"id": "{jar_reward}"}}),
    Step("POST", "/v1/loyalties/Pantry/members/{pantry_card}/redemption", {"reward": {"id": "{pay_reward}", "points": 50}, "order": {"amount": 1000}}),
    Step("DELETE", f"{_OFFERS}/{{pay_offer}}"),
    Step("DELETE", "/v1/rewards/{jar_reward}/assignments/{jar_offer}"),
)  # fmt: skip
