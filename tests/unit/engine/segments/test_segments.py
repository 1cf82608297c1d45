"""Segments: who is in them, what is told of entering and leaving, and how they come to be."""

from typing import Any

from msgspec import Raw, structs

from engine.customers.fold import remove_customer
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.overlay import ProjectState
from engine.kernel.state import Table, encode
from engine.segments.belonging import belongs_to_segment, segments_of
from engine.segments.following import PARTS, TOLD_BYTES_MAX, with_segment_moves
from schemas.api import CustomerInput, OrderInput
from schemas.bin import DeleteBinEntry
from schemas.customers import CustomerCreated, DeleteCustomer, UpdateCustomer, UpsertCustomer
from schemas.orders import CreateOrder
from schemas.segments import (
    FOLLOWED_MAX,
    SEGMENTS_MAX,
    CreateSegment,
    DeleteSegment,
    SegmentCreated,
    SegmentDeleted,
    SegmentEntered,
)
from tests.unit.engine.segments.segments import VIP, create, moves, run, segment, someone
from tests.unit.engine.world import NOON, World


def test_a_static_segment_has_the_customers_that_are_named_by_id_or_source_id() -> None:
    one, two, three = (someone(n) for n in (1, 2, 3))
    world = World().given(*map(CustomerCreated, (one, two, three)))
    made = create(world, segment(), one.id, "s2", "s1")
    found = world.view.get(tables.SEGMENTS, made)
    assert found is not None
    assert [belongs_to_segment(world.view, found, each, NOON) for each in (one, two, three)] == [
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
    passive, static = create(world, segment(VIP)), create(world, segment(), who.id)
    gone = world.when(DeleteCustomer(who.id))
    assert moves(gone) == [("out", {passive})]
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
    assert found == [each for each in every if belongs_to_segment(world.view, each, ann, NOON)]
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
    told = with_segment_moves(world.view, Decision(many), NOON).events[500:]
    assert told
    assert len(encode(told)) < 2 * TOLD_BYTES_MAX
