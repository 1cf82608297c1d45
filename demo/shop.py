"""What the demo's shop has: offers, campaigns with codes, gift cards, single codes, customers, a club.

Everything follows from the seed, and what exists already is left as it is, so a second run adds
nothing and goes on with the traffic.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from urllib.parse import quote

from demo.api import Api
from demo.club import found_club
from demo.friends import bring_friends, draw_prizes
from demo.offers import Offers, offer

#: How many requests are under way at once while the shop is filled.
WIDTH = 16
PAGE = 100
#: How many codes of each campaign the traffic uses.
CODES_USED = 200

CAMPAIGNS: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "Welcome",
        "share": 0.4,
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "PERCENT", "percent_off": 10},
            "redemption": {"quantity": 1},
            "code_config": {"pattern": "WELCOME-######"},
        },
    },
    {
        "name": "Winter sale",
        "share": 0.3,
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "AMOUNT", "amount_off": 1500},
            "redemption": {"quantity": 3},
            "code_config": {"length": 8, "prefix": "WINTER-"},
        },
    },
    {
        "name": "Newsletter",
        "share": 0.25,
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "PERCENT", "percent_off": 15, "amount_limit": 3000},
            "redemption": {"quantity": 1},
            "code_config": {"length": 10, "prefix": "NEWS-"},
        },
    },
    {
        "name": "Gift cards",
        "share": 0.05,
        "campaign_type": "GIFT_VOUCHERS",
        "voucher": {
            "type": "GIFT_VOUCHER",
            "gift": {"amount": 5000},
            "redemption": {"quantity": None},
            "code_config": {"pattern": "GIFT-####-####-####"},
        },
    },
)
SINGLES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("FREESHIP", {"discount": {"type": "AMOUNT", "amount_off": 490}}),
    ("VIP20", {"discount": {"type": "PERCENT", "percent_off": 20}}),
    (
        "SUMMER15",
        {
            "discount": {"type": "PERCENT", "percent_off": 15},
            "expiration_date": "2020-09-01T00:00:00Z",
        },
    ),
    (
        "TOOEARLY",
        {"discount": {"type": "PERCENT", "percent_off": 30}, "start_date": "2099-01-01T00:00:00Z"},
    ),
    ("PAUSED", {"discount": {"type": "PERCENT", "percent_off": 5}, "active": False}),
    (
        "LAST50",
        {"discount": {"type": "AMOUNT", "amount_off": 1000}, "redemption": {"quantity": 50}},
    ),
)
_FIRST = ("Ada", "Ben", "Chiara", "Dmitri", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas")
_LAST = ("Adeyemi", "Berg", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Haas", "Ito")
_CITIES = (("Berlin", "DE"), ("Lyon", "FR"), ("Porto", "PT"), ("Oslo", "NO"), ("Graz", "AT"))
_INTERESTS = ("books", "music", "outdoor", "kitchen", "games")

#: Told what is being done, how much of it is done and how much there is.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Shop:
    """What the traffic draws from."""

    customers: tuple[str, ...]
    #: The cards of members of the loyalty program.
    members: tuple[str, ...]
    #: Codes that work, until they are used up.
    codes: tuple[str, ...]
    gift_cards: tuple[str, ...]
    offers: Offers


async def fill(api: Api, random: Random, codes: int, customers: int, progress: Progress) -> Shop:
    """Makes what is missing; what the traffic draws from. Raises ApiRefused."""
    for done, terms in enumerate(CAMPAIGNS):
        progress("campaigns", done, len(CAMPAIGNS))
        await _campaign(api, terms, int(codes * terms["share"]))
    progress("campaigns", len(CAMPAIGNS), len(CAMPAIGNS))
    for code, terms in SINGLES:
        await api.make(f"/v1/vouchers/{code}", {"type": "DISCOUNT_VOUCHER", **terms})
    people = [_person(random, number) for number in range(customers)]
    await _all(
        (api.make("/v1/customers", person) for person in people), "customers", len(people), progress
    )
    progress("offers", 0, 1)
    offers = await offer(api)
    progress("offers", 1, 1)
    names = [person["source_id"] for person in people]
    members = await _play_loyalty(api, random, names, progress)
    usable = [code for code, _ in SINGLES[:2]]
    for terms in CAMPAIGNS[:-1]:
        usable += [code async for code in _codes_of(api, terms["name"])]
    return Shop(
        customers=tuple(names),
        members=members,
        codes=tuple(usable),
        gift_cards=tuple([code async for code in _codes_of(api, CAMPAIGNS[-1]["name"])]),
        offers=offers,
    )


async def _play_loyalty(
    api: Api, random: Random, customers: list[str], progress: Progress
) -> tuple[str, ...]:
    """The program with its members, who brought whom, and the draw; the members' cards."""
    progress("loyalty", 0, 3)
    members = await found_club(api, random, customers)
    progress("loyalty", 1, 3)
    await bring_friends(api, customers)
    progress("loyalty", 2, 3)
    await draw_prizes(api, customers)
    progress("loyalty", 3, 3)
    return members


async def _campaign(api: Api, terms: dict[str, Any], count: int) -> None:
    body = {name: value for name, value in terms.items() if name != "share"}
    await api.make("/v1/campaigns", {"type": "STATIC", **body, "vouchers_count": count})
    await api.generated(terms["name"])


async def _codes_of(api: Api, campaign: str) -> AsyncIterator[str]:
    for page in range(1, CODES_USED // PAGE + 1):
        path = f"/v1/vouchers?campaign={quote(campaign)}&limit={PAGE}&page={page}&order=code"
        for voucher in (await api.get(path))["vouchers"]:
            yield voucher["code"]


def _person(random: Random, number: int) -> dict[str, Any]:
    first, last = random.choice(_FIRST), random.choice(_LAST)
    city, country = random.choice(_CITIES)
    return {
        "source_id": f"shopper-{number}",
        "name": f"{first} {last}",
        "email": f"{first}.{last}.{number}@example.com".lower(),
        "address": {"city": city, "country": country, "line_1": f"Market Street {number % 90 + 1}"},
        "metadata": {"interest": random.choice(_INTERESTS), "newsletter": random.random() < 0.6},
    }


async def _all(steps: Iterable[Any], what: str, count: int, progress: Progress) -> None:
    """Takes all steps, a few at once."""
    waiting = iter(steps)
    done = 0

    async def take() -> None:
        nonlocal done
        for step in waiting:
            await step
            done += 1
            progress(what, done, count)

    await asyncio.gather(*(take() for _ in range(WIDTH)))
