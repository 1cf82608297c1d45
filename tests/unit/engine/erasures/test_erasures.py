"""Forgetting: a customer is gone at once, and the state knows whose keys have to be destroyed."""

from typing import Any

import msgspec
import pytest

from engine.answers.activity import activity_entries
from engine.answers.answer import render_answer
from engine.answers.hook_events import hook_events
from engine.fold import StateFold
from engine.kernel import tables
from runtime.store.store import MemoryStore
from schemas.actions import GiveUpAction, ImportCustomers, RunChunk, StageRows, StartAction
from schemas.api import CustomerInput
from schemas.commands import CommandBody
from schemas.customers import (
    Customer,
    CustomerCreated,
    DeleteCustomer,
    UpdateCustomer,
    UpsertCustomer,
)
from schemas.erasures import CustomerForgotten, EndErasures, Erasure, ErasuresEnded, ForgetCustomer
from schemas.expiry import ExpireDue
from schemas.personal import Personal, PersonalData
from schemas.projects import CloseProject
from schemas.records import Decided
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded, RollBackRedemption
from tests.unit.engine.world import DAY, PROJECT, World, customer, only, redeem, refused, voucher

ACTION = "aa_import"


def made(world: World, named: CustomerInput) -> Customer:
    return only(world.when(UpsertCustomer(named)), CustomerCreated).customer


def forget(world: World, named: str) -> Decided:
    return world.when(ForgetCustomer(named))


@pytest.mark.parametrize("by", ["id", "source id"])
def test_who_is_forgotten_is_found_no_more_and_the_source_id_is_free(by: str) -> None:
    world = World()
    ann = made(world, customer(name="Ann"))
    deletion = only(forget(world, ann.id if by == "id" else "alice"), CustomerForgotten).deletion
    assert deletion.customer_id == ann.id
    assert deletion.id.startswith("del_")
    for named in (ann.id, "alice"):
        assert refused(forget(world, named)) == "not_found"
        assert refused(world.when(DeleteCustomer(named))) == "not_found"
        assert refused(world.when(UpdateCustomer(named, msgspec.Raw(b"{}")))) == "not_found"
    assert made(world, customer()).id != ann.id


def test_nothing_personal_is_left_in_the_state() -> None:
    world = World().given(voucher("A"))
    named = customer("ann@shop.test", name="Annabel", phone="4711", metadata={"likes": "tea"})
    ann = made(world, named)
    world.when(redeem("A", customer=CustomerInput(id=ann.id)))
    forget(world, ann.id)
    stored = b"".join(key + value for key, value in world.bytes.items())
    for personal in (b"ann@shop.test", b"Annabel", b"4711", b"tea"):
        assert personal not in stored
    assert world.view.get(tables.CUSTOMER_SUMMARIES, ann.id) is None
    assert list(world.view.scan(tables.CUSTOMER_SOURCES)) == []


def test_no_key_of_the_state_holds_a_source_id() -> None:
    world = World()
    made(world, customer("ann@shop.test"))
    assert not any(b"ann@shop.test" in key for key in world.bytes)


def test_what_the_customer_did_stays_and_can_be_rolled_back() -> None:
    world = World().given(voucher("A"))
    ann = made(world, customer(name="Ann"))
    redeemed = only(world.when(redeem("A", customer=CustomerInput(id=ann.id))), RedemptionSucceeded)
    forget(world, ann.id)
    taken_back = world.when(RollBackRedemption(redeemed.redemption_ids[0]))
    assert only(taken_back, RedemptionRolledBack).customer_id == ann.id
    assert taken_back.customer is None
    assert world.view.get(tables.CUSTOMER_SUMMARIES, ann.id) is None


def test_one_who_is_in_the_bin_is_forgotten_with_the_entry() -> None:
    world = World()
    ann = made(world, customer(name="Ann"))
    world.when(DeleteCustomer(ann.id))
    assert len(list(world.view.scan(tables.BIN))) == 1
    record = forget(world, "alice")
    assert list(world.view.scan(tables.BIN)) == []
    assert render_answer(record, "server").status == 200
    assert made(world, customer()).id != ann.id


def test_the_answer_counts_the_customer_and_is_not_done_by_itself() -> None:
    world = World()
    ann = made(world, customer())
    status, body = render_answer(forget(world, ann.id), "server")
    assert (status, body and body["status"]) == (200, "IN_PROGRESS")
    assert body is not None
    assert (body["related_object"], body["related_object_id"]) == ("customer", ann.id)
    assert {name for name, count in body["data_json"].items() if count} == {"customer"}


def test_webhooks_are_told_the_id_and_the_feed_nothing() -> None:
    world = World()
    ann = made(world, customer(name="Ann"))
    record = forget(world, ann.id)
    assert list(activity_entries(record)) == []
    (told,) = hook_events(record)
    customer_told = {"customer": {"id": ann.id, "object": "customer"}}
    assert (told.name, told.data) == ("customer.deleted", customer_told)


def test_keys_are_to_be_destroyed_until_that_is_recorded() -> None:
    world = World()
    ann, ben = made(world, customer("ann")), made(world, customer("ben"))
    forget(world, ann.id)
    assert world.fold.erasures(9) == [Erasure(PROJECT, ann.id, "customer")]
    assert world.fold.erasures(0) == []
    assert world.fold.erasures(9)[0].owner == f"{PROJECT}/{ann.id}" == ann.personal.owner
    ended = world.when(EndErasures((ann.id, ben.id)), key_kind="system")
    assert only(ended, ErasuresEnded).ids == (ann.id,)
    assert world.fold.erasures(9) == []
    assert world.when(EndErasures((ann.id,)), key_kind="system").events == ()


def test_they_are_destroyed_also_in_a_project_that_is_closed_meanwhile() -> None:
    world = World()
    ann = made(world, customer())
    forget(world, ann.id)
    world.when(CloseProject(), key_kind="system")
    world.when(EndErasures((ann.id,)), key_kind="system")
    assert world.fold.erasures(9) == []


def stage_import(world: World, sets: int = 1) -> None:
    rows = tuple({"do": {"source_id": name}} for name in ("ann", "ben"))
    for number in range(sets):
        world.when(StageRows(ACTION, number, rows, first_row=1 + 2 * number))


def import_started(world: World) -> None:
    stage_import(world)
    world.when(StartAction(ACTION, "CUSTOMERS.IMPORT", ImportCustomers(), total=2, sets=1))


@pytest.mark.parametrize("end", [RunChunk(ACTION, 0), GiveUpAction(ACTION, 0, "it cannot be")])
def test_the_key_of_rows_goes_with_the_end_of_their_action(end: CommandBody) -> None:
    world = World()
    import_started(world)
    assert world.fold.erasures(9) == []
    world.when(end, key_kind="system")
    assert world.fold.erasures(9) == [Erasure(PROJECT, ACTION, "action")]


def test_the_key_of_rows_whose_action_never_starts_goes_with_the_last_of_them() -> None:
    world = World()
    stage_import(world)
    world.when(StageRows(ACTION, 1, ({"do": {"source_id": "eve"}},), first_row=3), after=DAY // 2)
    world.when(ExpireDue(), after=DAY // 2 + 1, key_kind="system")
    assert world.fold.erasures(9) == []
    world.when(ExpireDue(), after=DAY, key_kind="system")
    assert world.fold.erasures(9) == [Erasure(PROJECT, ACTION, "action")]


class Recorded(World):
    """A world that keeps its records."""

    def __init__(self) -> None:
        self.records: list[Decided] = []
        super().__init__()

    def fold_in(self, record: Decided) -> None:
        self.records.append(record)
        super().fold_in(record)


def test_a_fold_that_finds_the_data_gone_ends_as_one_that_had_it() -> None:
    world = Recorded()
    world.given(voucher("A"))
    ann = made(world, customer("ann", name="Ann"))
    import_started(world)
    world.when(RunChunk(ACTION, 0), key_kind="system")
    world.when(UpdateCustomer(ann.id, msgspec.Raw(b'{"source_id": "other"}')))
    world.when(UpsertCustomer(customer("ann", name="Second")))
    world.when(redeem("A", customer=CustomerInput(id=ann.id)))
    forget(world, ann.id)
    fold = StateFold(store := MemoryStore())
    for offset, record in enumerate(world.records):
        fold.begin()
        fold.apply(_without_data(record, ann.personal.owner, f"{PROJECT}/{ACTION}"), offset)
        store.write(fold.commit())
    assert dict(store.scan(b"")) == world.bytes


def _without_data(record: Decided, *owners: str) -> Decided:
    """The record as it reads once the owners' keys are destroyed."""

    def plain(value: Any) -> Any:
        return {"owner": value.owner, "data": None if value.owner in owners else value.data}

    def read(_: type, value: Any) -> Personal:
        data = value["data"]
        known = None if data is None else msgspec.convert(data, PersonalData)
        return Personal(value["owner"], known)

    raw = msgspec.json.encode(record, enc_hook=plain)
    return msgspec.json.decode(raw, type=Decided, dec_hook=read)
