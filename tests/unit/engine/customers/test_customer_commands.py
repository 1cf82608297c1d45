"""Customers as the shop manages them: created, changed, deleted, and what their events hold."""

import msgspec
import pytest

from engine.kernel import tables
from schemas.api import CustomerInput
from schemas.bin import BinEntryAdded, DeleteBinEntry
from schemas.customers import (
    Customer,
    CustomerCreated,
    CustomerDeleted,
    CustomerUnchanged,
    CustomerUpdated,
    DeleteCustomer,
    UpdateCustomer,
    UpsertCustomer,
)
from schemas.personal import Address, PersonalData
from schemas.records import Decided
from tests.unit.engine.world import NOON, World, customer, only, redeem, refused, voucher


def made(world: World, named: CustomerInput) -> Customer:
    return only(world.when(UpsertCustomer(named)), CustomerCreated).customer


def update(world: World, named: str, **changes: object) -> Decided:
    return world.when(UpdateCustomer(named, msgspec.Raw(msgspec.json.encode(changes))))


def data(customer: Customer) -> PersonalData:
    assert customer.personal.data is not None
    return customer.personal.data


def test_a_customer_of_whom_nothing_is_said_is_a_new_one_each_time() -> None:
    world = World()
    assert made(world, CustomerInput()).id != made(world, CustomerInput()).id


def test_what_is_known_already_is_answered_and_changes_nothing() -> None:
    world = World()
    first = made(world, customer(name="Ann"))
    again = world.when(UpsertCustomer(customer(name="Ann")), after=1000)
    assert only(again, CustomerUnchanged).customer == first
    assert world.customer(first.id).updated_at is None


def test_an_update_sets_what_it_names_and_null_clears() -> None:
    world = World()
    named = customer(name="Ann", phone="1", address=Address(city="Graz", country="Austria"))
    first = made(world, named)
    record = update(world, "alice", phone=None, email="a@b.c", address={"city": "Linz"})
    after = only(record, CustomerUpdated).customer
    assert (data(after).name, data(after).phone, data(after).email) == ("Ann", None, "a@b.c")
    assert data(after).address == Address(city="Linz", country="Austria")
    assert (after.id, after.updated_at) == (first.id, NOON)
    gone = only(update(world, "alice", address=None, metadata=None), CustomerUpdated).customer
    assert data(gone).address is None


def test_metadata_is_merged_and_null_empties_it() -> None:
    world = World()
    made(world, customer(metadata={"a": 1, "b": 1}))
    merged = only(update(world, "alice", metadata={"b": 2}), CustomerUpdated).customer
    assert data(merged).metadata == {"a": 1, "b": 2}
    emptied = only(update(world, "alice", metadata=None), CustomerUpdated).customer
    assert data(emptied).metadata is None


def test_a_customer_is_found_by_a_new_source_id_only() -> None:
    world = World()
    first = made(world, customer())
    update(world, "alice", source_id="bob")
    assert refused(update(world, "alice", name="x")) == "not_found"
    assert only(update(world, "bob", name="x"), CustomerUpdated).customer.id == first.id


def test_a_source_id_of_another_cannot_be_taken_and_is_not_repeated() -> None:
    world = World()
    made(world, customer())
    made(world, customer("bob@shop.test"))
    record = update(world, "alice", source_id="bob@shop.test")
    assert refused(record) == "duplicate_source_id"
    assert b"bob@" not in msgspec.json.encode(record.refusal)


def test_a_deleted_customer_is_not_found_and_the_source_id_stays_taken() -> None:
    world = World()
    first = made(world, customer())
    made(world, customer("bob"))
    record = world.when(DeleteCustomer("alice"))
    assert only(record, CustomerDeleted).customer.deleted_at == NOON
    entry = only(record, BinEntryAdded).entry
    assert (entry.resource_type, entry.resource_id, entry.resource_name) == (
        "customer",
        first.id,
        "",
    )
    for body in (
        DeleteCustomer("alice"),
        UpsertCustomer(customer()),
        UpsertCustomer(CustomerInput(id=first.id, source_id="bob")),
        UpdateCustomer(first.id, msgspec.Raw(b"{}")),
    ):
        assert refused(world.when(body)) == "not_found"
    assert refused(update(world, "bob", source_id="alice")) == "duplicate_source_id"


def test_nobody_redeems_for_a_deleted_customer() -> None:
    world = World().given(voucher())
    made(world, customer())
    world.when(DeleteCustomer("alice"))
    assert refused(world.when(redeem("TEN", customer=customer()))) == "not_found"


def test_a_source_id_is_free_again_when_the_bin_is_emptied() -> None:
    world = World()
    first = made(world, customer())
    entry = only(world.when(DeleteCustomer("alice")), BinEntryAdded).entry
    world.when(DeleteBinEntry(entry.id))
    assert world.view.get(tables.CUSTOMERS, first.id) is None
    assert made(world, customer()).id != first.id


@pytest.mark.parametrize("body", [DeleteCustomer("x"), UpdateCustomer("x", msgspec.Raw(b"{}"))])
def test_an_unknown_customer_is_not_found(body: DeleteCustomer | UpdateCustomer) -> None:
    assert refused(World().when(body)) == "not_found"
