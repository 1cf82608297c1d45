"""What is in the shop: of every kind some that differ in each thing which a list is filtered by."""

from collections.abc import Mapping
from typing import Any, Final

from engine.kernel.calendar import iso
from schemas.base import DAY_MS
from tests.integration.dashboard_filters.shop import Shop
from tests.unit.services.ledger import START_MS
from tests.unit.services.world import SERVER

#: Segment → the source ids of who is in it.
MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {"Best": ("who-0", "who-1"), "Rest": ("who-1",)}
#: The day on which lists are looked at.
TODAY = 40


class Seed:
    """Makes things by the API, on one day after another."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.ids: dict[str, str] = {}

    def on(self, day: float) -> None:
        """What is made from now on is made on that day."""
        self.shop.world.ledger.now = START_MS + int(day * DAY_MS)

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        status: int | None = None,
        headers: dict[str, str] = SERVER,
    ) -> Any:
        """The body of an answer."""
        answer = await self.shop.world.call(method, path, body, headers)
        assert answer.status_code == status if status else answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def make(self, path: str, body: Any, name: str = "") -> Any:
        """Makes one thing and keeps its id under a name."""
        made = await self.ask("POST", path, body)
        if name:
            self.ids[name] = made["id"]
        return made


def day(number: float) -> str:
    """A day of the shop, as bodies have it."""
    return iso(START_MS + int(number * DAY_MS)) or ""


async def people(seed: Seed) -> None:
    """Customers, and segments of them."""
    told: tuple[dict[str, Any], ...] = (
        {"name": "Ada", "email": "ada@one.test", "phone": "+48 111", "address": {"city": "Rome"}},
        {"name": "Bob", "email": "bob@two.test", "phone": "+49 222", "metadata": {"level": "low"}},
        {"name": "Adam", "address": {"city": "Oslo"}, "metadata": {"level": "high"}},
        {},
    )
    for number, more in enumerate(told):
        seed.on(number * 5)
        named = {"source_id": f"who-{number}"} if number < 3 else {}
        await seed.make("/v1/customers", named | more, f"customer {number}")
    await seed.ask("PUT", "/v1/customers/who-1", {"metadata": {"level": "higher"}})
    number_of = {f"who-{number}": seed.ids[f"customer {number}"] for number in range(3)}
    older = {"created_at": {"conditions": {"$before": ["2020-01-01T00:00:00Z"]}}}
    segments: list[dict[str, Any]] = [
        {"name": name, "customers": [number_of[each] for each in members]}
        for name, members in MEMBERS.items()
    ]
    for name, kind in (("Older", "auto-update"), ("Elder", "passive")):
        segments.append({"name": name, "type": kind, "filter": {"junction": "and"} | older})
    for number, body in enumerate(segments):
        seed.on(number * 6)
        await seed.make("/v1/segments", body, body["name"])


async def goods(seed: Seed) -> None:
    """Products, collections, and places."""
    told: tuple[dict[str, Any], ...] = (
        {"source_id": "mug", "name": "Mug", "price": 1250, "attributes": ["colour", "size"]},
        {"source_id": "cup", "name": "Cup", "price": 900, "metadata": {"level": "low"}},
        {"name": "Mugger", "attributes": ["size"], "metadata": {"level": "high"}},
        {"source_id": "lamp", "price": 6900},
    )
    for number, body in enumerate(told):
        seed.on(number * 7)
        await seed.make("/v1/products", body, f"product {number}")
    await seed.ask("PUT", "/v1/products/cup", {"price": 950})
    mug = {"type": "products", "id": seed.ids["product 0"], "object": "product"}
    above = {"junction": "and", "price": {"conditions": {"$more_than": [1]}}}
    collections: tuple[dict[str, Any], ...] = (
        {"name": "Mugs", "type": "STATIC", "products": [mug]},
        {"name": "Smugs", "type": "STATIC", "products": [mug]},
        {"name": "All", "type": "AUTO_UPDATE", "filter": above},
    )
    for number, body in enumerate(collections):
        seed.on(number * 7)
        await seed.make("/v1/product-collections", body, f"collection {number}")
    for number, name in enumerate(("Berlin", "Bern", "Oslo")):
        seed.on(number * 9)
        circle = {"type": "circle", "distance": {"center": "52.52,13.4", "radius": "15 km"}}
        await seed.make("/v1/locations", {"name": name, "shape": circle}, f"location {number}")
    for number in (0, 1):
        await seed.ask(
            "PUT", f"/v1/locations/{seed.ids[f'location {number}']}", {"name": f"Berlin {number}"}
        )
        seed.on(25)
