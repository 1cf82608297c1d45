"""Segments: who is in them, what is told of entering and leaving, and how they come to be."""

import json
from typing import Any

import pytest
from msgspec import Raw, structs

from engine.customers.fold import remove_customer
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.state import ProjectState, Table, encode
from engine.segments.belonging import belongs, segments_of
from engine.segments.following import PARTS, TOLD_BYTES_MAX, followed
from schemas.actions import RunChunk
from schemas.api import CustomerInput, OrderInput
from schemas.bin import DeleteBinEntry
from schemas.customers import (
    Customer,
    CustomerCreated,
    CustomersSummed,
    CustomerSummary,
    DeleteCustomer,
    UpdateCustomer,
    UpsertCustomer,
)
from schemas.orders import CreateOrder
from schemas.personal import Address, Personal, PersonalData
from schemas.records import Decided
from schemas.segments import (
    FOLLOWED_MAX,
    SEGMENTS_MAX,
    CreateSegment,
    DeleteSegment,
    Segment,
    SegmentCreated,
    SegmentDeleted,
    SegmentEntered,
    SegmentLeft,
    SegmentUpdated,
    UpdateSegment,
)
from tests.unit.engine.world import DAY, NOON, World

VIP = {"metadata.vip": {"conditions": {"$is": [True]}}}


def someone(number: int = 1, **said: Any) -> Customer:
    """A customer whose id begins with three digits of the number."""
    customer_id = f"cust_{number:03x}{number:021x}"
    data = PersonalData(source_id=f"s{number}", **said)
    return Customer(customer_id, Personal(f"p/{customer_id}", data), NOON - DAY)


def segment(filter_: dict[str, Any] | None = None, **fields: Any) -> Segment:
    text = None if filter_ is None else json.dumps(filter_)
    kind = "static" if filter_ is None else "auto-update"
    terms: dict[str, Any] = {"id": "", "name": "S", "created_at": 0, "type": kind, "filter": text}
    return Segment(**(terms | fields))


def create(world: World, given: Segment, *customers: str) -> str:
    """Creates a segment and runs its action to the end; its id."""
    record = world.when(CreateSegment(given, customers))
    assert record.refusal is None, record.refusal
    run(world)
    return next(each.segment.id for each in record.events if isinstance(each, SegmentCreated))


def run(world: World) -> list[Decided]:
    """Does everything that is left to do."""
    done: list[Decided] = []
    while True:
        action = next(iter(world.view.scan(tables.OPEN_ACTIONS)), None)
        if action is None:
            return done
        number = world.view.get(tables.ACTIONS, action.id).next_chunk  # type: ignore[union-attr]
        done.append(world.when(RunChunk(action.id, number)))


def moves(record: Decided) -> list[tuple[str, set[str]]]:
    """What a record tells of entering and leaving."""
    told = []
    for event in record.events:
        if isinstance(event, SegmentEntered | SegmentLeft):
            how = "in" if isinstance(event, SegmentEntered) else "out"
            told.append((how, set(event.segments)))
    return told


DATA: dict[str, Any] = {
    "name": "Ada",
    "email": "ada@example.org",
    "birthdate": "1990-05-01",
    "address": Address(city="Riga", country="LV"),
    "metadata": {"vip": True, "age": 30, "tags": ["a", "b"], "since": "2025-01-10"},
}
SUMMARY = CustomerSummary(orders_count=3, orders_amount=9000, last_order_amount=5000, succeeded=2)
FIELDS: list[tuple[str, dict[str, Any], bool]] = [
    ("name", {"$is": ["Ada"]}, True),
    ("name", {"$is": ["Bob"]}, False),
    ("email", {"$ends_with": ["example.org"]}, True),
    ("phone", {"$is_unknown": [True]}, True),
    ("phone", {"$has_value": [True]}, False),
    ("birthdate", {"$before": ["2000-01-01"]}, True),
    ("address.city", {"$in": ["Riga", "Oslo"]}, True),
    ("address.state", {"$is": ["x"]}, False),
    ("address.country", {"$not_in": ["LV"]}, False),
    ("metadata.vip", {"$is": [True]}, True),
    ("metadata.age", {"$more_than": [18], "$less_than": [31]}, True),
    ("metadata.age", {"$more_than": [18], "$less_than": [30]}, False),
    ("metadata.tags", {"$contains": ["b"]}, True),
    ("metadata.none", {"$is": ["x"]}, False),
    ("metadata.since", {"$less_than_ago": [6]}, True),
    ("metadata.since", {"$more_than_ago": [6]}, False),
    ("created_at", {"$more_than_ago": [0]}, True),
    ("summary.orders.total_count", {"$is": [3]}, True),
    ("summary.orders.total_amount", {"$more_than": [9000]}, False),
    ("summary.orders.average_amount", {"$is": [3000]}, True),
    ("summary.orders.last_order_amount", {"$is": [5000]}, True),
    ("summary.redemptions.total_succeeded", {"$more_than_or_equal": [2]}, True),
]


@pytest.mark.parametrize(("name", "conditions", "within"), FIELDS)
def test_a_filter_asks_what_a_customer_is_and_adds_up_to(
    name: str, conditions: dict[str, Any], within: bool
) -> None:
    who = someone(**DATA)
    world = World().given(CustomerCreated(who), CustomersSummed({who.id: SUMMARY}))
    found = segment({name: {"conditions": conditions}}, id="seg_1")
    assert belongs(world.view, found, who, world.now) is within


@pytest.mark.parametrize(("junction", "within"), [("and", False), ("or", True), ("OR", True)])
def test_conditions_are_joined(junction: str, within: bool) -> None:
    who = someone(**DATA)
    asked = {"name": {"conditions": {"$is": ["Bob"]}}, **VIP, "junction": junction}
    assert belongs(World().view, segment(asked), who, NOON) is within


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"shoe_size": {"conditions": {"$is": [1]}}}, ".filter.shoe_size"),
    ({"metadata.": {"conditions": {"$is": [1]}}}, ".filter.metadata."),
    ({"address.planet": {"conditions": {"$is": [1]}}}, ".filter.address.planet"),
    ({"name": {"conditions": {"$like": ["x"]}}}, ".filter.name.conditions.$like"),
    ({"name": {"conditions": {}}}, ".filter.name.conditions"),
    ({"name": {"$is": ["x"]}}, ".filter.name.conditions"),
    ({"metadata.n": {"conditions": {"$more_than": ["x"]}}}, "has to be a number or a date"),
    ({"metadata.n": {"conditions": {"$more_than": [1, 2]}}}, "one value"),
    ({"created_at": {"conditions": {"$dow": [[1]]}}}, "has to be days of the week"),
    ({"junction": "xor"}, ".filter.junction"),
    ({f"metadata.{n}": VIP["metadata.vip"] for n in range(101)}, "at most 100 fields"),
]


@pytest.mark.parametrize(("filter_", "told"), WRONG)
def test_a_filter_that_makes_no_sense_is_told_where(filter_: dict[str, Any], told: str) -> None:
    refusal = World().when(CreateSegment(segment(filter_))).refusal
    assert refusal is not None
    assert refusal.key == "invalid_payload"
    assert told in (refusal.details or "")


def test_a_segment_that_is_not_static_has_a_filter() -> None:
    for kind in ("auto-update", "passive"):
        refusal = World().when(CreateSegment(segment(type=kind))).refusal
        assert refusal is not None
        assert refusal.details == "Property `.filter` is required"


def test_a_static_segment_has_the_customers_that_are_named_by_id_or_source_id() -> None:
    one, two, three = (someone(n) for n in (1, 2, 3))
    world = World().given(*map(CustomerCreated, (one, two, three)))
    made = create(world, segment(), one.id, "s2", "s1")
    found = world.view.get(tables.SEGMENTS, made)
    assert found is not None
    assert [belongs(world.view, found, each, NOON) for each in (one, two, three)] == [
        True,
        True,
        False,
    ]
    assert moves(world.when(UpdateCustomer(one.id, Raw(b'{"name":"X"}')))) == []


def test_a_customer_who_is_not_known_is_not_named_in_the_clear() -> None:
    refusal = World().when(CreateSegment(segment(), ("ada@example.org",))).refusal
    assert refusal is not None
    assert (refusal.key, refusal.resource_type) == ("not_found", "customer")
    assert "ada" not in repr(refusal)


def test_entering_and_leaving_are_told_with_what_changes_the_customer() -> None:
    world = World()
    made = create(world, segment(VIP))
    named = CustomerInput(source_id="a", metadata={"vip": True})
    assert moves(world.when(UpsertCustomer(named))) == [("in", {made})]
    assert moves(world.when(UpsertCustomer(CustomerInput(source_id="a", name="A")))) == []
    left = world.when(UpdateCustomer("a", Raw(b'{"metadata":{"vip":false}}')))
    assert moves(left) == [("out", {made})]
    assert list(world.view.scan(tables.KNOWN_SEGMENTS)) == []


def test_what_a_customer_adds_up_to_can_make_it_enter() -> None:

    world = World()
    big = {"summary.orders.total_amount": {"conditions": {"$more_than_or_equal": [5000]}}}
    made = create(world, segment(big))
    order = OrderInput(amount=3000, status="PAID")
    who = CustomerInput(source_id="a")
    assert moves(world.when(CreateOrder(order, who))) == []
    assert moves(world.when(CreateOrder(order, who))) == [("in", {made})]


def test_passive_segments_are_only_asked() -> None:
    world = World()
    create(world, segment(VIP, type="passive"))
    named = CustomerInput(source_id="a", metadata={"vip": True})
    assert moves(world.when(UpsertCustomer(named))) == []


def test_a_customer_leaves_with_its_deletion_and_nothing_is_left_of_it() -> None:
    who = someone(metadata={"vip": True})
    world = World().given(CustomerCreated(who))
    followed, static = create(world, segment(VIP)), create(world, segment(), who.id)
    gone = world.when(DeleteCustomer(who.id))
    assert moves(gone) == [("out", {followed})]
    [entry] = world.view.scan(tables.BIN)
    world.when(DeleteBinEntry(entry.id))
    assert list(world.view.scan(tables.KNOWN_SEGMENTS)) == []
    assert list(world.view.scan(tables.SEGMENT_MEMBERS, static)) == []


def test_a_customer_leaves_static_segments_without_a_look_at_any() -> None:
    ann, bob = someone(1), someone(2)
    world = World().given(CustomerCreated(ann), CustomerCreated(bob))
    both, own = create(world, segment(), ann.id, bob.id), create(world, segment(), ann.id)
    create(world, segment(VIP, type="passive"))
    scanned: list[str] = []

    class Watched(ProjectState):
        """A state that notes which tables are gone through."""

        def scan(self, table: Table[Any], *parts: str, **asked: Any) -> Any:
            scanned.append(table.name)
            return super().scan(table, *parts, **asked)

    state = Watched(world.view._overlay, world.project)
    remove_customer(state, ann.id, NOON)
    assert tables.SEGMENTS.name not in scanned
    assert list(state.scan(tables.SEGMENT_MEMBERS, both)) == [bob.id]
    assert list(state.scan(tables.SEGMENT_MEMBERS, own)) == []
    assert list(state.scan(tables.CUSTOMER_SEGMENTS)) == [both]


def test_the_segments_of_a_customer_are_those_that_it_belongs_to() -> None:
    ann = someone(metadata={"vip": True})
    world = World().given(CustomerCreated(ann), CustomerCreated(someone(2)))
    named = {create(world, segment(), ann.id) for _ in range(2)}
    named |= {create(world, segment(VIP)), create(world, segment(VIP, type="passive"))}
    create(world, segment(), someone(2).id)
    gone = create(world, segment(), ann.id)
    world.when(DeleteSegment(gone))
    found = segments_of(world.view, ann, NOON)
    assert [each.id for each in found] == sorted(named)
    every = world.view.scan(tables.SEGMENTS)
    assert found == [each for each in every if belongs(world.view, each, ann, NOON)]
    assert segments_of(world.view, structs.replace(ann, deleted_at=NOON), NOON) == []
    assert len(list(world.view.scan(tables.CUSTOMER_SEGMENTS, ann.id))) == 2


def test_an_action_looks_through_the_customers_that_exist() -> None:
    numbers = [0, 1, 1500, PARTS - 1]
    known = [someone(n, metadata={"vip": n != 1}) for n in numbers]
    world = World().given(*map(CustomerCreated, known))
    world.when(CreateSegment(segment(VIP)))
    # who changes before the action comes to it is told of once
    early = world.when(UpdateCustomer(known[2].id, Raw(b'{"name":"X"}')))
    assert len(moves(early)) == 1
    told = [
        event.customer_id
        for record in run(world)
        for event in record.events
        if isinstance(event, SegmentEntered)
    ]
    assert told == [known[0].id, known[3].id]
    assert moves(world.when(UpdateCustomer(known[0].id, Raw(b'{"name":"X"}')))) == []


def test_a_chunk_tells_of_a_long_name_no_more_than_its_record_can_hold() -> None:
    known = [someone(n, metadata={"vip": True}) for n in range(200)]
    world = World().given(*map(CustomerCreated, known))
    world.when(CreateSegment(segment(VIP, name="☃" * 512)))
    chunks = [
        [event for event in record.events if isinstance(event, SegmentEntered)]
        for record in run(world)
    ]
    assert sum(map(len, chunks)) == len(known)
    assert max(len(encode(each)) for each in chunks) < 1.1 * TOLD_BYTES_MAX


def test_the_action_ends_with_its_segment() -> None:
    world = World().given(CustomerCreated(someone(metadata={"vip": True})))
    record = world.when(CreateSegment(segment(VIP)))
    [made] = [each.segment for each in record.events if isinstance(each, SegmentCreated)]
    world.when(DeleteSegment(made.id))
    [only] = run(world)
    assert moves(only) == []


def test_a_deleted_segment_is_left_in_silence() -> None:
    who = someone(metadata={"vip": True})
    world = World().given(CustomerCreated(who))
    first = create(world, segment(VIP))
    record = world.when(DeleteSegment(first))
    assert [type(each) for each in record.events] == [SegmentDeleted]
    assert world.view.get(tables.FOLLOWED, tables.THE_ONE) is None
    second = create(world, segment(VIP))
    known = world.view.get(tables.KNOWN_SEGMENTS, who.id)
    assert known is not None
    assert known.ids == (second,)
    missing = world.when(DeleteSegment(first)).refusal
    assert missing is not None
    assert (missing.status, missing.resource_type) == (404, "segment")


def test_a_project_follows_a_bounded_number_of_segments() -> None:
    world = World().given(
        *(SegmentCreated(segment(VIP, id=f"seg_{n:03}")) for n in range(FOLLOWED_MAX))
    )
    refusal = world.when(CreateSegment(segment(VIP))).refusal
    assert refusal is not None
    assert str(FOLLOWED_MAX) in (refusal.details or "")
    assert world.when(CreateSegment(segment())).refusal is None
    world.given(*(SegmentCreated(segment(id=f"seg_s{n}")) for n in range(SEGMENTS_MAX)))
    refusal = world.when(CreateSegment(segment())).refusal
    assert refusal is not None
    assert str(SEGMENTS_MAX) in (refusal.details or "")


def test_what_is_told_of_many_customers_at_once_is_bounded() -> None:
    world = World().given(
        *(
            SegmentCreated(segment(VIP, id=f"seg_{n:024}", name="n" * 100))
            for n in range(FOLLOWED_MAX)
        )
    )
    many = tuple(CustomerCreated(someone(n, metadata={"vip": True})) for n in range(500))
    told = followed(world.view, Decision(many), NOON).events[500:]
    assert told
    assert len(encode(told)) < 2 * TOLD_BYTES_MAX


def test_an_update_names_all_members_of_a_static_segment_anew() -> None:
    world = World().given(*(CustomerCreated(someone(n)) for n in (1, 2, 3)))
    static = create(world, segment(), "s1", "s2")
    record = world.when(UpdateSegment(static, name="T", customers=("s3", "s2")))
    [event] = record.events
    assert isinstance(event, SegmentUpdated)
    assert (event.segment.name, event.segment.updated_at) == ("T", world.now)
    assert (event.entered, event.left) == ((someone(3).id,), (someone(1).id,))
    found = world.view.get(tables.SEGMENTS, static)
    assert found is not None
    within = [belongs(world.view, found, someone(n), NOON) for n in (1, 2, 3)]
    assert within == [False, True, True]
    assert [each.id for each in segments_of(world.view, someone(1), NOON)] == []


def test_who_is_let_in_by_another_filter_enters_and_who_is_not_leaves() -> None:
    world = World().given(
        CustomerCreated(someone(1, metadata={"vip": True})),
        CustomerCreated(someone(2, metadata={"vip": False})),
        CustomerCreated(someone(3, metadata={"vip": False, "new": 1})),
    )
    auto = create(world, segment(VIP))
    other = json.dumps({"metadata.vip": {"conditions": {"$is": [False]}}})
    record = world.when(UpdateSegment(auto, filter=other))
    assert isinstance(record.events[-1], SegmentUpdated)
    told = [each for done in run(world) for each in done.events]
    entered = {each.customer_id for each in told if isinstance(each, SegmentEntered)}
    left = {each.customer_id for each in told if isinstance(each, SegmentLeft)}
    assert (entered, left) == ({someone(2).id, someone(3).id}, {someone(1).id})
    world.when(UpdateSegment(auto, name="T"))
    assert run(world) == [], "a name moves nobody"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"filter": "{}"}, "filter"),
        ({"customers": ("nobody",)}, "customer"),
    ],
)
def test_what_an_update_of_a_static_segment_cannot_say(changes: dict[str, Any], told: str) -> None:
    world = World()
    static = create(world, segment())
    refusal = world.when(UpdateSegment(static, **changes)).refusal
    assert refusal is not None
    assert told in (refusal.details or "")
    assert world.when(UpdateSegment("seg_none")).refusal is not None
