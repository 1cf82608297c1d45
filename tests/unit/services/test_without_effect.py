"""The table of `docs/api.md` that says what is accepted without effect: each row is shown to have none.

A row has a probe here, which asks the same with what the row names and without it, and gives both
answers; a row without a probe, and a probe without a row, fail.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.architecture.repository import ROOT
from tests.unit.services.world import CLIENT, MANAGEMENT, World

REDEEMED = {"redeemables": [{"object": "voucher", "id": "A"}], "order": {"amount": 1000}}
_OF_THE_MOMENT = re.compile(r'"(id|tracking_id|date|created_at|updated_at|object_id)": *"[^"]*"|'
                            r'"[a-z]+_[0-9a-zA-Z/+=]{12,}"')  # fmt: skip


async def _answer(world: World, method: str, path: str, body: Any, **named: Any) -> str:
    """The answer without what is new in each."""
    answer = await world.call(method, path, body, **named)
    assert answer.status_code < 300, answer.text
    text = re.sub(r'"redeemed_quantity":\d+', "", answer.text)
    return _OF_THE_MOMENT.sub("", text)


Pair = tuple[Any, Any]


async def _validated(world: World, **more: Any) -> Pair:
    plain = await _answer(world, "POST", "/v1/validations", REDEEMED)
    return plain, await _answer(world, "POST", "/v1/validations", REDEEMED | more)


async def expand(world: World) -> Pair:
    return await _validated(world, options={"expand": ["order", "redemption"]})


async def referrer(world: World) -> Pair:
    order = {"amount": 1000, "referrer": {"source_id": "bob"}, "referrer_id": "cust_none"}
    return await _validated(world, order=order)


async def created_at(world: World) -> Pair:
    path = "/v1/vouchers/A/redemption"
    plain = await _answer(world, "POST", path, {"order": {"amount": 1000}})
    named = {"order": {"amount": 1000, "created_at": "2020-01-01T00:00:00.000Z"}}
    return plain, await _answer(world, "POST", path, named)


async def channel_header(world: World) -> Pair:
    event = {"event": "seen", "customer": {"source_id": "ann"}}
    headers = CLIENT | {"X-Voucherify-Channel": "Python-SDK"}
    plain = await _answer(world, "POST", "/client/v1/events", event, headers=CLIENT)
    return plain, await _answer(world, "POST", "/client/v1/events", event, headers=headers)


def flag(name: str) -> Callable[[World], Awaitable[Pair]]:
    """A flag of a project: what a browser may do is the same with it and without it."""

    async def probe(world: World) -> Pair:
        found = []
        for on in (False, True):
            await world.call("PUT", "/management/v1/projects/proj", {name: on}, MANAGEMENT)
            asked = (("GET", "/client/v1/vouchers"), ("POST", "/client/v1/customers"),
                     ("PUT", "/client/v1/vouchers/A"))  # fmt: skip
            found.append(
                [(await world.call(*each, {}, CLIENT)).status_code for each in asked]
                + [await _answer(world, "POST", "/client/v1/events",
                                 {"event": "e", "customer": {"source_id": "ann"}}, headers=CLIENT)]
            )  # fmt: skip
        return found[0], found[1]

    return probe


def campaign(**more: Any) -> Callable[[World], Awaitable[Pair]]:
    """Of a campaign, a member that is kept and shown: what its codes do is the same."""

    async def probe(world: World) -> Pair:
        found = []
        for number, terms in enumerate(({}, more)):
            voucher = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 1}}
            voucher |= terms.get("voucher", {})
            body = {"name": f"C{number}", **terms, "voucher": voucher}
            made = await world.call("POST", "/v1/campaigns", body)
            assert made.status_code == 200, made.text
            path = f"/v1/campaigns/C{number}/vouchers/CODE{number}"
            assert (await world.call("POST", path, {})).status_code == 200
            asked = REDEEMED | {"redeemables": [{"object": "voucher", "id": f"CODE{number}"}]}
            answer = await _answer(world, "POST", "/v1/redemptions", asked)
            found.append(answer.replace(f"C{number}", "C").replace(f"CODE{number}", "CODE"))
        return found[0], found[1]

    return probe


async def card_balance(world: World) -> Pair:
    found = []
    for more in ({}, {"balance": 7}):
        card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 100} | more}
        made = await world.call("POST", "/v1/loyalties", {"name": f"L{more}", "voucher": card})
        path = f"/v1/campaigns/{made.json()['id']}/vouchers"
        found.append((await world.call("POST", path)).json()["loyalty_card"])
    return found[0], found[1]


async def context_type(world: World) -> Pair:
    found = []
    for kind in ("global", "campaign.discount_coupons"):
        rule: dict[str, Any] = {"name": "R", "context_type": kind, "rules": {}}
        made = await world.call("POST", "/v1/validation-rules", rule)
        assert made.status_code == 200, made.text
        path = f"/v1/validation-rules/{made.json()['id']}/assignments"
        bound = await world.call("POST", path, {"related_object_id": "A"})
        assert bound.status_code == 200, bound.text
        found.append(await _answer(world, "POST", "/v1/validations", REDEEMED))
    return found[0], found[1]


async def cluster_id(world: World) -> Pair:
    project = {"timezone": "Etc/UTC", "currency": "PLN", "case_sensitive_codes": True}
    found = []
    for more in ({}, {"cluster_id": "eu1"}):
        body = project | {"name": "P"} | more
        made = await world.call("POST", "/management/v1/projects", body, MANAGEMENT)
        assert made.status_code == 200, made.text
        path = f"/management/v1/projects/{made.json()['id']}"
        shown = await _answer(world, "GET", path, None, headers=MANAGEMENT)
        found.append(shown.replace(made.json()["id"], ""))
    return found[0], found[1]


async def hierarchy_mode(world: World) -> Pair:
    off = {"name": "T", "action": {"discount": {"type": "AMOUNT", "amount_off": 100}}}
    sale = {"name": "Sale", "campaign_type": "PROMOTION", "promotion": {"tiers": [off, off]}}
    made = (await world.call("POST", "/v1/campaigns", sale)).json()["promotion"]["tiers"]
    ids = [each["id"] for each in reversed(made)]
    found = []
    for more in ({}, {"hierarchy_mode": "MANUAL"}):
        body = {"name": "S", "tiers": {"ids": ids} | more}
        stack = (await world.call("POST", "/v1/promotions/Sale/stacks", body)).json()
        asked = REDEEMED | {"redeemables": [{"object": "promotion_stack", "id": stack["id"]}]}
        found.append(await _answer(world, "POST", "/v1/validations", asked))
    return found[0], found[1]


async def discount_quantity(world: World) -> Pair:
    item = {"product_id": "p", "quantity": 3, "price": 500}
    found = []
    for more in ({}, {"discount_quantity": 1}):
        answer = await _answer(
            world, "POST", "/v1/validations", REDEEMED | {"order": {"items": [item | more]}}
        )
        found.append(answer.replace('"discount_quantity":1,', ""))
    return found[0], found[1]


PROBES: dict[str, Callable[[World], Awaitable[Pair]]] = {
    "client_list_vouchers_enabled": flag("client_list_vouchers_enabled"),
    "client_create_customer_enabled": flag("client_create_customer_enabled"),
    "client_set_voucher_expiration_date_enabled": flag(
        "client_set_voucher_expiration_date_enabled"
    ),
    "cluster_id": cluster_id,
    "hierarchy_mode": hierarchy_mode,
    "discount_quantity": discount_quantity,
    "auto_join": campaign(auto_join=True),
    "voucher.loyalty_card.balance": card_balance,
    "voucher.code_config.initial_count": campaign(voucher={"code_config": {"initial_count": 5}}),
    "context_type": context_type,
    "options.expand: order, redemption": expand,
    "order.referrer, order.referrer_id": referrer,
    "order.created_at": created_at,
    "X-Voucherify-Channel": channel_header,
}


def _rows() -> list[str]:
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    section = page.split("## Accepted without effect\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return [each.replace("`", "") for each in rows]


def test_each_row_is_probed() -> None:
    assert _rows() == list(PROBES)


@pytest.mark.parametrize("name", PROBES)
async def test_what_is_accepted_without_effect_has_none(world: World, name: str) -> None:
    await world.voucher("A")
    without, with_it = await PROBES[name](world)
    assert without == with_it
