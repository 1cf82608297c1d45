"""Laws of qualifications: the index finds what a scan finds, page by page, whatever happened.

And narrowing only loosens: whoever meets a set of rules meets it narrowed.
"""

import json
from typing import Any, NamedTuple
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from engine.evaluation.evaluate import Asker
from engine.kernel import tables
from engine.kernel.state import Table
from engine.pricing.basket import Basket
from engine.qualification import page
from engine.qualification.audience import evaluate_about
from engine.qualification.candidates import Found
from engine.qualification.narrowing import About, narrow_definition
from engine.qualification.places import is_candidate, place_of
from engine.qualification.tier_offers import WantedTiers, find_applying_tiers
from engine.qualification.trial import Trial
from engine.qualification.turns import run_at_once
from engine.rules.compile import compile_rules
from schemas.api import OrderInput, OrderItemInput, Redeemable
from schemas.campaigns import CampaignCreated, CampaignUpdated
from schemas.collections import CollectionCreated, ProductCollection
from schemas.customers import Customer
from schemas.evaluations import RequestContext
from schemas.orders import Order
from schemas.promotion_events import TierDeleted, TierUpdated
from schemas.qualifications import CandidateKind, Scenario
from schemas.rules import ApplicableItems, ItemEntry, ValidationRuleDeleted
from schemas.segments import Segment
from schemas.voucher_events import VoucherUpdated
from tests.unit.engine.qualification_world import PROMOTION, Shop, campaign
from tests.unit.engine.rule_world import MUG, POSTER, SHIRT, customer, facts, line, order
from tests.unit.engine.world import NOON, found, voucher

SCENARIOS = ("ALL", "AUDIENCE_ONLY", "PRODUCTS", "PRODUCTS_DISCOUNT", "PRODUCTS_BY_CUSTOMER")
RULES = ("val_1", "val_2", "val_3")
OBJECTS = ("promo_1", "promo_2", "promo_3", "camp_1", "camp_2", "v_1", "v_2")
TIMES = (NOON - 2, NOON - 1, NOON)


def _items(product_id: str) -> dict[str, Any]:
    return {"id": product_id, "type": "product_or_sku", "object": "product"}


CONDITIONS: list[dict[str, Any]] = [
    {"name": "order.amount", "conditions": {"$more_than": [2000]}},
    {"name": "order_amount", "conditions": {"$more_than_or_equal": [900]}},
    {"name": "order.amount", "conditions": {"$less_than": [5000]}},
    {"name": "order.total_amount", "conditions": {"$is": [1000]}},
    {"name": "order.metadata", "property": "channel", "conditions": {"$is": ["web", "shop"]}},
    {"name": "customer.metadata", "property": "tier", "conditions": {"$in": ["gold", 5]}},
    {"name": "customer.metadata", "property": "tier", "conditions": {"$is_not": ["gold"]}},
    {"name": "customer.segment", "conditions": {"$is": [{"id": "seg_1"}]}},
    {"name": "customer.segment", "conditions": {"$is_not": [{"id": "seg_1"}]}},
    {"name": "order.items.any", "conditions": {"$is": [_items(MUG), _items(SHIRT)]}},
    {"name": "order.items.every", "conditions": {"$is": [_items(MUG)]}},
    {"name": "order.items.none", "conditions": {"$is": [_items(MUG)]}},
    {"name": "order.items.cheapest", "conditions": {"$is": [_items(SHIRT)]}},
    {
        "name": "order.items.any",
        "conditions": {"$is": [{"id": "pc_1", "type": "products_collection"}]},
    },
    {"name": "product.id", "conditions": {"$is": [_items(POSTER)]}},
    {"name": "product.id", "conditions": {"$is_not": [_items(POSTER)]}},
    {"name": "order.items.count", "conditions": {"$more_than": [1]}},
    {"name": "redemption.count.daily", "conditions": {"$less_than": [5]}},
    {"name": "redemption.metadata", "property": "till", "conditions": {"$is": [7]}},
]
logics = st.recursive(
    st.sampled_from(["1", "2", "3"]),
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from(["and", "or"]), part).map(" ".join),
        part.map("not ({})".format),
        part.map("({})".format),
    ),
    max_leaves=5,
)


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """A set of three rules with a logic; some have a rule within."""
    rules: dict[str, Any] = {str(n): dict(draw(st.sampled_from(CONDITIONS))) for n in range(1, 4)}
    if draw(st.booleans()):
        rules["1"]["rules"] = {"1": draw(st.sampled_from(CONDITIONS)), "logic": "1"}
    return rules | {"logic": draw(logics)}


entries = st.builds(
    ApplicableItems,
    included=st.lists(
        st.builds(ItemEntry, object=st.just("product"), id=st.sampled_from([MUG, POSTER])),
        max_size=1,
    ).map(tuple),
)
tags = st.sampled_from([None, "gold", "silver", 5, "5", ["gold", "x"]])
customers = st.none() | tags.map(lambda tier: customer({"tier": tier} if tier else {}))
lines = st.lists(
    st.sampled_from([line(MUG, 1, 900), line(SHIRT, 2, 500), line(POSTER, 1, 3000)]), max_size=3
)
orders = st.none() | st.builds(
    lambda items, channel: order(*items, metadata={"channel": channel} if channel else None),
    lines,
    st.sampled_from([None, "web", "app"]),
)


class Request(NamedTuple):
    """Who asks about what."""

    order: Order | None
    customer: Customer | None
    metadata: dict[str, Any] | None
    scenario: str
    limit: int


requests = st.builds(
    Request,
    orders,
    customers,
    st.sampled_from([None, {"till": 7}, {"till": "7"}]),
    st.sampled_from(SCENARIOS),
    st.integers(1, 4),
)
steps = st.lists(
    st.tuples(
        st.sampled_from(["rule", "drop", "assign", "unassign", "switch", "delete"]),
        st.sampled_from(RULES),
        st.sampled_from(OBJECTS),
        definitions(),
    ),
    max_size=8,
)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(definitions(), entries), min_size=3, max_size=3),
    st.lists(
        st.tuples(
            st.sampled_from(TIMES), st.lists(st.sampled_from(RULES), max_size=2, unique=True)
        ),
        min_size=len(OBJECTS),
        max_size=len(OBJECTS),
    ),
    steps,
    st.lists(requests, min_size=1, max_size=3),
    st.booleans(),
    st.sampled_from([1, 2, 1000]),
)
def test_the_index_finds_what_a_scan_finds(
    sets: list[tuple[dict[str, Any], ApplicableItems]],
    objects: list[tuple[int, list[str]]],
    then: list[tuple[str, str, str, dict[str, Any]]],
    asked: list[Request],
    in_segment: bool,
    looked_at_max: int,
) -> None:
    shop = Shop()
    for rule_id, (definition, items) in zip(RULES, sets, strict=True):
        shop.rule(rule_id, definition, applicable_to=items)
    for object_id, (at, rule_ids) in zip(OBJECTS, objects, strict=True):
        _make(shop, object_id, at, rule_ids)
    _put_groups(shop, in_segment=in_segment)
    for step in then:
        _take(shop, *step)
    for each in asked:
        trial = shop.trial(each.order, each.customer, each.scenario, each.metadata)
        with patch.object(page, "LOOKED_AT_MAX", looked_at_max):
            assert shop.ids(trial, limit=each.limit) == _scanned(shop, trial)
        assert _tiers_by_index(shop, each) == _tiers_one_by_one(shop, each)


def _as_input(asked: Order | None) -> OrderInput | None:
    if asked is None:
        return None
    items = tuple(
        OrderItemInput(product_id=each.product_id, quantity=each.quantity, price=each.price)
        for each in asked.items or ()
    )
    return OrderInput(items=items, metadata=asked.metadata)


def _tiers_by_index(shop: Shop, asked: Request) -> list[str]:
    scenario: Scenario = "ALL" if asked.scenario == "ALL" else "AUDIENCE_ONLY"
    view, asker = shop.world.view, Asker(asked.customer, "server")
    order, now = _as_input(asked.order), shop.world.now
    steps = find_applying_tiers(
        view, order, asker, asked.metadata, WantedTiers(), now, scenario=scenario
    )
    return [each.tier.id for each in run_at_once(steps)]


def _tiers_one_by_one(shop: Shop, asked: Request) -> list[str]:
    """The tiers that a validation of each takes, by their places, which no two share here."""
    about: About | None = None if asked.scenario == "ALL" else "customer"
    view, asker = shop.world.view, Asker(asked.customer, "server")
    found = []
    for tier in sorted(view.scan(tables.TIERS), key=lambda each: each.hierarchy):
        one = (Redeemable("promotion_tier", tier.id),)
        request = RequestContext(one, _as_input(asked.order), metadata=asked.metadata)
        if evaluate_about(view, request, asker, about, shop.world.now).valid:
            found.append(tier.id)
    return found


def _put_groups(shop: Shop, *, in_segment: bool) -> None:
    """A segment of the customer, and a collection of shirts."""
    made = Segment(id="seg_1", name="VIP", created_at=NOON)
    shop.world.given(
        CollectionCreated(ProductCollection("pc_1", "Shirts", NOON, products=(SHIRT,)))
    )
    fold = shop.world.fold
    fold.begin()
    state = fold.view(shop.world.project)
    state.put(tables.SEGMENTS, made, "seg_1")
    if in_segment:
        state.put(tables.SEGMENT_MEMBERS, "cust_1", "seg_1", "cust_1")
    shop.world.store.write(fold.commit())


def _make(shop: Shop, object_id: str, at: int, rule_ids: list[str]) -> None:
    if object_id.startswith("promo"):
        shop.tier(object_id, *rule_ids, at=at, hierarchy=int(object_id[-1]))
        return
    if object_id.startswith("camp"):
        shop.world.given(CampaignCreated(campaign(object_id, created_at=at)))
    else:
        shop.world.given(voucher(object_id.removeprefix("v_"), created_at=at))
    for rule_id in rule_ids:
        shop.assign(rule_id, _kind(object_id), object_id)


def _kind(object_id: str) -> str:
    return {"p": "promotion_tier", "c": "campaign", "v": "voucher"}[object_id[0]]


def _take(shop: Shop, what: str, rule_id: str, object_id: str, definition: dict[str, Any]) -> None:
    """Something happens, where it can."""
    view = shop.world.view
    kind = _kind(object_id)
    table: Any = {
        "promotion_tier": tables.TIERS,
        "campaign": tables.CAMPAIGNS,
        "voucher": tables.VOUCHERS,
    }[kind]
    bound, rule = view.get(table, object_id), view.get(tables.RULES, rule_id)
    promotion = found(view.get(tables.CAMPAIGNS, PROMOTION))
    if what == "rule" and rule is not None:
        shop.rule(rule_id, definition)
    elif what == "drop" and rule is not None:
        shop.world.given(ValidationRuleDeleted(rule))
    elif bound is None:
        return
    elif what == "assign" and rule is not None and rule_id not in bound.rule_ids:
        shop.assign(rule_id, kind, object_id)
    elif what == "unassign" and rule_id in bound.rule_ids:
        shop.unassign(rule_id, kind, object_id)
    elif what == "switch":
        after = structs.replace(bound, active=not bound.active)
        events: Any = {
            "promotion_tier": lambda: TierUpdated(after, promotion),
            "campaign": lambda: CampaignUpdated(after),
            "voucher": lambda: VoucherUpdated(after),
        }
        shop.world.given(events[kind]())
    elif what == "delete" and kind == "promotion_tier":
        shop.world.given(TierDeleted(bound, promotion))


def _scanned(shop: Shop, trial: Trial) -> list[str]:
    """All that suits, found by looking at everything."""
    view = shop.world.view
    places = []
    found_in: list[tuple[Table[Any], CandidateKind]] = [
        (tables.VOUCHERS, "voucher"),
        (tables.CAMPAIGNS, "campaign"),
        (tables.TIERS, "promotion_tier"),
    ]
    for table, kind in found_in:
        for each in view.scan(table):
            if is_candidate(each):
                places.append(Found(place_of(each.created_at, each.id), kind))
    suiting = []
    for place in sorted(places):
        candidate = trial.candidate(place)
        if candidate is not None and trial.suiting(candidate) is not None:
            suiting.append(place.id)
    return suiting


@settings(max_examples=100)
@given(definitions(), orders, customers, st.sampled_from(["customer", "items", "both"]))
def test_whoever_meets_a_set_meets_it_narrowed(
    definition: dict[str, Any], asked: Order | None, who: Customer | None, about: Any
) -> None:
    known = facts(None if asked is None else Basket(asked), customer=who)
    text = json.dumps(definition)
    less = narrow_definition(text, about)
    assert compile_rules(less).holds(known) or not compile_rules(text).holds(known)
    assert narrow_definition(less, about) == less
