"""How tiers and their promotions are called, and how they stand."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from htpy import Node

from services.dashboard.parts.discounts import say_discount
from services.dashboard.parts.facts import badge, link
from services.dashboard.parts.show import NOTHING, Row, Show
from services.dashboard.sections.vouchers.campaigns import find_campaigns
from services.dashboard.sections.vouchers.giving import standing, standing_within
from services.dashboard.web.asking import Refused, ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

NAMED_MAX = 100


async def campaign_names(visit: Visit, ids: Iterable[object]) -> dict[str, str]:
    """The names of campaigns by their ids; none where the role may not see campaigns."""
    found = await find_campaigns(visit, ids)
    return {name: str(each["name"]) for name, each in found.items()}


async def tier_names(visit: Visit, ids: Iterable[object]) -> dict[str, str]:
    """The names of tiers by their ids."""
    wanted = sorted({str(each) for each in ids if each})[:NAMED_MAX]
    if not wanted:
        return {}
    params = [("limit", str(NAMED_MAX)), *(("ids", each) for each in wanted)]
    body = await ask_quietly(visit.api.get("/v1/promotions/tiers", params)) or {}
    return {str(each["id"]): str(each["name"]) for each in body.get("tiers") or []}


def tier_name(row: Row) -> str:
    """How a tier is called."""
    return str(row.get("name") or row["id"])


def campaign_link(row: Row) -> Node:
    """The promotion of a tier or a stack."""
    campaign = row.get("campaign_id")
    if not campaign:
        return NOTHING
    return link(row.get("campaign_name") or str(campaign), f"/campaigns/{campaign}")


def tier_given(row: Row, show: Show) -> str:
    """What a tier takes off."""
    discount = (row.get("action") or {}).get("discount")
    return say_discount(discount, show) if discount else "Nothing by itself"


def category_name(row: Row) -> str:
    """The category that something is in."""
    found = row.get("categories") or []
    return str(found[0]["name"]) if found else NOTHING


def tier_badge(row: Row, now: datetime, zone: ZoneInfo) -> Node:
    """How a tier stands: its own switch, dates and hours, and those of its promotion."""
    own = standing(row, now, zone)
    return badge(*standing_within(own, row.get("campaign"), now, zone, "Promotion"))


def tier_ids(row: Row) -> list[str]:
    """The tiers of a stack in the order in which they apply."""
    return [str(each) for each in (row.get("tiers") or {}).get("ids") or []]


async def find_stack(visit: Visit, key: str) -> dict[str, Any]:
    """A stack by its id, whichever promotion it is of. Raises ApiFault."""
    params = {"filters[id][conditions][$is]": key, "limit": "1"}
    body = await visit.api.get("/v1/promotions/stacks", params)
    if not body["data"]:
        raise Refused(404, {"key": "not_found", "message": "There is no such combined promotion"})
    campaign = body["data"][0]["campaign_id"]
    # the list may lag; the promotion itself knows its stack as it is now
    path = f"/v1/promotions/{campaign}/stacks/{escape_segment(key)}"
    found: dict[str, Any] = await visit.api.get(path)
    return found | {"campaign_id": campaign}


async def tiers_of(visit: Visit, campaign: str) -> list[Row]:
    """The tiers of a promotion by their places. Raises ApiFault."""
    found: list[Row] = []
    while True:
        params = {"limit": "100", "page": str(len(found) // 100 + 1)}
        body = await visit.api.get(f"/v1/promotions/{escape_segment(campaign)}/tiers", params)
        found += body["tiers"]
        if len(body["tiers"]) < 100 or len(found) >= body["total"]:
            break
    return sorted(found, key=lambda each: each.get("hierarchy") or 0)
