"""A loyalty program of the shop, and its members, who differ in all that members are filtered by."""

from typing import Any

from tests.integration.dashboard_filters.seed import Seed, day

CLUB = "/v1/loyalties/Club"


async def members(seed: Seed) -> None:
    """Members with few points and with many, of whom one paid with some."""
    seed.on(4)
    card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}
    body = {"name": "Club", "campaign_type": "LOYALTY_PROGRAM", "join_once": False, "voucher": card}
    await seed.make("/v1/campaigns", body, "Club")
    tiers = [
        {"name": "Silver", "points": {"from": 10, "to": 99}},
        {"name": "Gold", "points": {"from": 100}},
    ]
    for made in await seed.ask("POST", f"{CLUB}/tiers", tiers):
        seed.ids[made["name"]] = made["id"]
    cards: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
        ("CLUB-1", "who-0", 150, {"metadata": {"level": "low"}}),
        ("CLUB-2", "who-1", 0, {"expiration_date": day(20)}),
        ("CLUB-3", "who-1", 40, {"expiration_date": day(39.7), "metadata": {"level": "high"}}),
        ("CLUB-4", "who-2", 90, {"expiration_date": day(95)}),
        ("BLUB-5", "who-2", 700, {"start_date": day(1)}),
    )
    for number, (code, who, points, more) in enumerate(cards):
        seed.on(5 + number * 3)
        await seed.make(f"/v1/campaigns/{seed.ids['Club']}/vouchers/{code}", more, code)
        await seed.ask("POST", f"{CLUB}/members", {"voucher": code, "customer": {"source_id": who}})
        if points:
            await seed.ask("POST", f"{CLUB}/members/{code}/balance", {"points": points})
    await seed.ask("POST", "/v1/vouchers/CLUB-4/disable")
    await _pay(seed)


async def rewards(seed: Seed) -> None:
    """Rewards besides, which no program offers."""
    for number, name in enumerate(("Mug", "Mugger", "Smug")):
        seed.on(number * 7)
        coin = {"exchange_ratio": 1, "points_ratio": 1}
        await seed.make("/v1/rewards", {"name": name, "type": "COIN", "parameters": {"coin": coin}})


async def friends(seed: Seed) -> None:
    """A referral program, and a code of it."""
    seed.on(6)
    codes = {"discount": {"type": "AMOUNT", "amount_off": 100}, "is_referral_code": True}
    body = {"name": "Friends", "campaign_type": "REFERRAL_PROGRAM", "voucher": codes}
    await seed.make("/v1/campaigns", body | {"vouchers_count": 1}, "Friends")


async def _pay(seed: Seed) -> None:
    """Pays an order with points."""
    coin = {"exchange_ratio": 1, "points_ratio": 1}
    reward = await seed.make(
        "/v1/rewards", {"name": "Pay", "type": "COIN", "parameters": {"coin": coin}}
    )
    offered = {"campaign": seed.ids["Club"]}
    await seed.ask("POST", f"/v1/rewards/{reward['id']}/assignments", offered)
    seed.on(24)
    chosen = {"object": "voucher", "id": "CLUB-1", "reward": {"id": reward["id"], "points": 30}}
    body = {"redeemables": [chosen], "customer": {"source_id": "who-0"}}
    await seed.ask("POST", "/v1/redemptions", body | {"order": {"amount": 6000}})
