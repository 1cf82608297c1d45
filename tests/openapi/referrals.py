"""A referral program with its holders and tiers, and a raffle that is drawn."""

from typing import Final

from tests.openapi.steps import Step

_HOLDERS: Final = "/v1/referrals/members/{friend}/holders"
_WITHIN: Final = "/v1/referrals/{friends}/members/{friend}/holders"
_TIERS: Final = "/v1/referrals/{friends}/tiers"
_RAFFLE: Final = "/v1/giveaways/Raffle"
_CREDITS: Final = {
    "related_object_parent": {"name": "Friend cards"},
    "type": "GIFT_VOUCHER",
    "amount": 500,
}
REFERRALS: Final = (
    Step("POST", "/v1/campaigns", {"name": "Friend cards", "type": "AUTO_UPDATE", "voucher": {"type": "GIFT_VOUCHER", "gift": {"amount": 0, "balance": 0}}}, shown=False),
    Step("POST", "/v1/campaigns", {"name": "Friends", "campaign_type": "REFERRAL_PROGRAM", "type": "AUTO_UPDATE", "voucher": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}, "is_referral_code": True}, "referral_program": {"conversion_event_type": "redemption", "referee_reward": _CREDITS, "referrer_reward": _CREDITS}}, keep={"friends": "id"}, shown=False),
    Step("POST", "/v1/publications", {"customer": {"source_id": "ada"}, "campaign": {"name": "Friends", "count": 1}}, keep={"friend": "voucher.code"}, shown=False),
    Step("POST", _HOLDERS, {"holders": [{"source_id": "gil", "name": "Gil"}], "metadata": {"by": "desk"}}, keep={"holder": "holders.0.id"}),
    Step("GET", _HOLDERS, query={"filters[holder_role][conditions][$is]": "REFEREE"}),
    Step("DELETE", f"{_HOLDERS}/{{holder}}"),
    Step("POST", _WITHIN, {"holders": [{"source_id": "hal"}]}, keep={"holder": "holders.0.id"}),
    Step("GET", _WITHIN, query={"filters[holder_role][conditions][$is]": "REFEREE", "limit": "5"}),
    Step("DELETE", f"{_WITHIN}/{{holder}}"),
    Step("POST", _TIERS, {"conversions": 3, "reward": _CREDITS | {"amount": 800}, "banner": "Three friends"}, keep={"friends_tier": "id"}),
    Step("GET", _TIERS),
    Step("GET", f"{_TIERS}/{{friends_tier}}"),
    Step("PUT", f"{_TIERS}/{{friends_tier}}", {"conversions": 4}),
    Step("DELETE", f"{_TIERS}/{{friends_tier}}"),
    Step("POST", "/v1/redemptions", {"redeemables": [{"object": "voucher", "id": "{friend}"}], "customer": {"source_id": "ida"}, "order": {"amount": 4000}}, shown=False),
    Step("GET", "/v1/referrals/{friends}/tree", query={"customer": "ada", "depth": "2"}),
    Step("POST", "/v1/campaigns", {"name": "Raffle", "campaign_type": "GIVEAWAY", "giveaway": {"closes_at": "{soon}", "prize": _CREDITS}}, shown=False),
    Step("POST", f"{_RAFFLE}/entries", {"customer": {"source_id": "ada"}}, keep={"entry": "id"}),
    Step("GET", f"{_RAFFLE}/entries", query={"limit": "100"}),
    Step("GET", f"{_RAFFLE}/proof", until={"closed": True}, shown=False),
    Step("POST", f"{_RAFFLE}/draw"),
    Step("GET", f"{_RAFFLE}/proof"),
    Step("GET", f"{_RAFFLE}/winners"),
    Step("POST", f"{_RAFFLE}/prizes"),
    Step("POST", f"{_RAFFLE}/winners/{{entry}}/refuse", {"reason": "Works here"}),
)  # fmt: skip
