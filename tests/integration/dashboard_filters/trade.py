"""What was done with the offers of the shop: given, tried, redeemed, taken back, ordered, thrown away."""

from typing import Any

from tests.integration.dashboard_filters.seed import Seed
from tests.unit.services.catalog.users.signing import sign_in
from tests.unit.services.world import CLIENT


def _of(*codes: str, amount: int | None = 5000, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"redeemables": [{"object": "voucher", "id": code} for code in codes]}
    return body | ({} if amount is None else {"order": {"amount": amount}}) | more


async def redemptions(seed: Seed) -> None:
    """Redemptions of every result, channel and reason that is cheap to have."""
    ada: dict[str, Any] = {"customer": {"source_id": "who-0"}}
    bob: dict[str, Any] = {"customer": {"source_id": "who-1"}}
    mug = {
        "amount": 2500,
        "items": [{"source_id": "mug", "quantity": 2, "price": 1250, "related_object": "product"}],
    }
    bound = {"related_object_type": "voucher", "related_object_id": "SPRING-3"}
    for name in ("Large", "Larger"):
        await seed.ask("POST", f"/v1/validation-rules/{seed.ids[name]}/assignments", bound)
        bound = {"related_object_type": "voucher", "related_object_id": "UNIT"}
    tier = {"object": "promotion_tier", "id": seed.ids["Saturday"]}
    tried: tuple[tuple[dict[str, Any], int | None], ...] = (
        (_of("SAVE-5", **ada, metadata={"level": "low"}), None),
        (_of("SAVE-5", amount=9000, **bob, metadata={"level": "high"}), None),
        (_of("SPRING-1", "CARD-80", order=mug, **bob), None),
        (_of("SPRING-2", amount=700, session={"type": "LOCK", "key": "key-paid"}), None),
        (_of("SAVE-10", "CARD-20", amount=1000, **ada), None),
        (_of("ITEMS", order=mug), None),
        ({"redeemables": [tier], "order": {"amount": 900}}, None),
        (_of("CARDS-1", amount=300, session={"type": "LOCK", "key": "key-other"}), None),
        (_of("SAVE-10"), 400),
        (_of("SPRING-3", **ada), 400),
        (_of("UNIT", amount=None), 400),
        (_of("OFF"), 400),
        (_of("FIXED"), 400),
        (_of("NOWHERE"), 404),
    )
    for number, (body, status) in enumerate(tried):
        seed.on(25 + number)
        answer = await seed.ask("POST", "/v1/redemptions", body, status)
        if number < 3:
            seed.ids[f"redemption {number}"] = answer["redemptions"][0]["id"]
    seed.on(38)
    await seed.ask("POST", "/client/v1/redemptions", _of("SPRING-2", amount=800), headers=CLIENT)
    person = await sign_in(seed.shop.world)
    assert (await person.ask("POST", "/v1/redemptions", _of("SPRING-2", amount=600))).is_success
    await seed.ask("POST", f"/v1/redemptions/{seed.ids['redemption 0']}/rollback", {})


async def validations(seed: Seed) -> None:
    """Validations that are kept, and the sessions of some of them."""
    asked: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
        (("SAVE-5",), {"customer": {"source_id": "who-0"}}),
        (("CARD-20", "SPRING-2"), {"customer": {"source_id": "who-1"}, "session": "first"}),
        (("SPRING-1",), {"session": "second"}),
        (("OFF",), {}),
        (("NOWHERE", "OFF"), {}),
    )
    for number, (codes, more) in enumerate(asked):
        seed.on(33 + number)
        body = _of(*codes, **more)
        if "session" in body:
            body["session"] = {
                "type": "LOCK",
                "key": f"key-{body['session']}",
                "ttl": 20,
                "ttl_unit": "DAYS",
            }
        await seed.ask("POST", "/v1/validations", body)


async def publications(seed: Seed) -> None:
    """Vouchers that were given to somebody, and some that could not be."""
    given: tuple[tuple[str | dict[str, Any], str, dict[str, Any]], ...] = (
        ("SPRING-1", "who-0", {"source_id": "pub-1", "metadata": {"level": "low"}}),
        ("SPRING-3", "who-1", {"source_id": "pub-2", "metadata": {"level": "high"}}),
        ("CARDS-3", "who-1", {}),
        ("SPRING-1", "who-1", {}),
        ("SPRING-4", "who-1", {}),
        ("SAVE-5", "who-0", {}),
        ({"name": "Spring", "count": 20}, "who-0", {}),
    )
    for number, (code, who, more) in enumerate(given):
        seed.on(31 + number)
        what: dict[str, Any] = {"voucher": code} if isinstance(code, str) else {"campaign": code}
        body: dict[str, Any] = what | {"customer": {"source_id": who}} | more
        await seed.shop.world.call("POST", "/v1/publications", body)


async def orders(seed: Seed) -> None:
    """Orders besides those of the redemptions."""
    made: tuple[tuple[str, int | None, str, dict[str, Any]], ...] = (
        ("CREATED", 4000, "who-0", {"source_id": "order-1", "metadata": {"level": "low"}}),
        ("PAID", 7000, "who-1", {"source_id": "order-2", "metadata": {"level": "high"}}),
        ("CANCELED", 100, "who-2", {"discount_amount": 3}),
        ("CREATED", None, "who-2", {}),
    )
    for number, (status, amount, who, more) in enumerate(made):
        seed.on(12 + number)
        body: dict[str, Any] = {
            "status": status,
            "amount": amount,
            "customer": {"source_id": who},
        } | more
        await seed.make("/v1/orders", body, f"order {number}")
    seed.on(39)
    await seed.ask("PUT", f"/v1/orders/{seed.ids['order 1']}", {"status": "FULFILLED"})


async def thrown_away(seed: Seed) -> None:
    """What is in the bin."""
    seed.on(20)
    for code in ("OLD-1", "OLDER-2"):
        await seed.make(
            f"/v1/vouchers/{code}",
            {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 1}},
            code,
        )
        await seed.ask("DELETE", f"/v1/vouchers/{code}")
    await seed.make("/v1/products", {"source_id": "old", "name": "Old mug"}, "old")
    await seed.ask("DELETE", "/v1/products/old")
    body = {"name": "Olden", "campaign_type": "PROMOTION"}
    await seed.make("/v1/campaigns", body, "Olden")
    await seed.ask("DELETE", f"/v1/campaigns/{seed.ids['Olden']}")
