"""A generated month of a shop, which two worlds can go through: one as it was, one with the campaign live.

What is asked does not depend on the world. Where the campaign is live, a storefront adds the first
of its tiers with which the request is valid.
"""

import random
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.pricing.sums import left_to_pay
from schemas.records import Decided
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded
from tests.unit.services.world import World

DAY_MS = 86_400_000
CUSTOMERS = tuple(f"shopper-{n}" for n in range(12))
PRODUCTS = ("tea", "mug", "kettle")


class Step(NamedTuple):
    """Something that happens, so long after what was before it."""

    after_ms: int
    kind: str
    body: dict[str, Any]


def make_month(seed: int, count: int) -> list[Step]:
    """Steps of a month of that many."""
    drawn = random.Random(seed)
    steps = []
    for number in range(count):
        kind = drawn.choices(
            ("redeem", "validate", "lock", "roll back", "price", "level", "offer"),
            (50, 20, 5, 8, 5, 7, 5),
        )[0]
        body: dict[str, Any] = {}
        if kind in ("redeem", "validate", "lock"):
            body = _cart(drawn)
            if kind == "lock":
                body["session"] = {
                    "type": "LOCK",
                    "key": f"s{number}",
                    "ttl": 1,
                    "ttl_unit": "MINUTES",
                }
        elif kind == "roll back":
            body = {"nth": drawn.randrange(1000)}
        elif kind == "price":
            name = drawn.choice(PRODUCTS)
            body = {"source_id": name, "name": name, "price": drawn.randint(1, 50) * 100}
        elif kind == "level":
            body = {
                "source_id": drawn.choice(CUSTOMERS),
                "metadata": {"level": drawn.choice(("gold", "tin"))},
            }
        else:
            body = {"code": drawn.choice("ABC"), "percent": drawn.randint(1, 30)}
        steps.append(Step(drawn.randint(1, 2 * 30 * DAY_MS // count), kind, body))
    return steps


def _cart(drawn: random.Random) -> dict[str, Any]:
    codes = drawn.sample(("A", "B", "C", "D", "NONE"), drawn.choice((1, 1, 1, 2)))
    order: dict[str, Any] = {"amount": drawn.randint(100, 20_000)}
    if drawn.random() < 0.5:
        order = {
            "items": [
                {
                    "source_id": each,
                    "related_object": "product",
                    "quantity": drawn.randint(1, 3),
                    "price": 700,
                }
                for each in drawn.sample(PRODUCTS, 2)
            ]
        }
    body: dict[str, Any] = {
        "redeemables": [{"object": "voucher", "id": code} for code in codes],
        "order": order,
    }
    if drawn.random() < 0.8:
        body["customer"] = {"source_id": drawn.choice(CUSTOMERS)}
    if drawn.random() < 0.3:
        body["metadata"] = {"channel": drawn.choice(("app", "web"))}
    return body


@dataclass
class Numbers:
    """What the campaign really did."""

    redemptions: int = 0
    matched: int = 0
    rescued: int = 0
    rolled_back: int = 0
    validations: int = 0
    validations_matched: int = 0
    discount: int = 0
    amount: int = 0
    left: int = 0
    displaced: int = 0
    reduced: int = 0
    displaced_amount: int = 0
    customers: set[str] = field(default_factory=set)
    by_day: dict[int, int] = field(default_factory=dict)


class Shop:
    """A world that goes through a month."""

    def __init__(self, world: World, tiers: tuple[str, ...] = ()) -> None:
        self.world = world
        #: Those of the campaign that is live, by hierarchy.
        self.tiers = tiers
        self.placing = "last"
        self.numbers = Numbers()
        #: The record of each redemption that was asked for, be it refused.
        self.redeemed: list[Decided] = []
        self._taken_back: set[int] = set()
        #: Whose past this one repeats: nobody takes back there what was refused here.
        self.repeats: Shop | None = None

    async def begin(self) -> None:
        """What the shop has before."""
        for code, discount in (
            ("A", {"type": "PERCENT", "percent_off": 10}),
            ("B", {"type": "AMOUNT", "amount_off": 700}),
            ("C", {"type": "PERCENT", "percent_off": 50, "amount_limit": 900}),
        ):
            await self.world.voucher(code, discount=discount)
        await self.world.gift("D", 10_000_000)
        for name in PRODUCTS:
            await self._post("/v1/products", {"source_id": name, "name": name, "price": 700})

    async def go_through(self, steps: list[Step]) -> None:
        """All steps, each at its time."""
        for step in steps:
            self.world.ledger.now += step.after_ms
            await self._go(step)

    async def _go(self, step: Step) -> None:
        body = step.body
        if step.kind == "redeem":
            await self._redeem(body)
        elif step.kind in ("validate", "lock"):
            await self._validate(body)
        elif step.kind == "roll back":
            await self._roll_back(body["nth"])
        elif step.kind == "price":
            await self._post("/v1/products", body)
        elif step.kind == "level":
            await self._post("/v1/customers", body)
        else:
            discount = {"type": "PERCENT", "percent_off": body["percent"]}
            await self.world.call("PUT", f"/v1/vouchers/{body['code']}", {"discount": discount})

    async def _post(self, path: str, body: Any) -> Any:
        answer = await self.world.call("POST", path, body)
        assert answer.status_code < 500, answer.text
        return answer.json()

    async def _with_tier(self, body: dict[str, Any]) -> dict[str, Any]:
        """What a storefront asks for that tries the tiers first."""
        for tier in self.tiers:
            own = {"object": "promotion_tier", "id": tier}
            asked = body["redeemables"]
            stack = [own, *asked] if self.placing == "first" else [*asked, own]
            with_tier = body | {"redeemables": stack}
            answer = await self._post("/v1/validations", with_tier)
            applied = [
                each["id"]
                for each in answer.get("redeemables", ())
                if each["status"] == "APPLICABLE"
            ]
            if answer.get("valid") and tier in applied:
                return with_tier
        return body

    async def _validate(self, body: dict[str, Any]) -> None:
        self.numbers.validations += 1
        asked = await self._with_tier(body)
        self.numbers.validations_matched += asked is not body
        if not self.tiers or (body.get("session") and asked is body):
            await self._post("/v1/validations", body)

    async def _redeem(self, body: dict[str, Any]) -> None:
        asked = await self._with_tier(body)
        await self._post("/v1/redemptions", asked)
        record = self.world.ledger.records[-1]
        assert isinstance(record, Decided)
        self.redeemed.append(record)
        self.numbers.redemptions += 1
        if asked is not body:
            self._count(record, asked)

    def _count(self, record: Decided, asked: dict[str, Any]) -> None:
        (event,) = [each for each in record.events if isinstance(each, RedemptionSucceeded)]
        numbers, order = self.numbers, event.evaluation.order
        (own,) = [each for each in event.evaluation.outcomes if each.id in self.tiers]
        assert own.taken is not None
        numbers.matched += 1
        numbers.discount += own.taken.total
        numbers.amount += 0 if order is None else order.amount or 0
        numbers.left += left_to_pay(order) or 0
        day = record.at // DAY_MS * DAY_MS
        numbers.by_day[day] = numbers.by_day.get(day, 0) + own.taken.total
        if "customer" in asked:
            numbers.customers.add(asked["customer"]["source_id"])

    async def _roll_back(self, nth: int) -> None:
        place = nth % max(len(self.redeemed), 1)
        if not self.redeemed or place in self._taken_back:
            return
        record = self.redeemed[place]
        events = [each for each in record.events if isinstance(each, RedemptionSucceeded)]
        if not events or (self.repeats is not None and not _taken(self.repeats.redeemed[place])):
            return
        self._taken_back.add(place)
        named = events[0].parent_id or events[0].redemption_ids[0]
        await self._post(f"/v1/redemptions/{named}/rollbacks", {})
        done = self.world.ledger.records[-1]
        assert isinstance(done, Decided)
        for event in done.events:
            if isinstance(event, RedemptionRolledBack):
                for each in event.rollbacks:
                    if each.tier_id in self.tiers:
                        day = done.at // DAY_MS * DAY_MS
                        self.numbers.rolled_back += 1
                        self.numbers.discount -= each.discount
                        self.numbers.by_day[day] = self.numbers.by_day.get(day, 0) - each.discount


def compare(before: Shop, live: Shop) -> Numbers:
    """The numbers of the live one, with what its campaign displaced of what was before."""
    numbers = live.numbers
    for old, new in zip(before.redeemed, live.redeemed, strict=True):
        was, became = _taken(old), _taken(new)
        tiers = set(became) & set(live.tiers)
        numbers.rescued += bool(tiers) and not was
        if not tiers:
            continue
        for code, amount in was.items():
            if code not in became:
                numbers.displaced += 1
                numbers.displaced_amount += amount
            elif became[code] < amount:
                numbers.reduced += 1
                numbers.displaced_amount += amount - became[code]
    return numbers


def _taken(record: Decided) -> dict[str, int]:
    return {
        outcome.id: outcome.taken.total
        for event in record.events
        if isinstance(event, RedemptionSucceeded)
        for outcome in event.evaluation.outcomes
        if outcome.taken is not None
    }
