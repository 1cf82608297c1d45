"""A request of which everything is known, for tests of rules and formulas."""

import json
from typing import Any

from engine.counters import tallies
from engine.counters.pending import Pending
from engine.evaluation.circumstances import LOOKUPS
from engine.kernel import tables
from engine.kernel.overlay import ProjectState
from engine.kernel.state import View
from engine.pricing.basket import Basket
from engine.rules.check import wrong_rules
from engine.rules.compile import compile_rules
from engine.rules.facts import Facts
from schemas.api import ProductInput
from schemas.base import Millis
from schemas.collections import ProductCollection
from schemas.customers import Customer
from schemas.discounts import Discount
from schemas.evaluations import Taken
from schemas.orders import Order, OrderItem
from schemas.personal import Personal, PersonalData
from schemas.publications import Holding, Publication
from schemas.redemptions import Redemption
from schemas.rules import ApplicableItems, ItemEntry, ValidationRule, Violation
from schemas.segments import Segment
from schemas.vouchers import Voucher
from tests.unit.engine.world import DAY, NOON, World, percent, voucher

MUG, SHIRT, POSTER = "prod_mug", "prod_shirt", "prod_poster"
COLLECTION, SEGMENT = "pc_clothes", "seg_vip"
SHIRT_L = "sku_shirt_l"
METADATA = {
    "text": "blue moon",
    "number": 5,
    "date": "2025-01-13T18:30:00Z",
    "list": ["a", "b"],
    "flag": True,
    "deep": {"er": "value"},
}


def line(product_id: str | None, quantity: int, price: int | None, **fields: Any) -> OrderItem:
    """A line of an order, as it is calculated."""
    amount = None if price is None else price * quantity
    return OrderItem(product_id=product_id, quantity=quantity, price=price, amount=amount, **fields)


#: 2 mugs of 10, 3 shirts (large) of 30, 5 posters of 20; of the lines only the posters have metadata.
LINES = (
    line(MUG, 2, 10_00),
    line(SHIRT, 3, 30_00, sku_id=SHIRT_L),
    line(POSTER, 5, 20_00, metadata=METADATA, product=ProductInput(metadata={"paper": "thick"})),
)


def customer(metadata: dict[str, Any] | None = None) -> Customer:
    """A customer with a birthday and metadata."""
    data = PersonalData(birthdate="1990-02-03", metadata=METADATA if metadata is None else metadata)
    return Customer(id="cust_1", personal=Personal("p/cust_1", data), created_at=NOON)


def order(*lines: OrderItem, amount: int | None = None, **fields: Any) -> Order:
    """An order as a request has it: with an amount, the lines' where none is given."""
    if amount is None and lines:
        amount = sum(each.amount or 0 for each in lines)
    return Order(amount=amount, initial_amount=amount, items=lines or None, **fields)


def of_campaign() -> Voucher:
    """A voucher of a campaign that the customer holds."""
    return voucher(
        campaign_id="camp_1",
        metadata=METADATA,
        holder_id="cust_1",
        quantity=7,
        redeemed_quantity=3,
        published=2,
        start_date=NOON - DAY,
    )


def redeemed(n: int, at: Millis, **fields: Any) -> Redemption:
    """A redemption of the campaign: of an order of 100, 10 off."""
    defaults: dict[str, Any] = {
        "id": f"r_{n}",
        "at": at,
        "status": "SUCCEEDED",
        "related_object_type": "voucher",
        "related_object_id": f"v_{n}",
        "taken": Taken(order=10_00),
        "customer_id": "cust_1",
        "campaign_id": "camp_1",
        "key_id": "app_1",
        "order_amount": 100_00,
    }
    return Redemption(**(defaults | fields))


def state() -> ProjectState:
    """A project with a segment, a collection, a publication, and redemptions of the campaign.

    By the customer: today, yesterday and half a year ago; by another: today.
    """
    found = World().view.trial()
    found.put(tables.SEGMENTS, Segment(id=SEGMENT, name="VIP", created_at=0), SEGMENT)
    collection = ProductCollection(id=COLLECTION, name="Clothes", created_at=0, products=(SHIRT,))
    found.put(tables.COLLECTIONS, collection, COLLECTION)
    given = of_campaign()
    found.put(tables.PUBLICATIONS, Publication("pub_1", NOON, "cust_1", metadata=METADATA), "pub_1")
    holding = Holding(given.id, "pub_1", given.campaign_id)
    found.put(tables.HOLDINGS, holding, "cust_1", given.campaign_id or "", given.id)
    tallies.count_redemptions(found, [redeemed(1, NOON - 180 * DAY)])
    tallies.count_redemptions(found, [redeemed(2, NOON - DAY)])
    tallies.count_redemptions(found, [redeemed(3, NOON)])
    tallies.count_redemptions(found, [redeemed(4, NOON, customer_id="cust_2", key_id="app_2")])
    return found


def belongs(_: View, segment_id: str, who: Customer, __: Millis) -> bool:
    """Customer 1 is in the segment."""
    return segment_id == SEGMENT and who.id == "cust_1"


def is_member(view: View, collection_id: str, item: OrderItem, _: Millis) -> bool:
    """Its products are in the collection."""
    collection = view.get(tables.COLLECTIONS, collection_id)
    return collection is not None and item.product_id in collection.products


def facts(basket: Basket | Order | None = None, view: View | None = None, **fields: Any) -> Facts:
    """Facts of the request; a request about nothing has none of them."""
    if isinstance(basket, Order):
        basket = Basket(basket)
    return Facts(
        state() if view is None else view,
        basket,
        fields.pop("now", NOON),
        fields.pop("lookups", LOOKUPS._replace(is_in_segment=belongs, is_in_collection=is_member)),
        **fields,
    )


def everything_known(**fields: Any) -> Facts:
    """A request of which everything is known."""
    pending = Pending()
    known: dict[str, Any] = {
        "voucher": of_campaign(),
        "customer": customer(),
        "redemption_metadata": METADATA,
        "event_metadata": METADATA,
        "key_id": "app_1",
        "user": "anna@shop.test",
        "pending": pending,
        "taken": Taken(order=15_00, credits=15_00, points=30),
    }
    return facts(order(*LINES, metadata=METADATA), **(known | fields))


def rule(
    rules: dict[str, Any] | None = None,
    *,
    items: ApplicableItems | None = None,
    bundle: dict[str, Any] | None = None,
    rule_id: str = "val_1",
    error_message: str | None = None,
) -> ValidationRule:
    """A set of rules."""
    return ValidationRule(
        id=rule_id,
        name="rules",
        created_at=NOON,
        definition=json.dumps(rules or {}),
        applicable_to=items or ApplicableItems(),
        bundle=None if bundle is None else json.dumps(bundle),
        error_message=error_message,
    )


def one(name: str, conditions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The rules of a set that has one."""
    return {"1": {"name": name, "conditions": conditions, **fields}, "logic": "1"}


def product(product_id: str) -> dict[str, str]:
    """A product as conditions name it."""
    return {"id": product_id, "type": "product_or_sku", "object": "product"}


def entry(product_id: str, **fields: Any) -> ItemEntry:
    """A product that a discount is for."""
    return ItemEntry(**({"object": "product", "id": product_id} | fields))


def discount() -> Discount:
    """Ten percent off."""
    return percent("10")


_KNOWN = everything_known()


def holds(name: str, conditions: dict[str, Any], known: Any = None, **fields: Any) -> bool:
    """Whether conditions hold of a request, of which everything is known where none is given."""
    rules = one(name, conditions, **fields)
    assert list(wrong_rules(rules)) == []
    if known is None and "api_key" in name:
        # where a user asks, names of keys have no value
        known = everything_known(user=None)
    return violation(rules, known) is None


def violation(rules: dict[str, Any], known: Any = None) -> Violation | None:
    """What rules are violated by, of such a request."""
    made = rule(rules)
    return compile_rules(made.definition).violation(made, _KNOWN if known is None else known)
