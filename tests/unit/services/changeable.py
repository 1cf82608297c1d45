"""One of each entity that can be changed."""

from typing import Any, Final

from tests.unit.services.strange import EARNING, FRIENDS, LADDER, LOTTERY, PROGRAM, REWARD
from tests.unit.services.world import MANAGEMENT, SERVER, World

Headers = dict[str, str]
ZONE: Final = {"type": "circle", "distance": {"center": "52.2,21", "radius": "5 km"}}
OFF: Final = {"type": "PERCENT", "percent_off": 10}
RULES: Final = {
    "1": {
        "name": "order.items.any",
        "conditions": {},
        "rules": {"1": {"name": "order.items.price", "conditions": {"$more_than": [1.5]}}},
    },
    "2": {"name": "order.amount", "conditions": {"$more_than": [5]}, "rules": {}},
}


class Shop:
    """One of each entity that can be changed, with all that it can have."""

    def __init__(self, world: World) -> None:
        self.world = world
        #: The path of each, and the headers to come with.
        self.paths: dict[str, Headers] = {}

    async def made(self, path: str, body: Any, headers: Headers = SERVER) -> dict[str, Any]:
        answer = await self.world.call("POST", path, body, headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def add(self, path: str, body: Any, headers: Headers = SERVER) -> str:
        found: str = (await self.made(path, body, headers))["id"]
        self.paths[f"{path}/{found}"] = headers
        return found

    async def open(self) -> None:
        await self._goods()
        await self._offers()
        await self._people()
        await self._settings()

    async def _goods(self) -> None:
        product = await self.add("/v1/products", {
            "name": "Mug", "source_id": "p/1", "price": 500, "attributes": ["size"],
            "metadata": {"weight": 1.5, "tags": [], "box": {}}})  # fmt: skip
        bare = await self.add("/v1/products", {"name": "Bare"})
        await self.add(f"/v1/products/{product}/skus", {
            "sku": "Red", "price": 600, "attributes": {"size": "L"}, "metadata": {"n": 3}})  # fmt: skip
        await self.add(f"/v1/products/{bare}/skus", {"sku": "Plain"})
        members = [{"object": "product", "id": product}]
        await self.add("/v1/product-collections", {
            "name": "Few", "type": "STATIC", "products": members})  # fmt: skip
        chosen = {"junction": "and", "price": {"conditions": {"$more_than": [5]}}}
        await self.add("/v1/product-collections", {
            "name": "Dear", "type": "AUTO_UPDATE", "filter": chosen})  # fmt: skip
        self.product = product

    async def _offers(self) -> None:
        category = await self.add("/v1/categories", {"name": "Goods", "hierarchy": 2})
        items = {"included": [{"object": "product", "id": self.product, "quantity_limit": 2}]}
        rule = await self.add("/v1/validation-rules", {
            "name": "R", "rules": RULES, "applicable_to": items, "error": {"message": "No"}})  # fmt: skip
        await self.add("/v1/validation-rules", {"name": "Empty", "rules": {}})
        hours = {"daily": [{"start_time": "09:00", "expiration_time": "12:00"}]}
        valid = {"start_date": "2020-01-01T01:02:03.004Z", "validity_hours": hours,
                 "expiration_date": "2040-01-01T00:00:00.000Z", "validity_day_of_week": [0, 1],
                 "validity_timeframe": {"duration": "PT1H", "interval": "P2D"}}  # fmt: skip
        for code, terms in {
            "PLAIN": {"type": "DISCOUNT_VOUCHER", "discount": OFF},
            "FULL": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 5},
                     "redemption": {"quantity": 3}, "category_id": category, **valid,
                     "metadata": {"a": 1, "b": {}, "c": [], "d": 0.5}},
            "UNIT": {"type": "DISCOUNT_VOUCHER", "discount": {
                "type": "UNIT", "unit_off": 1, "unit_type": self.product}},
            "GIFT": {"type": "GIFT_VOUCHER", "gift": {"amount": 500, "effect": "APPLY_TO_ORDER"}},
            "CARD": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 7}},
        }.items():  # fmt: skip
            await self.made(f"/v1/vouchers/{code}", terms)
            self.paths[f"/v1/vouchers/{code}"] = SERVER
        ladder = f"/v1/loyalties/{await self.add('/v1/loyalties', PROGRAM | valid)}/tiers"
        rung = (await self.world.call("POST", ladder, LADDER)).json()[0]["id"]
        self.paths[f"{ladder}/{rung}"] = SERVER
        earning = ladder.replace("/tiers", "/earning-rules")
        given = (await self.world.call("POST", earning, [EARNING])).json()[0]["id"]
        self.paths[f"{earning}/{given}"] = SERVER
        await self.add("/v1/campaigns", {
            "name": "Spring", "vouchers_count": 1, "category_id": category, **valid,
            "voucher": {"discount": OFF, "code_config": {"length": 9}}})  # fmt: skip
        await self.add("/v1/campaigns", {"name": "Cards", "voucher": {"gift": {"amount": 9}}})
        friends = await self.add("/v1/campaigns", FRIENDS)
        await self.add(f"/v1/referrals/{friends}/tiers", {"conversions": 2, "reward": REWARD})
        await self.add("/v1/campaigns", LOTTERY)
        tier = {"name": "A", "action": {"discount": OFF}, "validation_rules": [rule], **valid}
        sale = await self.made("/v1/campaigns", {"name": "Sale", "campaign_type": "PROMOTION",
            "promotion": {"tiers": [tier, {"name": "B", "action": {"discount": OFF}}]}})  # fmt: skip
        self.paths[f"/v1/campaigns/{sale['id']}"] = SERVER
        tiers = [each["id"] for each in sale["promotion"]["tiers"]]
        self.paths |= {f"/v1/promotions/tiers/{each}": SERVER for each in tiers}
        stack = {"name": "S", "tiers": {"ids": tiers}, "category_id": category}
        await self.add(f"/v1/promotions/{sale['id']}/stacks", stack)
        coin = {"coin": {"exchange_ratio": 0.5, "points_ratio": 2}}
        await self.add("/v1/rewards", {"name": "Pay", "type": "COIN", "parameters": coin})
        mug = await self.add("/v1/rewards", {
            "name": "Mug", "parameters": {"product": {"id": self.product}}, "stock": 3,
            "attributes": {"description": "White"}})  # fmt: skip
        priced = {"campaign": "Program", "parameters": {"loyalty": {"points": 5}}}
        offer = await self.add(f"/v1/rewards/{mug}/assignments", priced)
        self.paths[f"/v1/loyalties/Program/rewards/{offer}"] = SERVER
        await self.add("/v1/locations", {"name": "L", "shape": ZONE})

    async def _people(self) -> None:
        ann = await self.add("/v1/customers", {
            "source_id": "ann", "name": "Ann", "email": "ann@shop.test", "birthdate": "1990-02-03",
            "address": {"city": "C"}, "metadata": {"n": 1, "none": {}}})  # fmt: skip
        await self.add("/v1/customers", {"source_id": "bob"})
        await self.add("/v1/segments", {"name": "Few", "customers": ["ann"]})
        chosen = {"junction": "and", "metadata.n": {"conditions": {"$is": [1]}}}
        await self.add("/v1/segments", {"name": "Many", "filter": chosen})
        lines = [{"product_id": self.product, "quantity": 2, "price": 500, "metadata": {}},
                 {"sku_id": "s", "amount": 100, "product": {"name": "P"}}]  # fmt: skip
        await self.add("/v1/orders", {
            "source_id": "o/1", "items": lines, "customer": {"id": ann}, "metadata": {"k": 2}})  # fmt: skip
        await self.add("/v1/orders", {"amount": 100})
        given = {"customer": {"source_id": "ann"}, "campaign": {"name": "Friends", "count": 1}}
        code = (await self.made("/v1/publications", given))["voucher"]["code"]
        await self.made("/v1/redemptions", {
            "redeemables": [{"object": "voucher", "id": code}], "customer": {"source_id": "bob"},
            "order": {"source_id": "referred", "amount": 1000}})  # fmt: skip
        self.paths["/v1/orders/referred"] = SERVER

    async def _settings(self) -> None:
        thresholds = "/v1/analytics/alerts/thresholds"
        self.paths[thresholds] = SERVER
        plans = [{"campaign_id": "Spring", "planned_per_hour": 5}]
        await self.world.call("PUT", thresholds, {"budgets": plans, "quiet_minutes": 7})
        project = "/management/v1/projects"
        self.paths[f"{project}/proj"] = MANAGEMENT
        self.paths[f"{project}/proj/security"] = MANAGEMENT
        await self.add(f"{project}/proj/stacking-rules", {}, MANAGEMENT)
        hook = {"target_url": "https://hooks.test/x", "events": ["voucher.created"]}
        await self.add(f"{project}/proj/webhooks", hook, MANAGEMENT)
        await self.add(f"{project}/proj/keys", {"kind": "server", "name": "Till"}, MANAGEMENT)
        self.paths[f"{project}/proj/keys/app"] = MANAGEMENT
        brand = {"brand": {"name": "B"}, "contact": {"email": "b@shop.test"},
                 "address": {"street": "S", "city": "C", "postal": None, "country": "D"}}  # fmt: skip
        await self.add(f"{project}/proj/branding", brand, MANAGEMENT)
        pages = {"page": {"type": "string", "optional": True}}
        seen = {"name": "seen", "schema": {"properties": pages}}
        await self.add(f"{project}/proj/custom-event-schemas", seen, MANAGEMENT)
        properties = {"n": {"type": "number", "lt": 5, "optional": True},
                      "t": {"type": "string", "max_length": 9, "optional": True}}  # fmt: skip
        schemas = f"{project}/proj/metadata-schemas"
        await self.add(schemas, {"related_object": "publication", "properties": properties},
                       MANAGEMENT)  # fmt: skip
        await self.add(schemas, {"related_object": "redemption", "properties": {}}, MANAGEMENT)
