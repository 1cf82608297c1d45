"""What each column reads from an object, as the API shows it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from fronts.cells import cell_of
from schemas.exports import ExportedObject
from services.audit.exports.objects import column_of
from tests.unit.services.catalog.users.signing import ME, person_with
from tests.unit.services.world import World, asked


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with World() as made:
        yield made


def cells(kind: ExportedObject, body: dict[str, Any], names: str) -> list[str]:
    """What stands in these columns."""
    found = []
    for name in names.split():
        column = column_of(kind, name)
        assert column is not None, name
        found.append(cell_of(column(body)))
    return found


VOUCHERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"type": "PERCENT", "percent_off": 12.5, "amount_limit": 900}, ["12.5", "", "900", "PERCENT"]),
    ({"type": "AMOUNT", "amount_off": 500}, ["500", "", "", "AMOUNT"]),
    (
        {"type": "AMOUNT", "amount_off": 5, "amount_off_formula": "ORDER_AMOUNT * 0.1"},
        ["5", "ORDER_AMOUNT * 0.1", "", "AMOUNT"],
    ),
    ({"type": "FIXED", "fixed_amount": 700}, ["700", "", "", "FIXED"]),
]


@pytest.mark.parametrize(("discount", "wanted"), VOUCHERS)
async def test_what_a_voucher_is_worth(
    world: World, discount: dict[str, Any], wanted: list[str]
) -> None:
    body = await world.voucher("V", discount=discount)
    names = "value formula discount_amount_limit discount_type"
    assert cells("voucher", body, names) == wanted


async def test_a_voucher_and_its_dates(world: World) -> None:
    body = await world.voucher(
        "V",
        start_date="2030-01-01T00:00:00Z",
        active=False,
        redemption={"quantity": 3},
        validity_day_of_week=[1, 2],
        validity_timeframe={"interval": "P2D", "duration": "PT1H"},
        additional_info="=1+1",
        metadata={"a": True},
    )
    names = "code voucher_type start_date expiration_date active redemption_quantity"
    wanted = ["V", "DISCOUNT_VOUCHER", "2030-01-01T00:00:00.000Z", "", "false", "3"]
    assert cells("voucher", body, names) == wanted
    names = "redemption_count validity_day_of_week validity_timeframe_interval"
    assert cells("voucher", body, names) == ["0", "[1,2]", "P2D"]
    names = "validity_timeframe_duration additional_info metadata metadata.a metadata.b"
    assert cells("voucher", body, names) == ["PT1H", "'=1+1", '{"a":true}', "true", ""]
    qr, bar = cells("voucher", body, "qr_code bar_code")
    assert (qr, bar) == (body["assets"]["qr"]["url"], body["assets"]["barcode"]["url"])


async def test_what_free_units_do_stands_apart(world: World) -> None:
    unit = {"type": "UNIT", "unit_off": 1, "unit_type": "prod_1", "effect": "ADD_NEW_ITEMS"}
    await world.call("POST", "/v1/products", {"source_id": "prod_1", "name": "P"})
    body = await world.voucher("U", discount=unit)
    names = "value discount_unit_type discount_unit_effect discount_effect"
    assert cells("voucher", body, names)[2:] == ["ADD_NEW_ITEMS", ""]
    order = {"type": "AMOUNT", "amount_off": 5, "effect": "APPLY_TO_ORDER"}
    body = await world.voucher("O", discount=order)
    assert cells("voucher", body, names) == ["5", "", "", "APPLY_TO_ORDER"]


async def test_a_gift_card_and_the_rules_that_bind_it(world: World) -> None:
    await world.gift("CARD", 5000)
    rule = (await world.call("POST", "/v1/validation-rules", {"name": "R"})).json()["id"]
    bound = {"related_object_type": "voucher", "related_object_id": "CARD"}
    await world.call("POST", f"/v1/validation-rules/{rule}/assignments", bound)
    body = (await world.call("GET", "/v1/vouchers/CARD")).json()
    names = "value gift_balance loyalty_balance discount_type validation_rules_id"
    assert cells("voucher", body, names) == ["5000", "5000", "", "", rule]


async def test_a_redemption_and_its_order(world: World) -> None:
    await world.gift("CARD", 5000)
    body = asked(amount=900, customer={"source_id": "ann", "name": "Ann"})
    body["redeemables"] = [{"object": "voucher", "id": "CARD", "gift": {"credits": 300}}]
    answer = await world.call("POST", "/v1/redemptions", body)
    redemption = answer.json()["redemptions"][0] | {"customer": {"source_id": "ann", "name": "Ann"}}
    names = "object result voucher_code gift_amount loyalty_points order_amount customer_name"
    wanted = ["redemption", "SUCCESS", "CARD", "300", "", "900", "Ann"]
    assert cells("redemption", redemption, names) == wanted
    assert cells("redemption", redemption, "customer_source_id promotion_tier_id") == ["ann", ""]
    assert cells("redemption", redemption, "user_id") == [""]


async def test_a_redemption_by_a_user_tells_who(world: World) -> None:
    person = await person_with(world, "MERCHANT")
    await world.voucher("TEN")
    answer = await person.ask("POST", "/v1/redemptions", asked("TEN"))
    me = (await person.ask("GET", ME)).json()
    assert cells("redemption", answer.json()["redemptions"][0], "user_id") == [me["id"]]


async def test_a_customer_and_what_they_add_up_to(world: World) -> None:
    await world.voucher("V")
    ann = {"source_id": "ann", "address": {"city": "Rome", "line_1": "-1"}, "metadata": {"k": 1}}
    await world.call("POST", "/v1/redemptions", asked("V", amount=1000, customer=ann))
    body = (await world.call("GET", "/v1/customers/ann")).json()
    names = "source_id address_city address_line_1 address_state redemptions_total_succeeded"
    assert cells("customer", body, names) == ["ann", "Rome", "-1", "", "1"]
    names = "orders_total_count loyalty_points name metadata.k birthday"
    assert cells("customer", body, names) == ["1", "0", "", "1", ""]


async def test_publications_of_one_code_and_of_many() -> None:
    one = {"voucher": {"code": "A"}, "created_at": "2024-01-01T00:00:00.000Z"}
    many = {"vouchers": ["A", "B"], "campaign": "Spring"}
    assert cells("publication", one, "voucher_code date") == ["A", "2024-01-01T00:00:00.000Z"]
    assert cells("publication", many, "voucher_code campaign is_winner") == ["A,B", "Spring", ""]
