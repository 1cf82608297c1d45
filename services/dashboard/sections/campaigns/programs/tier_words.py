"""What tiers make of points and costs, in words; and what programs have of tiers and offers."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.campaigns.programs.naming import LIST_MAX, program_path
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit


async def find_tiers(visit: Visit, row: Row) -> list[Row]:
    """The tiers of a program, the lowest first; those without points come before. Raises ApiFault."""
    body = await visit.api.get(f"{program_path(row)}/tiers", {"limit": str(LIST_MAX)})
    return in_order(body.get("data") or [])


def in_order(tiers: Iterable[Row]) -> list[Row]:
    """Tiers from the lowest to the highest."""

    def lowest(tier: Row) -> tuple[bool, int]:
        points = tier.get("points") or {}
        is_range = points.get("from") is not None or points.get("to") is not None
        return is_range, int(points.get("from") or 0)

    return sorted(tiers, key=lowest)


async def find_offers(visit: Visit, row: Row) -> dict[str, str]:
    """What the rewards of a program are called, by the ids of their assignments and their own."""
    path = f"{program_path(row)}/rewards"
    offers = await ask_quietly(visit.api.get(path, {"limit": str(LIST_MAX)}))
    told: list[Row] = (offers or {}).get("data") or []
    rewards = await find_rewards(visit, (str(each.get("reward_id")) for each in told))
    found: dict[str, str] = {}
    for each in told:
        reward = str(each.get("reward_id"))
        called = str((rewards.get(reward) or {}).get("name") or reward)
        found |= {str(each["id"]): called, reward: called}
    return found


async def find_rewards(visit: Visit, ids: Iterable[str]) -> dict[str, Row]:
    """These rewards by their ids, up to as many as a program offers; none where the role may not see them."""
    wanted = list(ids)
    if not wanted or not visit.may("rewards.read"):
        return {}
    named = ((f"filters[id][conditions][$in][{at}]", each) for at, each in enumerate(wanted))
    params = [("limit", str(LIST_MAX)), *named]
    answer = await ask_quietly(visit.api.get("/v1/rewards", params))
    return {str(each["id"]): each for each in (answer or {}).get("data") or []}


def say_mapping(mapping: Mapping[str, Any], show: Show, *, is_cost: bool) -> str:
    """What a tier makes of the points of a rule, or of the cost of a reward."""
    verb = "costs" if is_cost else "gives"
    if mapping.get("type") == "CUSTOM":
        return f"{verb} {show.number(mapping.get('points'))} points"
    factor = mapping.get("multiplier")
    if factor is None or factor == 1:
        return f"{verb} the same"
    return f"{verb} {show.number(factor)} times as many points"
