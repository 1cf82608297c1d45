"""A few minutes in the life of the shop: carts are validated, codes redeemed, points earned, some taken back.

Which shopper does what follows from the seed; how it ends is the system's decision, and is counted
by the reason it gives.
"""

import asyncio
import time
from collections import Counter
from random import Random
from typing import Any, Final

from demo.api import Api
from demo.club import REVIEW
from demo.offers import GOODS
from demo.shop import Progress, Shop

#: What a shopper does, and how often in a hundred.
ACTS: Final = {
    "validate": 22,
    "redeem": 18,
    "see what suits": 10,
    "take an offer": 11,
    "pay by gift card": 6,
    "pay with points": 4,
    "try a bad code": 10,
    "lock and leave": 5,
    "pay an order": 4,
    "write a review": 2,
    "redeem points": 1,
    "take back": 4,
    "look around": 3,
}
#: What is asked below something, by the end of its address, as the counts call it.
_ENDS: Final = {"rollbacks": "rollback", "redemption": "rewards"}
BAD_CODES: Final = ("SUMMER15", "TOOEARLY", "PAUSED", "LAST50", "NOSUCHCODE", "welcome-typo")


class Traffic:
    """Plays at `rate` acts a second; `counts` says what came of them."""

    def __init__(self, api: Api, shop: Shop, random: Random, rate: float) -> None:
        self.counts: Counter[str] = Counter()
        self._api = api
        self._shop = shop
        self._random = random
        self._rate = rate
        self._redeemed: list[str] = []

    async def play(self, seconds: float, progress: Progress) -> None:
        """Acts until the time is over; acts may overlap, as shoppers do."""
        began = time.monotonic()
        under_way: set[asyncio.Task[None]] = set()
        while (elapsed := time.monotonic() - began) < seconds:
            progress("traffic", int(elapsed), int(seconds))
            act = self._random.choices(tuple(ACTS), tuple(ACTS.values()))[0]
            task = asyncio.create_task(self._act(act))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            await asyncio.sleep(self._random.expovariate(self._rate))
        await asyncio.gather(*under_way)
        progress("traffic", int(seconds), int(seconds))

    async def _act(self, act: str) -> None:
        draw, shop = self._random, self._shop
        match act:
            case "validate":
                await self._send("/v1/validations", self._cart(draw.choice(shop.codes)))
            case "see what suits":
                await self._send("/v1/qualifications", self._basket())
            case "take an offer":
                await self._redeem(self._cart(draw.choice(shop.offers.tiers)))
            case "redeem":
                await self._redeem(self._cart(draw.choice(shop.codes)))
            case "pay by gift card":
                await self._redeem(self._cart(draw.choice(shop.gift_cards)))
            case "pay with points":
                await self._redeem(self._cart(draw.choice(shop.offers.cards)))
            case "try a bad code":
                await self._redeem(self._cart(draw.choice(BAD_CODES)))
            case "lock and leave":
                session = {"type": "LOCK", "ttl": 10, "ttl_unit": "MINUTES"}
                cart = self._cart(draw.choice(shop.codes))
                await self._send("/v1/validations", {**cart, "session": session})
            case "pay an order":
                await self._send("/v1/orders", self._paid_order())
            case "write a review":
                await self._tell(REVIEW)
            case "redeem points" if shop.members:
                await self._redeem_points(draw.choice(shop.members))
            case "take back" if self._redeemed:
                taken = self._redeemed.pop(draw.randrange(len(self._redeemed)))
                await self._send(f"/v1/redemptions/{taken}/rollbacks", {"reason": "returned"})
            case _:
                await self._tell("page_view")

    async def _tell(self, event: str) -> None:
        who = {"source_id": self._random.choice(self._shop.customers)}
        await self._send("/v1/events", {"event": event, "customer": who})

    async def _redeem_points(self, card: str) -> None:
        """A member takes one of the rewards that the points are enough for."""
        path = f"/v1/loyalties/members/{card}"
        found = await self._api.get(f"{path}/rewards?affordable_only=true")
        offers = [each["reward"] for each in found["data"] if each["reward"]["type"] != "COIN"]
        if offers:
            reward = {"id": self._random.choice(offers)["id"]}
            await self._send(f"{path}/redemption", {"reward": reward})

    def _paid_order(self) -> dict[str, Any]:
        """What somebody bought without a code: it earns points, where a member did."""
        basket = self._basket()
        return {**basket["order"], "customer": basket["customer"], "status": "PAID"}

    def _cart(self, redeemed: str | dict[str, Any]) -> dict[str, Any]:
        """A basket with a code, or with another redeemable."""
        if isinstance(redeemed, str):
            redeemed = {"object": "voucher", "id": redeemed}
        return {"redeemables": [redeemed], **self._basket()}

    def _basket(self) -> dict[str, Any]:
        draw = self._random
        chosen = draw.sample(GOODS, draw.randint(1, 3))
        items = [(name, draw.randint(1, 3), price) for name, _, price, _ in chosen]
        return {
            "customer": {"source_id": draw.choice(self._shop.customers)},
            "order": {
                "amount": sum(quantity * price for _, quantity, price in items),
                "items": [
                    {"source_id": name, "quantity": quantity, "price": price}
                    for name, quantity, price in items
                ],
            },
        }

    async def _redeem(self, cart: dict[str, Any]) -> None:
        answer = await self._send("/v1/redemptions", cart)
        if answer is not None:  # a stack is taken back as a whole
            whole = answer.get("parent_redemption") or answer["redemptions"][0]
            self._redeemed.append(whole["id"])

    async def _send(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        status, answer = await self._api.ask("POST", path, body)
        what = _ENDS.get(path.rpartition("/")[2]) or path.removeprefix("/v1/")
        if status >= 300:
            self.counts[f"{what}: {answer.get('key', status)}"] += 1
            return None
        if answer.get("valid") is False:
            self.counts[f"{what}: not valid"] += 1
        else:
            self.counts[f"{what}: done"] += 1
        found: dict[str, Any] = answer
        return found
