"""What is sent back as it was read is accepted and changes nothing but when it was updated."""

import asyncio
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.runtime.http.test_edge import refused
from tests.unit.services.world import World, asked

TEXT: Final = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
METADATA: Final = st.dictionaries(TEXT, st.one_of(TEXT, st.integers(-9, 9), st.booleans()))
AMOUNT: Final = st.integers(0, 10**15)
DAYS: Final = st.lists(st.integers(0, 6), unique=True)
DISCOUNTS: Final = st.one_of(
    st.fixed_dictionaries({"type": st.just("AMOUNT"), "amount_off": AMOUNT}),
    st.fixed_dictionaries(
        {
            "type": st.just("PERCENT"),
            "percent_off": st.decimals(0, 100, places=3).map(float),
        },
        optional={"amount_limit": AMOUNT, "effect": st.just("APPLY_TO_ORDER")},
    ),
)
GIFTS: Final = st.fixed_dictionaries({"amount": AMOUNT, "balance": AMOUNT})
#: What a voucher or a campaign gives: the member and its value.
VALUES: Final = st.one_of(
    DISCOUNTS.map(lambda made: ("DISCOUNT_VOUCHER", {"discount": made})),
    GIFTS.map(lambda made: ("GIFT_VOUCHER", {"gift": made})),
).map(lambda made: {"type": made[0], **made[1]})
BOUNDS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "start_date": st.dates().map(lambda day: f"{day}T01:02:03.004Z"),
    "validity_timeframe": st.just({"duration": "PT1H", "interval": "P2D"}),
    "validity_day_of_week": DAYS,
    "validity_hours": DAYS.map(
        lambda days: {
            "daily": [{"start_time": "09:00", "expiration_time": "12:00", "days_of_week": days}]
        }
    ),
    "metadata": METADATA,
}
QUANTITY: Final = st.fixed_dictionaries({"quantity": st.one_of(st.none(), st.integers(0, 10**9))})
VOUCHERS: Final = st.tuples(
    VALUES,
    st.fixed_dictionaries(
        {},
        optional={
            **BOUNDS, "active": st.booleans(), "additional_info": TEXT, "redemption": QUANTITY,
        },
    ),
).map(lambda parts: parts[0] | parts[1])  # fmt: skip
CAMPAIGNS: Final = st.tuples(
    st.tuples(
        VALUES,
        st.fixed_dictionaries(
            {},
            optional={
                "redemption": QUANTITY,
                "code_config": st.fixed_dictionaries(
                    {}, optional={"length": st.integers(4, 9), "prefix": TEXT}
                ),
            },
        ),
    ).map(lambda parts: {"voucher": parts[0] | parts[1]}),
    st.fixed_dictionaries(
        {},
        optional={
            **BOUNDS,
            "description": TEXT,
            "type": st.sampled_from(["STATIC", "AUTO_UPDATE"]),
            "join_once": st.booleans(),
            "auto_join": st.booleans(),
            "active": st.booleans(),
            "use_voucher_metadata_schema": st.booleans(),
            "vouchers_count": st.integers(0, 3),
            "activity_duration_after_publishing": st.just("P1D"),
        },
    ),
).map(lambda parts: {"name": "Spring"} | parts[0] | parts[1])
CUSTOMERS: Final = st.fixed_dictionaries(
    {},
    optional={
        "source_id": st.text("abc@/+", min_size=1, max_size=5),
        "name": TEXT,
        "email": TEXT,
        "birthdate": st.dates().map(str),
        "address": st.fixed_dictionaries({}, optional={"city": TEXT, "line_1": TEXT}),
        "metadata": METADATA,
    },
)
ITEMS: Final = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "product_id": TEXT,
            "quantity": st.integers(0, 5),
            "price": st.integers(0, 1000),
            "amount": st.integers(0, 5000),
            "product": st.fixed_dictionaries({}, optional={"name": TEXT, "metadata": METADATA}),
            "metadata": METADATA,
        },
    ),
    max_size=3,
)
ORDERS: Final = st.fixed_dictionaries(
    {},
    optional={
        "source_id": st.text("abc", min_size=1, max_size=5),
        "amount": AMOUNT,
        "items": ITEMS,
        "status": st.sampled_from(["CREATED", "PAID", "CANCELED", "FULFILLED"]),
        "customer": st.just({"source_id": "ann"}),
        "metadata": METADATA,
    },
)
RESOURCES: Final = {
    "vouchers": VOUCHERS,
    "campaigns": CAMPAIGNS,
    "customers": CUSTOMERS,
    "orders": ORDERS,
}
UPSERTS: Final = ("customers", "orders")


async def _sent_back(resource: str, body: Any) -> None:
    async with World() as world:
        made = await world.call("POST", f"/v1/{resource}", body)
        assert made.status_code == 200, (body, made.text)
        await _unchanged(world, resource, made.json()["id"])


async def _unchanged(world: World, resource: str, ident: str) -> None:
    """As read by `PUT`, and by `POST` where that takes what exists, and read again after it."""
    path = f"/v1/{resource}/{ident}"
    read = (await world.call("GET", path)).json()
    ways = [("PUT", path)] + [("POST", f"/v1/{resource}")] * (resource in UPSERTS)
    for method, where in ways:
        answer = await world.call(method, where, read)
        assert answer.status_code == 200, (method, read, answer.text)
        assert "x-ignored-members" not in answer.headers
        for after in (answer.json(), (await world.call("GET", path)).json()):
            after.pop("updated_at", None)
            assert after == {name: value for name, value in read.items() if name != "updated_at"}


@pytest.mark.parametrize("resource", RESOURCES)
def test_what_is_sent_back_as_it_was_read_changes_nothing(resource: str) -> None:
    @settings(max_examples=40)
    @given(RESOURCES[resource])
    def sent_back(body: Any) -> None:
        asyncio.run(_sent_back(resource, body))

    sent_back()


async def _lived(world: World) -> dict[str, str]:
    """One of each that has been used: redeemed, published, paid, in a campaign."""
    body = {"name": "Spring", "vouchers_count": 2, "voucher": {"gift": {"amount": 5000}}}
    campaign = (await world.call("POST", "/v1/campaigns", body)).json()
    given = {"campaign": {"name": "Spring"}, "customer": {"source_id": "ann"}}
    published = (await world.call("POST", "/v1/publications", given)).json()
    code = published["voucher"]["code"]
    items = [{"product_id": "p", "price": 400, "quantity": 2}, {"sku_id": "s", "amount": 100}]
    order = {"source_id": "o/1", "items": items}
    attempt = asked(code) | {"order": order, "customer": {"source_id": "ann"}}
    redeemed = (await world.call("POST", "/v1/redemptions", attempt)).json()
    balance = await world.call("POST", f"/v1/vouchers/{code}/balance", {"amount": -100})
    assert balance.status_code == 200, balance.text
    return {
        "vouchers": code,
        "campaigns": campaign["id"],
        "customers": published["customer_id"],
        "orders": redeemed["order"]["id"],
    }


async def test_what_has_been_used_is_sent_back_as_it_was_read(world: World) -> None:
    for resource, ident in (await _lived(world)).items():
        await _unchanged(world, resource, ident)


async def test_an_order_is_sent_back_though_its_customer_is_in_the_bin(world: World) -> None:
    lived = await _lived(world)
    assert (await world.call("DELETE", f"/v1/customers/{lived['customers']}")).status_code == 204
    await _unchanged(world, "orders", lived["orders"])
    other = {"customer": {"id": lived["customers"], "name": "Ann"}}
    assert refused(await world.call("PUT", f"/v1/orders/{lived['orders']}", other))[0] == 404


async def test_an_item_that_is_not_sent_back_leaves_and_another_comes(world: World) -> None:
    lived = await _lived(world)
    path = f"/v1/orders/{lived['orders']}"
    order = (await world.call("GET", path)).json()
    first, second = order["items"]
    items = [second, second, {"product_id": "new", "amount": 5000}]
    changed = await world.call("PUT", path, {"items": items, "amount": 5100})
    ids = [item["id"] for item in changed.json()["items"]]
    assert ids[0] == second["id"]
    assert len(set(ids) | {first["id"]}) == 4


#: What a body names otherwise than it is, and the property that the error names.
FIXED: Final[list[tuple[str, Any, str]]] = [
    ("vouchers", {"id": "v_other"}, ".id"),
    ("vouchers", {"code": "OTHER"}, ".code"),
    ("vouchers", {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 1}},
     "GIFT_VOUCHER must have a gift and no discount"),
    ("vouchers", {"campaign": "Autumn"}, ".campaign"),
    ("vouchers", {"campaign_id": "camp_other"}, ".campaign_id"),
    ("vouchers", {"is_referral_code": True}, ".is_referral_code"),
    ("vouchers", {"object": "campaign"}, ".object"),
    ("vouchers", {"loyalty_card": {"points": 5}}, ".loyalty_card"),
    ("campaigns", {"id": "camp_other"}, ".id"),
    ("campaigns", {"name": "Autumn"}, ".name"),
    ("campaigns", {"campaign_type": "DISCOUNT_COUPONS"}, ".campaign_type"),
    ("campaigns", {"active": False}, ".active"),
    ("campaigns", {"use_voucher_metadata_schema": False}, ".use_voucher_metadata_schema"),
    ("campaigns", {"voucher": {"gift": {"amount": 1, "balance": 1}}}, ".voucher.gift.amount"),
    ("campaigns", {"voucher": {"redemption": {"quantity": 0}}}, ".voucher.redemption.quantity"),
    ("campaigns", {"referral_program": {}}, ".referral_program"),
    ("campaigns", {"options": {"recalculate_tiers": True}}, ".options"),
    ("campaigns", {"loyalty_tiers_expiration": {}}, ".loyalty_tiers_expiration"),
    ("customers", {"id": "cust_other"}, ".id"),
    ("customers", {"object": "voucher"}, ".object"),
    ("orders", {"id": "ord_other"}, ".id"),
    ("orders", {"object": "voucher"}, ".object"),
    ("orders", {"referrer": {"id": "cust_1"}}, ".referrer"),
    ("orders", {"items": [{"quantity": "red"}]}, ".items[0].quantity"),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "changes", "named"), FIXED)
async def test_what_cannot_be_changed_is_named(
    world: World, resource: str, changes: Any, named: str
) -> None:
    path = f"/v1/{resource}/{(await _lived(world))[resource]}"
    read = (await world.call("GET", path)).json()
    answer = await world.call("PUT", path, read | changes)
    assert answer.status_code == 400, answer.text
    assert named in answer.json()["details"]
    assert (await world.call("GET", path)).json() == read


async def test_items_that_are_repeated_without_ids_stay_what_they_were(world: World) -> None:
    """An official client has no ids in its items."""
    path = f"/v1/orders/{(await _lived(world))['orders']}"
    first, second = (await world.call("GET", path)).json()["items"]
    bare = [{k: v for k, v in item.items() if k != "id"} for item in (first, second)]
    same = await world.call("PUT", path, {"items": bare})
    assert same.json()["items"] == [first, second]
    swapped = (await world.call("PUT", path, {"items": bare[::-1]})).json()["items"]
    assert not {item["id"] for item in swapped} & {first["id"], second["id"]}
