"""A guest that names itself by e-mail only, at every endpoint that takes a customer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kernel import tables
from fronts.attempt import guest_key_of, tracking_id_of
from schemas.api import CustomerInput
from schemas.blank import is_blank, name_in
from tests.unit.services.world import World, asked

ANN = {"email": "ann@shop.test"}
KEY = b"k" * 32

CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "validation": ("POST", "/v1/validations", asked("A", customer=ANN)),
    "validation with a session": ("POST", "/v1/validations", asked("A", customer=ANN, session={})),
    "redemption": ("POST", "/v1/redemptions", asked("A", customer=ANN)),
    "publication": ("POST", "/v1/publications", {"voucher": "A", "customer": ANN}),
    "order": ("POST", "/v1/orders", {"amount": 100, "customer": ANN}),
    "custom event": ("POST", "/v1/events", {"event": "seen", "customer": ANN}),
    "customer": ("POST", "/v1/customers", ANN),
}


@pytest.mark.parametrize("call", [pytest.param(each, id=name) for name, each in CALLS.items()])
async def test_every_endpoint_knows_a_guest_again(
    world: World, call: tuple[str, str, dict[str, Any]]
) -> None:
    await world.voucher("A")
    made = (await world.call("POST", "/v1/customers", ANN)).json()
    method, path, body = call
    response = await world.call(method, path, body)
    assert response.status_code == 200, response.text
    assert [each.id for each in world.ledger.view("proj").scan(tables.CUSTOMERS)] == [made["id"]]


@pytest.mark.parametrize("address", ["Ann@Shop.TEST", " ann@shop.test "])
async def test_a_guest_is_known_however_the_address_is_written(world: World, address: str) -> None:
    made = (await world.call("POST", "/v1/customers", ANN)).json()
    again = (await world.call("POST", "/v1/customers", {"email": address})).json()
    assert again["id"] == made["id"]
    path = f"/v1/customers/{made['id']}/permanent-deletion"
    assert (await world.call("POST", path)).status_code == 200
    assert list(world.ledger.view("proj").scan(tables.GUESTS)) == []
    anew = (await world.call("POST", "/v1/customers", {"email": address})).json()
    assert anew["id"] != made["id"]


async def test_a_guest_shows_no_trace_of_how_it_is_known(world: World) -> None:
    made = (await world.call("POST", "/v1/customers", ANN)).json()
    shown = (await world.call("GET", f"/v1/customers/{made['id']}")).json()
    assert not any("guest" in name for name in (*made, *shown))


def test_an_address_is_known_whatever_its_case_and_only_in_its_project() -> None:
    ann = guest_key_of(KEY, "proj", CustomerInput(email="ann@shop.test"))
    assert ann is not None and "ann" not in ann
    assert guest_key_of(KEY, "proj", CustomerInput(email=" Ann@Shop.TEST ")) == ann
    assert guest_key_of(KEY, "proj2", CustomerInput(email="ann@shop.test")) != ann
    assert guest_key_of(b"x" * 32, "proj", CustomerInput(email="ann@shop.test")) != ann


@pytest.mark.parametrize(
    "named",
    [
        None,
        CustomerInput(),
        CustomerInput(email=""),
        CustomerInput(name="Ann"),
        CustomerInput(id="cust_1", email="ann@shop.test"),
        CustomerInput(source_id="ann", email="ann@shop.test"),
    ],
)
def test_whoever_is_known_otherwise_is_no_guest(named: CustomerInput | None) -> None:
    assert guest_key_of(KEY, "proj", named) is None


BLANKS = [" ", "\t", "\u00a0", " \n\t ", "\u2003\u3000", "\u200b", "\ufeff", "\u00a0\u200b "]


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
async def test_a_blank_address_is_nobody(world: World, blank: str) -> None:
    await world.voucher("A")
    body = asked("A", customer={"email": blank})
    for path in ("/v1/validations", "/v1/qualifications"):
        assert (await world.call("POST", path, body)).status_code == 200
    redeemed = (await world.call("POST", "/v1/redemptions", body)).json()
    assert redeemed["redemptions"][0]["customer_id"] is None
    assert list(world.ledger.view("proj").scan(tables.CUSTOMERS)) == []
    event = {"event": "seen", "customer": {"email": blank}}
    response = await world.call("POST", "/v1/events", event)
    assert (response.status_code, response.json()["key"]) == (400, "missing_customer")


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
@pytest.mark.parametrize("name", ["email", "source_id", "id"])
async def test_those_who_leave_a_name_blank_are_not_one_customer(
    world: World, name: str, blank: str
) -> None:
    made = [
        (await world.call("POST", "/v1/customers", {"name": who, name: blank})).json()
        for who in ("Ann", "Bob")
    ]
    assert [each["name"] for each in made] == ["Ann", "Bob"]
    assert made[0]["id"] != made[1]["id"]
    assert made[0].get("source_id") is None
    assert "email" not in made[0] or made[0]["email"] is None


async def test_a_blank_name_beside_one_that_is_known_says_nothing(world: World) -> None:
    ann = {"source_id": "ann", "email": "ann@shop.test"}
    made = (await world.call("POST", "/v1/customers", ann)).json()
    again = await world.call("POST", "/v1/customers", {"source_id": "ann", "email": "\u00a0"})
    assert (again.json()["id"], again.json()["email"]) == (made["id"], "ann@shop.test")
    named = {"source_id": "\u00a0", "email": "ann@shop.test", "id": made["id"]}
    assert (await world.call("POST", "/v1/customers", named)).json()["id"] == made["id"]


async def test_orders_and_products_with_a_blank_source_id_are_not_one(world: World) -> None:
    for path in ("/v1/orders", "/v1/products"):
        made = [(await world.call("POST", path, {"source_id": " "})).json() for _ in range(2)]
        assert made[0]["id"] != made[1]["id"]
        assert made[0]["source_id"] is None
    await world.voucher("A")
    orders = [
        (await world.call("POST", "/v1/redemptions", asked("A", amount=None, order=order))).json()
        for order in [{"source_id": "\u00a0", "amount": 100}] * 2
    ]
    assert orders[0]["order"]["id"] != orders[1]["order"]["id"]


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_blank_names_tell_nobody_apart(blank: str) -> None:
    for named in (CustomerInput(email=blank), CustomerInput(source_id=blank, id=blank)):
        assert guest_key_of(KEY, "proj", named) is None
        assert tracking_id_of(KEY, named) is None
    ann = CustomerInput(email="ann@shop.test", source_id=blank)
    assert guest_key_of(KEY, "proj", ann) == guest_key_of(
        KEY, "proj", CustomerInput(email=ann.email)
    )


@given(st.text())
def test_law_what_can_be_seen_is_not_blank(text: str) -> None:
    assert name_in(text) in (None, text)
    assert is_blank(text) == (name_in(text) is None)
    if any(each.isalnum() for each in text):
        assert not is_blank(text)
    if not text.strip():
        assert is_blank(text)
