"""What rules give, as data (`points.json`, computed by hand), and what no rule may say."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from engine.earning.terms import points_of, wrong_terms
from engine.evaluation.circumstances import LOOKUPS
from engine.pricing.basket import Basket
from engine.rules.facts import Facts
from schemas.collections import CollectionCreated, ProductCollection
from schemas.customers import Customer
from schemas.orders import Order
from schemas.personal import Personal, PersonalData
from tests.unit.engine.earning_world import every, fixed
from tests.unit.engine.world import NOON, World


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule for an event gives for an order, to a customer or for an event's metadata."""

    name: str
    loyalty: dict[str, Any]
    points: int
    event: str = "order.paid"
    order: Order = Order()
    customer: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


CASES = msgspec.json.decode((Path(__file__).parent / "points.json").read_bytes(), type=list[Case])
CLOTHES = ProductCollection(
    id="pc_clothes", name="Clothes", created_at=NOON, products=("prod_shirt",), skus=("sku_red",)
)


@pytest.fixture(scope="module")
def shop() -> World:
    """A shop with a collection of shirts and caps."""
    return World().given(CollectionCreated(CLOTHES))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_points_are_as_computed_by_hand(shop: World, case: Case) -> None:
    data = PersonalData(metadata=case.customer)
    facts = Facts(
        shop.view,
        Basket(case.order),
        NOON,
        LOOKUPS,
        customer=Customer("cust_1", Personal("proj_test/cust_1", data), NOON),
        event_metadata=case.metadata,
    )
    assert points_of(case.loyalty, facts) == case.points


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rules_of_the_table_are_rules(case: Case) -> None:
    assert wrong_terms(case.loyalty, case.event) is None


@pytest.mark.parametrize(
    ("loyalty", "event", "details"),
    [
        ({}, "e", "`.loyalty.type`"),
        (fixed(-1), "e", "`.loyalty.points`"),
        (fixed(10**16), "e", "`.loyalty.points`"),
        ({"type": "FIXED", "points": "5"}, "e", "`.loyalty.points`"),
        ({"type": "FIXED", "points": True}, "e", "`.loyalty.points`"),
        (fixed(1, points_formula=5), "e", "`.loyalty.points_formula` has to be a text"),
        (fixed(1, points_formula="1 +"), "e", "`.loyalty.points_formula` at character 3"),
        (fixed(1, odd=5), "e", "`.loyalty.odd`"),
        (fixed(1) | {"points": float("inf")}, "e", "`.loyalty.points`"),
        ({"type": "PROPORTIONAL"}, "order.paid", "`.loyalty.calculation_type`"),
        (every(1, 1) | {"calculation_type": ["A"]}, "order.paid", "`.loyalty.calculation_type`"),
        (every(1, 1), "e", "ORDER_AMOUNT does not belong to e"),
        (every(1, 1), "customer.segment.entered", "ORDER_AMOUNT does not belong"),
        (every(1, 1), "customer.loyalty.tier.joined", "ORDER_AMOUNT does not belong"),
        (every(0, 1), "order.paid", "`.loyalty.order.amount.every`"),
        (every(1, -1), "order.paid", "`.loyalty.order.amount.points`"),
        (every(1, 1, property="p"), "order.paid", "`.loyalty.order.amount.property`"),
        (every(1, 1) | {"order": None}, "order.paid", "`.loyalty.order.amount`"),
        (every(1, 1) | {"order": {"amount": 5}}, "order.paid", "`.loyalty.order.amount`"),
    ],
)
def test_terms_that_make_no_sense_are_told_by_the_name_of_the_member(
    loyalty: dict[str, Any], event: str, details: str
) -> None:
    assert details in (wrong_terms(loyalty, event) or "")


@pytest.mark.parametrize(
    ("more", "details"),
    [
        ({"object": "shop", "id": "x"}, "quantity.object"),
        ({"object": ["product"], "id": "x"}, "quantity.object"),
        ({"object": "product"}, "quantity.id"),
        ({"applicable_to": 5}, "quantity.applicable_to"),
        ({"applicable_to": [5]}, "quantity.applicable_to[0]"),
        ({"applicable_to": [{"object": "sku", "id": ""}]}, "quantity.applicable_to[0].id"),
        ({"applicable_to": [{"object": "sku", "id": "s"}] * 101}, "at most 100"),
    ],
)
def test_items_that_make_no_sense_are_told(more: dict[str, Any], details: str) -> None:
    loyalty = {
        "type": "PROPORTIONAL",
        "calculation_type": "ORDER_ITEMS_QUANTITY",
        "order_items": {"quantity": {"every": 1, "points": 1} | more},
    }
    assert details in (wrong_terms(loyalty, "order.paid") or "")


def test_a_property_has_to_be_named() -> None:
    loyalty = {
        "type": "PROPORTIONAL",
        "calculation_type": "CUSTOMER_METADATA",
        "customer": {"metadata": {"every": 1, "points": 1}},
    }
    assert "metadata.property" in (wrong_terms(loyalty, "customer.segment.entered") or "")
