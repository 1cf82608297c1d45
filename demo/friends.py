"""The demo's referral program with some conversions, and its giveaway with entries and a draw.

Whatever is there already is left as it is: who has redeemed a code has done so once, and what was
drawn stays drawn.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from demo.api import Api, ApiRefused
from demo.club import CLUB

FRIENDS: Final = "Bring a friend"
GIVEAWAY: Final = "Spring draw"
#: How many pass their code on, and how many take part in the draw, at most.
REFERRERS_MAX: Final = 12
ENTRIES_MAX: Final = 40
#: How long the giveaway takes entries, so that the demo can draw; longer where nobody came in.
OPEN_SECONDS: Final = (8.0, 40.0, 200.0)
_DRAW_PATH: Final = "/v1/giveaways/Spring%20draw"
_POINTS: Final = {
    "type": "LOYALTY_CARD",
    "related_object_parent": {"name": CLUB, "object": "CAMPAIGN"},
}


async def bring_friends(api: Api, customers: Sequence[str]) -> None:
    """Half of the first customers bring the other half. Raises ApiRefused."""
    await api.make(
        "/v1/campaigns",
        {
            "name": FRIENDS,
            "campaign_type": "REFERRAL_PROGRAM",
            "type": "AUTO_UPDATE",
            "join_once": True,
            "voucher": {
                "type": "DISCOUNT_VOUCHER",
                "discount": {"type": "PERCENT", "percent_off": 10},
                "is_referral_code": True,
                "code_config": {"pattern": "FRIEND-######"},
            },
            "referral_program": {
                "conversion_event_type": "redemption",
                "referee_reward": _POINTS | {"amount": 50},
                "referrer_reward": _POINTS | {"amount": 100},
            },
        },
    )
    await _reward_many(api)
    pairs = min(REFERRERS_MAX, len(customers) // 2)
    # some bring several, so that the tree below one of them has more than a line
    for number in range(pairs):
        await _bring(api, customers[number // 3], customers[pairs + number])


async def _reward_many(api: Api) -> None:
    path = "/v1/referrals/Bring%20a%20friend/tiers"
    if not (await api.get(path))["data"]:
        tier = {"conversions": 3, "reward": _POINTS | {"amount": 150}, "banner": "From three on"}
        await api.send(path, tier)


async def _bring(api: Api, referrer: str, friend: str) -> None:
    known = await api.get(f"/v1/customers/{friend}")
    if known["referrals"]["total"]:
        return
    given = {"campaign": {"name": FRIENDS}, "customer": {"source_id": referrer}}
    code = (await api.send("/v1/publications", given))["voucher"]["code"]
    order = {"amount": 4300, "items": [{"source_id": "cap", "quantity": 1, "price": 1800}]}
    order["items"] += [{"source_id": "mug", "quantity": 2, "price": 1250}]  # type: ignore[operator]
    redeemed = {
        "redeemables": [{"object": "voucher", "id": code}],
        "customer": {"source_id": friend},
        "order": order,
    }
    await api.send("/v1/redemptions", redeemed)


async def draw_prizes(api: Api, customers: Sequence[str]) -> None:
    """A giveaway that closes in a moment, with entries, and drawn. Raises ApiRefused."""
    for seconds in OPEN_SECONDS:
        proof = await _open_giveaway(api, seconds)
        if proof["seed"] is not None:
            return
        if await _enter(api, customers) or proof["entries"]:
            left = datetime.fromisoformat(proof["closes_at"]) - datetime.now(UTC)
            await asyncio.sleep(max(0.0, left.total_seconds()) + 0.1)
            await api.send(f"{_DRAW_PATH}/draw", None)
            return
        # it closed before anybody came in, so it can never be drawn: make room for another
        status, answer = await api.ask("DELETE", "/v1/campaigns/Spring%20draw?force=true")
        if status >= 300:
            raise ApiRefused(f"DELETE {GIVEAWAY}: {status} {answer}")


async def _open_giveaway(api: Api, seconds: float) -> dict[str, Any]:
    """The proof of the giveaway, which is made where there is none."""
    closes = datetime.now(UTC) + timedelta(seconds=seconds)
    terms: dict[str, Any] = {
        "closes_at": closes.isoformat().replace("+00:00", "Z"),
        "winners": 3,
        "alternates": 2,
        "prize": _POINTS | {"amount": 500},
    }
    body = {"name": GIVEAWAY, "campaign_type": "GIVEAWAY", "type": "AUTO_UPDATE"}
    await api.make("/v1/campaigns", body | {"giveaway": terms})
    return await api.get(f"{_DRAW_PATH}/proof")


async def _enter(api: Api, customers: Sequence[str]) -> int:
    """How many took part before it closed."""
    for number, who in enumerate(customers[:ENTRIES_MAX]):
        body = {"customer": {"source_id": who}}
        status, _ = await api.ask("POST", f"{_DRAW_PATH}/entries", body)
        if status >= 300:  # it has closed meanwhile
            return number
    return len(customers[:ENTRIES_MAX])
