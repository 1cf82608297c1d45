"""A random history of a shop, in which validations are asked and their answers kept."""

import random
from typing import Any, NamedTuple

from engine.kernel.calendar import iso
from tests.unit.services.world import MANAGEMENT, World

CODES = tuple(f"C{n}" for n in range(8))
CUSTOMERS = tuple(f"shopper-{n}" for n in range(5))
PRODUCTS = ("tea", "mug", "kettle")
DAY_MS = 86_400_000


class Asked(NamedTuple):
    """A validation or a qualification, and what was answered."""

    path: str
    body: dict[str, Any]
    at: int
    #: The record that decided it; None: none did.
    offset: int | None
    status: int
    answer: dict[str, Any]


class History:
    """Changes a world at random, and asks it."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.asked: list[Asked] = []
        self._rules: list[str] = []
        self._tiers: list[str] = []
        self._campaigns: list[str] = []
        self._redemptions: list[str] = []
        self._names = 0
        self._stacking = ""

    async def begin(self) -> None:
        """What a shop has from the first day."""
        for code in CODES[:4]:
            await self._make_voucher(code)
        await self._make_rule()
        await self._make_promotion()

    async def go_on(self, count: int) -> None:
        """So many validations, with changes between them."""
        changes = (
            self._make_voucher, self._change_voucher, self._make_rule, self._change_rule,
            self._bind, self._make_promotion, self._change_tier, self._switch, self._redeem,
            self._redeem, self._roll_back, self._write_product, self._write_customer,
            self._delete_voucher, self._stack,
        )  # fmt: skip
        while len(self.asked) < count:
            self._pass_time()
            if self.random.random() < 0.5:
                await self.random.choice(changes)()
            else:
                await self._ask()

    def _pass_time(self) -> None:
        self.world.ledger.now += self.random.choice((1, 50, 3_600_000, DAY_MS // 2))

    async def _post(self, path: str, body: Any = None, method: str = "POST") -> dict[str, Any]:
        answer = await self.world.call(method, path, body)
        assert answer.status_code < 500, answer.text
        return answer.json() if answer.status_code < 300 and answer.content else {}

    def _discount(self) -> dict[str, Any]:
        if self.random.random() < 0.5:
            return {"type": "PERCENT", "percent_off": self.random.randint(1, 40)}
        return {"type": "AMOUNT", "amount_off": self.random.randint(1, 3000)}

    def _days(self) -> dict[str, Any]:
        if self.random.random() < 0.7:
            return {}
        first = self.world.ledger.now + self.random.randint(-5, 2) * DAY_MS
        last = first + self.random.randint(1, 20) * DAY_MS
        return {"start_date": iso(first), "expiration_date": iso(last)}

    async def _make_voucher(self, code: str | None = None) -> None:
        if self.random.random() < 0.2:
            gift = self.random.randint(1000, 9000)
            body = {"type": "GIFT_VOUCHER", "gift": {"amount": gift, "balance": gift}}
        else:
            body = {"type": "DISCOUNT_VOUCHER", "discount": self._discount()}
        if self.random.random() < 0.5:
            body["redemption"] = {"quantity": self.random.randint(1, 3)}
        await self._post(f"/v1/vouchers/{code or self.random.choice(CODES)}", body | self._days())

    async def _change_voucher(self) -> None:
        code = self.random.choice(CODES)
        action = self.random.choice(("enable", "disable"))
        await self._post(f"/v1/vouchers/{code}/{action}")

    async def _delete_voucher(self) -> None:
        if self.random.random() < 0.3:
            await self._post(
                f"/v1/vouchers/{self.random.choice(CODES)}?force=true", method="DELETE"
            )

    def _rule(self) -> dict[str, Any]:
        name, conditions = self.random.choice(
            (
                ("order.amount", {"$more_than": [self.random.randint(0, 9000)]}),
                ("redemption.count.per_customer", {"$less_than": [self.random.randint(1, 3)]}),
                ("customer.metadata", {"$is": [self.random.choice(("gold", "tin"))]}),
                ("product.id", {"$is": [self.random.choice(PRODUCTS)]}),
            )
        )
        rule: dict[str, Any] = {"name": name, "conditions": conditions, "rules": {}}
        if name == "customer.metadata":
            rule["property"] = "level"
        return {"1": rule}

    async def _make_rule(self) -> None:
        made = await self._post("/v1/validation-rules", {"name": "R", "rules": self._rule()})
        if made:
            self._rules.append(made["id"])

    async def _change_rule(self) -> None:
        rule = self.random.choice(self._rules)
        await self._post(f"/v1/validation-rules/{rule}", {"rules": self._rule()}, "PUT")

    async def _bind(self) -> None:
        rule = self.random.choice(self._rules)
        kind = self.random.choice(("voucher", "promotion_tier"))
        bound = self.random.choice(CODES if kind == "voucher" else self._tiers)
        body = {"related_object_id": bound, "related_object_type": kind}
        await self._post(f"/v1/validation-rules/{rule}/assignments", body)

    async def _make_promotion(self) -> None:
        if len(self._tiers) > 6:
            return
        self._names += 1
        tiers = [
            {"name": "T", "banner": "b", "action": {"discount": self._discount()}}
            for _ in range(self.random.randint(1, 2))
        ]
        body = {
            "name": f"P{self._names}",
            "campaign_type": "PROMOTION",
            "promotion": {"tiers": tiers},
        } | self._days()
        made = await self._post("/v1/campaigns", body)
        if made:
            self._campaigns.append(made["id"])
            self._tiers += [each["id"] for each in made["promotion"]["tiers"]]

    async def _change_tier(self) -> None:
        tier = self.random.choice(self._tiers)
        body = {"action": {"discount": self._discount()}}
        await self._post(f"/v1/promotions/tiers/{tier}", body, "PUT")

    async def _switch(self) -> None:
        campaign = self.random.choice(self._campaigns)
        await self._post(f"/v1/campaigns/{campaign}/{self.random.choice(('enable', 'disable'))}")

    async def _redeem(self) -> None:
        made = await self._post("/v1/redemptions", self._cart())
        for each in made.get("redemptions", ()):
            self._redemptions.append(each["id"])

    async def _roll_back(self) -> None:
        if self._redemptions:
            redemption = self.random.choice(self._redemptions)
            await self._post(f"/v1/redemptions/{redemption}/rollback")

    async def _write_product(self) -> None:
        name = self.random.choice(PRODUCTS)
        body = {
            "id": name,
            "source_id": name,
            "name": name,
            "price": self.random.randint(1, 50) * 100,
        }
        await self._post("/v1/products", body)

    async def _write_customer(self) -> None:
        body = {
            "source_id": self.random.choice(CUSTOMERS),
            "metadata": {"level": self.random.choice(("gold", "tin"))},
        }
        await self._post("/v1/customers", body)

    async def _stack(self) -> None:
        rules = {
            "applicable_redeemables_limit": self.random.randint(1, 5),
            "redeemables_application_mode": self.random.choice(("ALL", "PARTIAL")),
        }
        path = "/management/v1/projects/proj/stacking-rules"
        method, named = ("PUT", f"/{self._stacking}") if self._stacking else ("POST", "")
        made = await self.world.call(method, path + named, rules, MANAGEMENT)
        assert made.status_code == 200, made.text
        self._stacking = made.json()["id"]

    def _cart(self) -> dict[str, Any]:
        redeemables = [
            {"object": "voucher", "id": code}
            for code in self.random.sample(CODES, self.random.randint(1, 3))
        ]
        if self.random.random() < 0.5:
            redeemables[0] = {"object": "promotion_tier", "id": self.random.choice(self._tiers)}
        order: dict[str, Any] = {"amount": self.random.randint(100, 20_000)}
        if self.random.random() < 0.5:
            order = {
                "items": [
                    {"product_id": each, "quantity": self.random.randint(1, 3), "price": 700}
                    for each in self.random.sample(PRODUCTS, 2)
                ]
            }
        body: dict[str, Any] = {"redeemables": redeemables, "order": order}
        if self.random.random() < 0.7:
            body["customer"] = {"source_id": self.random.choice(CUSTOMERS)}
            if self.random.random() < 0.3:
                body["customer"]["metadata"] = {"level": self.random.choice(("gold", "tin"))}
        return body

    async def _ask(self) -> None:
        body = self._cart()
        kind = self.random.random()
        path = "/v1/validations"
        if kind < 0.15:
            path = f"/v1/vouchers/{self.random.choice(CODES)}/validate"
            del body["redeemables"]
        elif kind < 0.25:
            path = f"/v1/promotions/tiers/{self.random.choice(self._tiers)}/validation"
            del body["redeemables"]
        elif kind < 0.4:
            path = self.random.choice(
                (
                    "/v1/qualifications",
                    "/v1/promotions/validation",
                    "/v1/vouchers/qualification?limit=5",
                    "/v1/campaigns/qualification",
                )
            )
            del body["redeemables"]
        elif kind < 0.6:
            body["session"] = {
                "type": "LOCK",
                "key": f"s{len(self.asked)}",
                "ttl": 1,
                "ttl_unit": "HOURS",
            }
        before = len(self.world.ledger.records)
        answer = await self.world.call("POST", path, body)
        recorded = len(self.world.ledger.records) > before and "session" in body
        offset = before if recorded else None
        self.asked.append(
            Asked(path, body, self.world.ledger.now, offset, answer.status_code, answer.json())
        )


def lasting(answer: Any) -> Any:
    """An answer without what is another each time that it is asked for."""
    if isinstance(answer, list):
        return [lasting(each) for each in answer]
    if isinstance(answer, dict):
        fleeting = {"request_id"}
        if "tracking_id" in answer:
            fleeting |= {"tracking_id"}
        if str(answer.get("id", "")).startswith(("valid_", "qual_")):
            fleeting |= {"id"}
        return {name: lasting(value) for name, value in answer.items() if name not in fleeting}
    return answer
