"""The campaigns that vouchers and tiers are of."""

from collections.abc import Iterable
from typing import Any, Final

from services.dashboard.parts.show import Row
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit

#: As many as one list of the API holds.
CAMPAIGNS_MAX: Final = 100


async def find_campaigns(visit: Visit, ids: Iterable[Any]) -> dict[str, Row]:
    """Campaigns by their ids; none where the role may not see them or they cannot be asked."""
    wanted = sorted({str(each) for each in ids if each})[:CAMPAIGNS_MAX]
    if not wanted or not visit.may("campaigns.read"):
        return {}
    params = [("limit", str(CAMPAIGNS_MAX)), *(("ids", each) for each in wanted)]
    body = await ask_quietly(visit.api.get("/v1/campaigns", params)) or {}
    return {str(each["id"]): each for each in body.get("campaigns") or []}
