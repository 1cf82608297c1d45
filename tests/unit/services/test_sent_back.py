"""Read an entity, send it back: it changes nothing, for every entity and in every client's writing."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.contract.answers import ROUTES, route_of
from tests.unit.services.changeable import OFF, Headers, Shop
from tests.unit.services.world import MANAGEMENT, SERVER, World


def _deep(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What changes every value of a JSON value, the innermost first."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return change({name: changed(member) for name, member in value.items()})
        return change(list(map(changed, value)) if isinstance(value, list) else value)

    return changed


_INSTANT: Final = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3})Z")


def _written(pattern: str) -> Callable[[Any], Any]:
    def change(value: Any) -> Any:
        found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
        return value if found is None else found.expand(pattern)

    return change


def _modelled(body: dict[str, Any]) -> dict[str, Any]:
    """A client with a model of its own names what it has no value for, known here or not."""
    return {"colour": None, "name": None, **body, "shade": None}


#: How the body comes back, by what a client of that language does with it.
CLIENTS: Final[dict[str, Callable[[Any], Any]]] = {
    "as it was read": lambda body: body,
    "empty maps as lists": _deep(lambda value: [] if value == {} else value),
    "numbers as floats": _deep(lambda value: float(value) if type(value) is int else value),
    "nulls left out": _deep(
        lambda value: (
            {name: member for name, member in value.items() if member is not None}
            if isinstance(value, dict)
            else value
        )
    ),
    "nulls added": _modelled,
    "times with an offset": _deep(_written(r"\1+00:00")),
    "times to the nanosecond": _deep(_written(r"\g<1>000000Z")),
    "members in another order": _deep(
        lambda value: dict(reversed(value.items())) if isinstance(value, dict) else value
    ),
}


async def _read(world: World, path: str, headers: Headers) -> dict[str, Any]:
    """What is read of it; a SKU has a path of its own for that."""
    answer = await world.call(
        "GET", re.sub("/v1/products/.*(?=/skus/)", "/v1", path), None, headers
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("client", CLIENTS)
async def test_what_is_read_and_sent_back_changes_nothing(world: World, client: str) -> None:
    shop = Shop(world)
    await shop.open()
    for path, headers in shop.paths.items():
        read = await _read(world, path, headers)
        sent = CLIENTS[client](read)
        answer = await world.call("PUT", path, sent, headers)
        assert answer.status_code == 200, (path, sent, answer.text)
        after = await _read(world, path, headers)
        # what is free is kept as it is written
        same = CLIENTS["empty maps as lists"]
        assert same(after | {"updated_at": None}) == same(read | {"updated_at": None}), path


#: Users are read and changed by other members: of one a membership is set, and the own account.
OF_USERS: Final = re.compile(r"/users/|/roles/")


async def test_every_entity_that_can_be_changed_is_sent_back(world: World) -> None:
    shop = Shop(world)
    await shop.open()
    assert {route_of("PUT", path) for path in shop.paths} == {
        route
        for route in ROUTES
        if route.startswith("PUT ") and not route.endswith("/order") and not OF_USERS.search(route)
    }


#: Where a map is meant, an empty list is none: what is sent, and what is read after it.
EMPTY: Final[list[tuple[str, str, Any]]] = [
    ("/v1/vouchers/NEW", "metadata", {"type": "DISCOUNT_VOUCHER", "discount": OFF}),
    ("/v1/campaigns", "metadata", {"name": "C", "voucher": {"discount": OFF}}),
    ("/v1/customers", "metadata", {"source_id": "c"}),
    ("/v1/customers", "address", {"source_id": "c"}),
    ("/v1/orders", "metadata", {"amount": 5}),
    ("/v1/products", "metadata", {"name": "P"}),
    ("/v1/products/p/skus", "metadata", {"sku": "S"}),
    ("/v1/products/p/skus", "attributes", {"sku": "S"}),
    ("/v1/rewards", "metadata", {"name": "R", "parameters": {"coin": {"exchange_ratio": 1}}}),
    ("/v1/validation-rules", "rules", {"name": "R"}),
    ("/v1/validation-rules", "bundle_rules", {"name": "R"}),
    ("/v1/validation-rules", "applicable_to", {"name": "R"}),
    ("/v1/publications", "metadata", {"voucher": "A", "customer": {"source_id": "c"}}),
    ("/v1/events", "metadata", {"event": "e", "customer": {"source_id": "c"}}),
    ("/v1/events", "customer", {"event": "e", "metadata": {}}),
    ("/v1/redemptions", "metadata", {"redeemables": [{"object": "voucher", "id": "A"}]}),
    ("/v1/validations", "order", {"redeemables": [{"object": "voucher", "id": "A"}]}),
    ("/v1/validations", "customer", {"redeemables": [{"object": "voucher", "id": "A"}]}),
    ("/v1/validations", "options", {"redeemables": [{"object": "voucher", "id": "A"}]}),
    ("/v1/qualifications", "options", {"order": {"amount": 5}}),
    ("/v1/qualifications", "metadata", {"order": {"amount": 5}}),
    ("/v1/vouchers/A/validate", "metadata", {}),
    ("/v1/vouchers/A/validate", "order", {}),
    ("/v1/vouchers/A/redemption", "order", {}),
    ("/v1/vouchers/A/redemption", "customer", {"order": {}}),
    ("/v1/promotions/validation", "metadata", {}),
    ("/management/v1/projects/proj/stacking-rules", "applicable_redeemables_category_limits", {}),
    ("/management/v1/projects/proj/metadata-schemas", "properties", {"related_object": "voucher"}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "member", "rest"), EMPTY)
async def test_an_empty_list_is_an_empty_map_where_one_is_meant(
    path: str, member: str, rest: dict[str, Any]
) -> None:
    answers = []
    empties: tuple[Any, ...] = ({}, [])
    for empty in empties:
        async with World() as world:
            await world.voucher("A")
            await world.call("POST", "/v1/products", {"source_id": "p"})
            headers = MANAGEMENT if path.startswith("/management") else SERVER
            answer = await world.call("POST", path, rest | {member: empty}, headers)
            told = answer.json()
            for made_anew in ("request_id", "tracking_id"):
                told.pop(made_anew, None)
            answers.append((answer.status_code, told))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/vouchers/A/validate", 200),
        ("/v1/vouchers/A/redemption", 200),
        ("/v1/qualifications", 200),
        ("/v1/campaigns/C/vouchers", 200),
        ("/v1/customers", 200),
        ("/v1/redemptions", 400),
    ],
)
async def test_a_body_may_be_an_empty_list(world: World, path: str, status: int) -> None:
    await world.voucher("A")
    await world.call("POST", "/v1/campaigns", {"name": "C", "voucher": {"discount": OFF}})
    assert (await world.call("POST", path, [])).status_code == status


async def test_the_maps_within_an_order_and_a_rule_may_be_empty_lists(world: World) -> None:
    await world.voucher("A")
    item = {"product_id": "p", "price": 5, "metadata": [], "product": {"metadata": []}, "sku": []}
    order = {"items": [item, {"product": [], "amount": 5}], "metadata": []}
    body = {"redeemables": [{"object": "voucher", "id": "A"}], "order": order}
    customer = {"source_id": "c", "metadata": [], "address": []}
    answer = await world.call("POST", "/v1/redemptions", body | {"customer": customer})
    assert answer.status_code == 200, answer.text
    assert answer.json()["order"]["metadata"] == {}
    rules = {"1": {"name": "order.items.any", "conditions": [], "rules": [], "error": []}}
    rule = await world.call("POST", "/v1/validation-rules", {"name": "R", "rules": rules})
    assert rule.json()["rules"]["1"] == {
        "name": "order.items.any", "conditions": {}, "rules": {}, "error": {},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("/v1/redemptions", {"redeemables": [{"object": "voucher", "id": "A"}],
                             "order": {"metadata": [1]}}, "`.order.metadata`"),
        ("/v1/redemptions", {"redeemables": [{"object": "voucher", "id": "A"}],
                             "metadata": [{"key": "a"}]}, "`.metadata`"),
        ("/v1/validations", {"redeemables": [{"object": "voucher", "id": "A"}],
                             "customer": {"metadata": [[]]}}, "`.customer.metadata`"),
        ("/v1/customers", {"metadata": [1]}, "`.metadata`"),
        ("/v1/customers", {"name": []}, "`.name`"),
        ("/v1/products", {"attributes": {}}, "`.attributes`"),
    ],
)  # fmt: skip
async def test_a_list_that_is_not_empty_or_not_of_a_map_stays_refused(
    world: World, path: str, body: dict[str, Any], named: str
) -> None:
    await world.voucher("A")
    answer = await world.call("POST", path, body)
    assert answer.status_code == 400
    assert named in json.loads(answer.content)["details"]


async def test_whether_codes_tell_case_may_be_named_only_as_it_is(world: World) -> None:
    path = "/management/v1/projects/proj"
    for said in (True, None):
        answer = await world.call("PUT", path, {"case_sensitive_codes": said}, MANAGEMENT)
        assert answer.status_code == 200, answer.text
    answer = await world.call("PUT", path, {"case_sensitive_codes": False}, MANAGEMENT)
    assert answer.status_code == 400
    assert "`.case_sensitive_codes`" in answer.json()["details"]
