"""A guest that names itself by e-mail only, at every endpoint that takes a customer."""

from typing import Any

import pytest

from engine.kernel import tables
from fronts.attempt import guest_key_of
from schemas.api import CustomerInput
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
