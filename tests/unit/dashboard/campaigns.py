"""Campaigns as the API tells them, for tests of their pages."""

from typing import Any

import httpx

from tests.unit.dashboard.kit import FakeApi, me_with

BAD = "<script>alert(1)</script>"
PATH = "/v1/campaigns"


def campaign(name: str = "Spring", **said: Any) -> dict[str, Any]:
    """One with codes."""
    row = {
        "id": "camp_1",
        "name": name,
        "campaign_type": "DISCOUNT_COUPONS",
        "type": "STATIC",
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "AMOUNT", "amount_off": 500},
            "redemption": {"quantity": 1},
            "code_config": {"pattern": "SPRING-####", "charset": "ABC", "length": 4},
        },
        "active": True,
        "created_at": "2026-01-15T09:30:00.000Z",
        "vouchers_generation_status": "DONE",
        "vouchers_count": 7,
        "categories": [],
        "metadata": {},
        "validation_rules_assignments": {"object": "list", "data": [], "total": 0},
    }
    return row | said


def promotion(**said: Any) -> dict[str, Any]:
    """One with tiers."""
    row = campaign("Happy hour", id="camp_2", campaign_type="PROMOTION", promotion={"tiers": []})
    del row["voucher"], row["vouchers_count"]
    return row | said


class CampaignsApi(FakeApi):
    """Lists by their state those that it is told of: all are active unless said otherwise."""

    states: dict[str, str] = {}  # noqa: RUF012 - replaced as a whole by the tests

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """See `FakeApi`."""
        answer = super().__call__(request)
        wanted = [name for name, _ in request.url.params.multi_items() if "[status]" in name]
        ids = [value for name, value in request.url.params.multi_items() if name.startswith("ids")]
        if request.url.path != PATH or not wanted or not ids:
            return answer
        rows = [each for each in answer.json()["campaigns"] if self._is(each["id"], wanted[0])]
        return httpx.Response(200, json={"campaigns": rows, "total": len(rows)})

    def _is(self, campaign_id: str, wanted: str) -> bool:
        return f"[${self.states.get(campaign_id, 'active')}]" in wanted


def api_with(*rows: dict[str, Any], privileges: tuple[str, ...] = ()) -> CampaignsApi:
    """An API that has these campaigns."""
    api = CampaignsApi(me_with(*privileges))
    api.says("GET", PATH, {"object": "list", "campaigns": list(rows), "total": len(rows)})
    numbers = {
        "redemptions_succeeded": 12,
        "redemptions_failed": 3,
        "discounted_amount": 6000,
        "rolledback_discounted_amount": 500,
        "unique_customers": 9,
        "publications_succeeded": 4,
    }
    told = [{"id": each["id"], **numbers} for each in rows]
    api.says("GET", "/v1/analytics/summaries", {"data": told})
    budget = {
        "campaign": {"id": "camp_1", "name": "Spring"},
        "unit": "minor units",
        "limit": 100000,
        "used": 91000,
        "left": 9000,
        "share": 0.91,
        "per_day": 150,
    }
    api.says("GET", "/v1/analytics/budgets", {"budgets": [budget]})
    for each in rows:
        api.says("GET", f"{PATH}/{each['id']}", each)
    return api
