"""The demo's loyalty program: three tiers, what earns points, what they are redeemed for, members.

Whatever is there already is left as it is; who has joined keeps the card.
"""

from collections.abc import Sequence
from random import Random
from typing import Any, Final

from demo.api import Api
from demo.offers import GOODS, find_named

CLUB: Final = "Points club"
_PATH: Final = "/v1/loyalties/Points%20club"
#: One in so many customers is a member.
MEMBERS_SHARE: Final = 3
MEMBERS_MAX: Final = 150
TIERS: Final = (
    ("Bronze", 0, 249, None),
    ("Silver", 250, 799, 1.5),
    ("Gold", 800, None, 2.0),
)
#: The event of the shop that earns points beside orders.
REVIEW: Final = "review_written"
_REWARDS: Final[tuple[tuple[str, dict[str, Any], int], ...]] = (
    (
        "A gift card with 5.00",
        {"type": "CAMPAIGN", "attributes": {"description": "Pays for any order, in parts too"}},
        120,
    ),
    (
        "A mug for points",
        {"type": "MATERIAL", "stock": 40, "attributes": {"description": "While there are some"}},
        80,
    ),
)


async def found_club(api: Api, random: Random, customers: Sequence[str]) -> tuple[str, ...]:
    """Makes what is missing; the codes of the members' cards. Raises ApiRefused."""
    await api.make(
        "/v1/loyalties",
        {
            "name": CLUB,
            "type": "AUTO_UPDATE",
            "join_once": True,
            "voucher": {
                "type": "LOYALTY_CARD",
                "loyalty_card": {
                    "points": 0,
                    "expiration_rules": {"period_type": "MONTH", "period_value": 12},
                },
                "code_config": {"pattern": "CLUB-########"},
            },
            "loyalty_tiers_expiration": {
                "qualification_type": "BALANCE",
                "start_date": {"type": "IMMEDIATE"},
                "expiration_date": {"type": "BALANCE_DROP"},
            },
        },
    )
    await _climb(api, await _earn(api))
    await _reward(api)
    members = customers[::MEMBERS_SHARE][:MEMBERS_MAX]
    return tuple([await _join(api, random, number, who) for number, who in enumerate(members)])


async def _earn(api: Api) -> str | None:
    """What earns points; the rule for orders, unless somebody deleted it."""
    every = {"every": 100, "points": 1}
    there_are = (await api.get(f"{_PATH}/earning-rules?limit=100"))["data"]
    rules = there_are or await api.send(
        f"{_PATH}/earning-rules",
        [
            {
                "event": "order.paid",
                "loyalty": {
                    "type": "PROPORTIONAL",
                    "calculation_type": "ORDER_AMOUNT",
                    "order": {"amount": every},
                },
                "source": {"banner": "1 point for each 1.00 of an order"},
            },
            {
                "event": REVIEW,
                "loyalty": {"type": "FIXED", "points": 15},
                "source": {"banner": "15 points for a review"},
            },
        ],
    )
    return next((str(each["id"]) for each in rules if each["event"] == "order.paid"), None)


async def _climb(api: Api, orders: str | None) -> None:
    """The tiers, which make more of the points for orders."""
    if (await api.get(f"{_PATH}/tiers?limit=100"))["data"]:
        return
    tiers = []
    for name, least, most, multiplier in TIERS:
        points = {"from": least} | ({} if most is None else {"to": most})
        tier: dict[str, Any] = {"name": name, "points": points}
        if multiplier is not None and orders is not None:
            tier["earning_rules"] = {orders: {"type": "MULTIPLY", "multiplier": multiplier}}
        tiers.append(tier)
    await api.send(f"{_PATH}/tiers", tiers)


async def _reward(api: Api) -> None:
    """What points are redeemed for."""
    club = await api.get(_PATH)
    cards = await api.get("/v1/campaigns/Gift%20cards")
    mug = await api.get("/v1/products/mug")
    parameters = {
        "CAMPAIGN": {"campaign": {"id": cards["id"], "balance": 500}},
        "MATERIAL": {"product": {"id": mug["id"]}},
    }
    offered = await api.get(f"{_PATH}/reward-assignments?limit=100")
    known = {each["reward_id"] for each in offered["data"]}
    wanted: list[dict[str, Any]] = []
    pays = await find_named(api, "/v1/rewards", "Pay with points")
    if pays is not None and pays not in known:
        wanted.append({"reward": pays})
    for name, terms, points in _REWARDS:
        found = await find_named(api, "/v1/rewards", name)
        if found is None:
            body = {"name": name, **terms, "parameters": parameters[terms["type"]]}
            found = str((await api.send("/v1/rewards", body))["id"])
        if found not in known:
            wanted.append({"reward": found, "parameters": {"loyalty": {"points": points}}})
    if wanted:
        await api.send(f"/v1/loyalties/{club['id']}/rewards", wanted)


async def _join(api: Api, random: Random, number: int, who: str) -> str:
    """A member with some paid orders, each of them once however often this is asked for."""
    card = await api.send(f"{_PATH}/members", {"customer": {"source_id": who}})
    orders = random.randint(1, 6)
    for order in range(orders):
        name, _, price, _ = random.choice(GOODS)
        quantity = random.randint(1, 3)
        source = f"club-{number}-{order}"
        body = {
            "source_id": source,
            "status": "PAID",
            "customer": {"source_id": who},
            "amount": price * quantity,
            "items": [{"source_id": name, "quantity": quantity, "price": price}],
        }
        if await api.find(f"/v1/orders/{source}") is None:
            await api.send("/v1/orders", body)
    return str(card["code"])
