"""Offers of the shop: campaigns, vouchers, promotions, and the rules that bind them."""

from typing import Any

from tests.integration.dashboard_filters.seed import Seed, day

AMOUNT = {"type": "AMOUNT", "amount_off": 500}
PERCENT = {"type": "PERCENT", "percent_off": 10}


async def rules(seed: Seed) -> None:
    """Categories and sets of rules."""
    for number, name in enumerate(("Warm", "Warmer")):
        await seed.make("/v1/categories", {"name": name, "hierarchy": number + 1}, name)
    amount = {"name": "order.amount", "conditions": {"$more_than": [100_000_000]}}
    told = (
        ("Large", "expression", "global"),
        ("Larger", "basic", "voucher.discount_voucher"),
        ("Small", "advanced", "campaign.discount_coupons"),
        ("None", "complex", "campaign.promotion"),
    )
    for number, (name, kind, context) in enumerate(told):
        seed.on(number * 5)
        body = {"name": name, "type": kind, "context_type": context}
        rules = {"1": amount, "logic": "1"}
        await seed.make("/v1/validation-rules", body | {"rules": rules}, name)


def _campaigns(seed: Seed) -> tuple[dict[str, Any], ...]:
    coupons = {"campaign_type": "DISCOUNT_COUPONS", "voucher": {"discount": AMOUNT}}
    return (
        {
            "name": "Spring",
            **coupons,
            "start_date": day(-30),
            "expiration_date": day(39.5),
            "metadata": {"level": "low"},
            "validity_day_of_week": [0, 1, 2, 3, 4, 5],
            "vouchers_count": 1,
        },
        {
            "name": "Springer",
            **coupons,
            "type": "AUTO_UPDATE",
            "start_date": day(30),
            "expiration_date": day(90),
            "category_id": seed.ids["Warm"],
            "validity_timeframe": {"interval": "P1D", "duration": "PT2H"},
            "metadata": {"level": "high"},
            "vouchers_count": 2,
        },
        {
            "name": "Cards",
            "campaign_type": "GIFT_VOUCHERS",
            "voucher": {"gift": {"amount": 5000}},
            "vouchers_count": 1,
            "category_id": seed.ids["Warmer"],
            "validity_day_of_week": [2, 4, 5, 6],
        },
        {
            "name": "Every day",
            "campaign_type": "PROMOTION",
            "active": False,
            "start_date": day(60),
        },
        {
            "name": "Long ago",
            **coupons,
            "start_date": day(-60),
            "expiration_date": day(10),
            "validity_timeframe": {"interval": "P7D", "duration": "PT8H"},
        },
    )


async def campaigns(seed: Seed) -> None:
    """One of each kind and state: made and under way."""
    for number, body in enumerate(_campaigns(seed)):
        seed.on(number * 8)
        await seed.make("/v1/campaigns", body, body["name"])
    more = f"/v1/campaigns/{seed.ids['Springer']}/vouchers?vouchers_count=2"
    await seed.ask("POST", more, {})
    await seed.ask("PUT", f"/v1/campaigns/{seed.ids['Spring']}", {"description": "Soon over"})


def _vouchers(seed: Seed) -> tuple[tuple[str, dict[str, Any]], ...]:
    spring, cards = {"campaign": "Spring"}, {"campaign": "Cards"}
    return (
        (
            "SAVE-5",
            {"discount": AMOUNT, "redemption": {"quantity": 3}, "start_date": day(-3)}
            | {"metadata": {"level": "low"}, "category": "Warm"},
        ),
        (
            "SAVE-10",
            {"discount": PERCENT, "redemption": {"quantity": 1}, "expiration_date": day(39.6)}
            | {"metadata": {"level": "high"}, "category": "Warmer"},
        ),
        ("UNIT", {"discount": {"type": "UNIT", "unit_off": 1, "unit_type": "mug"}}),
        ("FIXED", {"discount": {"type": "FIXED", "fixed_amount": 700}, "start_date": day(60)}),
        ("OFF", {"discount": AMOUNT, "active": False, "expiration_date": day(90)}),
        ("CARD-20", {"gift": {"amount": 2000, "balance": 2000}}),
        ("CARD-80", {"gift": {"amount": 8000, "balance": 8000}}),
        ("GONE", {"discount": AMOUNT, "expiration_date": day(10)}),
        ("CARDS-1", cards | {"redemption": {"quantity": 2}, "metadata": {"level": "low"}}),
        ("CARDS-2", cards | {"redemption": {"quantity": 5}, "expiration_date": day(20)}),
        ("CARDS-3", cards | {"start_date": day(1), "metadata": {"level": "high"}}),
        ("CARDS-4", cards | {"expiration_date": day(95)}),
        ("SPRING-1", spring | {"redemption": {"quantity": 2}, "metadata": {"level": "low"}}),
        ("SPRING-2", spring | {"redemption": {"quantity": 5}, "expiration_date": day(39.7)}),
        ("SPRING-3", spring | {"start_date": day(1), "metadata": {"level": "high"}}),
        ("SPRING-4", spring | {"expiration_date": day(95)}),
    )


async def vouchers(seed: Seed) -> None:
    """Single vouchers, and some of a campaign."""
    for number, (code, body) in enumerate(_vouchers(seed)):
        seed.on(number * 3)
        campaign = body.pop("campaign", None)
        if campaign is not None:
            path = f"/v1/campaigns/{seed.ids[campaign]}/vouchers/{code}"
        else:
            path = f"/v1/vouchers/{code}"
            body["type"] = "GIFT_VOUCHER" if "gift" in body else "DISCOUNT_VOUCHER"
        await seed.make(path, body, code)
    items = {"type": "AMOUNT", "amount_off": 100, "effect": "APPLY_TO_ITEMS"}
    await seed.make("/v1/vouchers/ITEMS", {"type": "DISCOUNT_VOUCHER", "discount": items}, "ITEMS")
    await seed.ask("POST", "/v1/vouchers/CARDS-2/balance", {"amount": 700})
    for code in ("SPRING-4", "CARDS-4"):
        await seed.ask("POST", f"/v1/vouchers/{code}/disable")


async def promotions(seed: Seed) -> None:
    """Two promotions with tiers and stacks."""
    seed.on(2)
    await seed.make("/v1/campaigns", {"name": "Weekend", "campaign_type": "PROMOTION"}, "Weekend")
    tiers: tuple[tuple[str, dict[str, Any]], ...] = (
        ("Weekend", {"name": "Saturday", "metadata": {"level": "low"}, "start_date": day(-3)}),
        ("Weekend", {"name": "Sunday", "category": "Warm", "expiration_date": day(30)}),
        ("Every day", {"name": "Sunny", "category": "Warmer", "metadata": {"level": "high"}}),
        ("Weekend", {"name": "Late", "start_date": day(60), "expiration_date": day(90)}),
        ("Weekend", {"name": "Off", "active": False}),
    )
    for number, (campaign, body) in enumerate(tiers):
        seed.on(26 + number * 2)
        body |= {"action": {"discount": AMOUNT}}
        await seed.make(f"/v1/promotions/{seed.ids[campaign]}/tiers", body, body["name"])
    await seed.ask("PUT", f"/v1/promotions/tiers/{seed.ids['Sunday']}", {"banner": "Sunday"})
    stacks = (
        ("Weekend", {"name": "Both", "category_id": seed.ids["Warm"]}, ("Saturday", "Sunday")),
        ("Weekend", {"name": "Brother", "category_id": seed.ids["Warmer"]}, ("Sunday", "Saturday")),
        ("Every day", {"name": "One"}, ("Sunny",)),
    )
    for number, (campaign, body, named) in enumerate(stacks):
        seed.on(34 + number)
        body |= {"tiers": {"ids": [seed.ids[each] for each in named]}}  # type: ignore[dict-item]
        path = f"/v1/promotions/{seed.ids[campaign]}/stacks"
        await seed.make(path, body, str(body["name"]))
    for number, name in enumerate(("Both", "One")):
        seed.on(37 + number)
        campaign = seed.ids["Every day" if number else "Weekend"]
        await seed.ask(
            "PUT", f"/v1/promotions/{campaign}/stacks/{seed.ids[name]}", {"name": f"{name} 1"}
        )
