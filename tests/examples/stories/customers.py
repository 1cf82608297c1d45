"""Customers: what is known of them, what they do, which groups they are in, and forgetting them."""

from typing import Any

from schemas.erasures import EndErasures
from tests.examples.telling import Shop
from tests.unit.services.world import CLIENT

ANN: dict[str, Any] = {
    "source_id": "ann",
    "name": "Ann Fischer",
    "description": "Came with the newsletter",
    "email": "ann.fischer@example.com",
    "phone": "+49 30 1234567",
    "birthday": "1990-02-28",
    "birthdate": "1990-02-28",
    "address": {
        "city": "Berlin",
        "state": "Berlin",
        "line_1": "Market Street 7",
        "line_2": "c/o Berg",
        "country": "DE",
        "postal_code": "10115",
    },
    "metadata": {"interest": "books", "visits": 3},
}
READERS: dict[str, Any] = {
    "junction": "and",
    "metadata.interest": {"conditions": {"$is": ["books"]}},
}


async def customers(shop: Shop) -> None:
    """Ann is known, changes, does something, belongs to groups, is deleted and forgotten."""
    ann = await shop.post("/v1/customers", ANN)
    await shop.post("/v1/customers", ANN)
    await shop.post("/v1/customers", {"source_id": "ben", "metadata": {"interest": "music"}})
    await _grouped(shop, ann["id"])
    await _active(shop)
    # nothing new, and what she spent is told with it
    await shop.post("/v1/customers", {"source_id": "ann"})
    await _forgotten(shop, ann["id"])


async def _grouped(shop: Shop, ann: str) -> None:
    body = {"name": "Readers", "type": "auto-update", "filter": READERS}
    readers = await shop.post("/v1/segments", body)
    for action in shop.actions():
        await shop.work({"async_action_id": action})
    static = {"name": "Staff", "type": "static", "customers": ["ann", "ben"]}
    staff = await shop.post("/v1/segments", static)
    await shop.put(f"/v1/segments/{staff['id']}", {"customers": ["ben"], "name": "Crew"})
    await shop.put(f"/v1/segments/{staff['id']}", {"customers": ["ann"]})
    await shop.put(f"/v1/segments/{readers['id']}", {"filter": READERS})
    await shop.put(f"/v1/customers/{ann}", {"metadata": {"interest": "games"}, "phone": None})
    await shop.put("/v1/customers/ben", {"metadata": {"interest": "books"}})
    await shop.delete(f"/v1/segments/{staff['id']}")
    await shop.delete(f"/v1/segments/{readers['id']}")


async def _active(shop: Shop) -> None:
    event = {"event": "newsletter.opened", "metadata": {"issue": 12, "links": ["a", "b"]}}
    await shop.post("/v1/events", event | {"customer": {"source_id": "ann"}})
    browser = {"event": "page.viewed", "customer": {"email": "cleo@example.com"}}
    await shop.post("/client/v1/events", browser, headers=CLIENT)
    order = {"source_id": "order-1", "status": "PAID", "amount": 4200}
    await shop.post("/v1/orders", order | {"customer": {"source_id": "ann"}})
    await shop.put("/v1/customers/ann", {"description": "Comes every week"})


async def _forgotten(shop: Shop, ann: str) -> None:
    await shop.delete("/v1/customers/ben")
    await shop.post(f"/v1/customers/{ann}/permanent-deletion")
    await shop.send(EndErasures((ann,)))
