"""What makes a program again besides itself: its earning rules, its rewards, and its tiers, which name both."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.dashboard.parts.show import Row
from services.dashboard.sections.campaigns.programs.naming import LIST_MAX, program_path
from services.dashboard.web.visit import Visit

_OF_RULE: Final = (
    "event", "loyalty", "custom_event", "segment", "pending_points", "expiration_rules", "limits",
    "start_date", "expiration_date", "validity_timeframe", "validity_day_of_week", "validity_hours",
    "metadata", "validation_rule_id", "active",
)  # fmt: skip
_TIER_EVENTS: Final = "customer.loyalty.tier."


async def copy_parts(visit: Visit, old: Row, new: Row, key: str | None) -> None:
    """Gives the new program what the old one has. Raises ApiFault."""
    rules, offers, tiers = [
        await _all(visit, old, each) for each in ("earning-rules", "rewards", "tiers")
    ]
    called: dict[str, str] = {}
    made = await _make(visit, new, "tiers", [tier_copy(each, {}) for each in tiers], key)
    tier_ids = _pairs(tiers, made)
    made_rules = await _make(
        visit, new, "earning-rules", [rule_copy(e, tier_ids) for e in rules], key
    )
    called |= _pairs(rules, made_rules)
    made_offers = await _make(visit, new, "rewards", [offer_copy(each) for each in offers], key)
    called |= _pairs(offers, made_offers)
    for each in tiers:
        mapped = {name: tier_copy(each, called).get(name) for name in ("earning_rules", "rewards")}
        if any(mapped.values()):
            path = f"{program_path(new)}/tiers/{tier_ids[str(each['id'])]}"
            await visit.api.put(path, {name: said for name, said in mapped.items() if said})


async def _all(visit: Visit, row: Row, part: str) -> list[Row]:
    body = await visit.api.get(
        f"{program_path(row)}/{part}", {"limit": str(LIST_MAX), "order": "created_at"}
    )
    return list(body.get("data") or [])


async def _make(
    visit: Visit, row: Row, part: str, bodies: Sequence[Row], key: str | None
) -> list[Row]:
    if not bodies:
        return []
    own = f"{key}-{part}" if key else None
    made = await visit.api.post(f"{program_path(row)}/{part}", list(bodies), key=own)
    return list(made) if isinstance(made, list) else [made]


def _pairs(old: Sequence[Row], new: Sequence[Row]) -> dict[str, str]:
    """The ids of the old ones, and what each is in the new program."""
    return {str(before["id"]): str(after["id"]) for before, after in zip(old, new, strict=False)}


def rule_copy(rule: Row, tier_ids: Mapping[str, str]) -> dict[str, Any]:
    """An earning rule as a new one."""
    body = {name: rule[name] for name in _OF_RULE if rule.get(name) not in (None, {}, [])}
    banner = (rule.get("source") or {}).get("banner")
    if banner:
        body["source"] = {"banner": banner}
    tier = (rule.get("loyalty_tier") or {}).get("id")
    if tier and str(rule.get("event")).startswith(_TIER_EVENTS):
        body["loyalty_tier"] = {"id": tier_ids.get(str(tier), str(tier))}
    return body


def offer_copy(offer: Row) -> dict[str, Any]:
    """The offer of a reward as a new one."""
    body: dict[str, Any] = {"reward": offer.get("reward_id")}
    if offer.get("parameters"):
        body["parameters"] = offer["parameters"]
    return body


def tier_copy(tier: Row, called: Mapping[str, str]) -> dict[str, Any]:
    """A tier as a new one; it says of rules and rewards what is `called` something in the new program."""
    body = {
        name: tier[name] for name in ("name", "points", "metadata") if tier.get(name) is not None
    }
    for member in ("earning_rules", "rewards"):
        mapped = {
            called[name]: each for name, each in (tier.get(member) or {}).items() if name in called
        }
        if mapped:
            body[member] = mapped
    return body
