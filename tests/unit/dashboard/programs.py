"""A loyalty program as the API tells it, for tests of its pages."""

from typing import Any, Final

from tests.unit.dashboard.campaigns import BAD, CampaignsApi, api_with, campaign

ROOT: Final = "/v1/loyalties/camp_1"
MEMBER: Final = f"{ROOT}/members/CARD-1"


def program(**said: Any) -> dict[str, Any]:
    """The program."""
    card = {
        "points": 50,
        "expiration_rules": {
            "period_type": "MONTH", "period_value": 12, "rounding_type": "END_OF_YEAR",
        },
    }  # fmt: skip
    voucher = {
        "type": "LOYALTY_CARD",
        "loyalty_card": card,
        "redemption": {"quantity": None},
        "code_config": {"pattern": "########"},
    }
    row = campaign("Club", campaign_type="LOYALTY_PROGRAM", type="AUTO_UPDATE", voucher=voucher)
    return row | {"auto_join": False, "join_once": True} | said


def rule(**said: Any) -> dict[str, Any]:
    """An earning rule: three points for every 10.00 paid."""
    return {
        "id": "ern_1",
        "event": "order.paid",
        "loyalty": {
            "type": "PROPORTIONAL",
            "calculation_type": "ORDER_AMOUNT",
            "order": {"amount": {"every": 1000, "points": 3}},
        },
        "source": {"banner": BAD, "object_id": "camp_1", "object_type": "campaign"},
        "active": True,
        "created_at": "2026-01-15T09:30:00.000Z",
    } | said


def tier(name: str, low: int | None, high: int | None = None, **said: Any) -> dict[str, Any]:
    """A tier of the program."""
    points = {name: value for name, value in (("from", low), ("to", high)) if value is not None}
    return {"id": f"ltr_{name}", "name": name, "points": points, "metadata": {}} | said


def card(**said: Any) -> dict[str, Any]:
    """A member's card."""
    points = {
        "points": 400,
        "balance": 340,
        "pending_points": 9,
        "expired_points": 10,
        "next_expiration_date": "2026-12-31",
        "next_expiration_points": 300,
    }
    return {
        "id": "v_1",
        "code": "CARD-1",
        "type": "LOYALTY_CARD",
        "campaign_id": "camp_1",
        "holder_id": "cust_1",
        "loyalty_card": points,
        "redemption": {"redeemed_points": 50},
        "created_at": "2026-01-15T09:30:00.000Z",
        "active": True,
        "metadata": {},
    } | said


def listed(*rows: dict[str, Any], name: str = "data") -> dict[str, Any]:
    """A list of the API."""
    return {"object": "list", "data_ref": name, name: list(rows), "total": len(rows)}


def program_api(*privileges: str, **said: Any) -> CampaignsApi:
    """An API that has a program with all that belongs to it."""
    api = api_with(program(**said), privileges=privileges)
    api.says("GET", f"{ROOT}/earning-rules", listed(rule()))
    silver = tier(
        "Silver", 100, 499, earning_rules={"ern_1": {"type": "MULTIPLY", "multiplier": 2}}
    )
    api.says("GET", f"{ROOT}/tiers", listed(silver, tier("Gold", 500), tier("Base", 0, 99)))
    offer = {"id": "rewa_1", "reward_id": "rew_1", "parameters": {"loyalty": {"points": 120}}}
    api.says("GET", f"{ROOT}/rewards", listed(offer))
    reward = {"id": "rew_1", "name": "Mug", "type": "MATERIAL", "stock": 3, "redeemed": 1}
    api.says("GET", "/v1/rewards", listed(reward))
    api.says("GET", f"{ROOT}/members", listed(card(), name="vouchers"))
    standing = {
        "voucher_id": "v_1",
        "points": 340,
        "tier": {"id": "ltr_Silver", "name": "Silver"},
        "start_date": "2026-02-01T00:00:00.000Z",
        "expiration_date": None,
        "next_tier": {"id": "ltr_Gold", "name": "Gold", "points": {"from": 500}, "missing": 160},
    }
    api.says("GET", f"{ROOT}/standings", listed(standing))
    api.says("GET", "/v1/customers", listed({"id": "cust_1", "name": BAD}, name="customers"))
    api.says("GET", "/v1/customers/cust_1", {"id": "cust_1", "name": BAD})
    api.says("GET", MEMBER, card())
    bucket = {"id": "lb_1", "bucket": {"total_points": 300}, "expires_at": "2026-12-31"}
    api.says("GET", f"{MEMBER}/points-expiration", listed(bucket))
    pending = {
        "id": "lopp_1",
        "points": 9,
        "activates_at": "2026-03-01",
        "order_id": "ord_1",
        "details": {"earning_rule": {"id": "ern_1", "source": {"banner": "Three for ten"}}},
        "created_at": "2026-02-15T09:30:00.000Z",
    }
    api.says("GET", f"{MEMBER}/pending-points", listed(pending))
    moved = {
        "id": "vtx_1",
        "campaign_id": "camp_1",
        "type": "POINTS_ADDITION",
        "reason": "A gift",
        "details": {"balance": {"type": "loyalty_card", "points": 40, "balance": 340}},
        "created_at": "2026-02-15T09:30:00.000Z",
    }
    api.says("GET", f"{MEMBER}/transactions", listed(moved))
    api.says("GET", "/v1/campaigns/camp_1/transactions", listed(moved | {"voucher_id": "v_1"}))
    happened = {
        "type": "customer.loyalty.tier.joined",
        "data": {"loyalty_tier": {"name": "Silver"}},
        "created_at": "2026-02-15T09:30:00.000Z",
    }
    api.says("GET", f"{MEMBER}/activity", listed(happened))
    had = {"reward": reward, "assignment": offer}
    api.says("GET", "/v1/loyalties/members/CARD-1/rewards", listed(had))
    summary = {
        "points": {"earned": 700, "added": 40, "redeemed": 50, "expired": 10, "removed": 0},
        "now": {"members": 1, "balance": 340, "pending": 9},
    }
    api.says("GET", f"{ROOT}/summary", summary)
    return api
