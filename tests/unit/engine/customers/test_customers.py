"""Customers are found, created and completed."""

from engine.kernel import tables
from schemas.api import CustomerInput
from schemas.customers import (
    Customer,
    CustomerCreated,
    CustomerUnchanged,
    CustomerUpdated,
    UpsertCustomer,
)
from schemas.personal import Address, Personal, PersonalData
from schemas.records import Decided
from schemas.redemptions import RedemptionFailed
from tests.unit.engine.world import MINUTE, PROJECT, World, customer, only, redeem, refused


def upsert(world: World, named: CustomerInput) -> Decided:
    """An upsert, a minute later."""
    return world.when(UpsertCustomer(named), after=MINUTE)


def created(world: World, named: CustomerInput) -> Customer:
    """A new customer."""
    return only(upsert(world, named), CustomerCreated).customer


def test_a_customer_is_created_and_found_by_source_id() -> None:
    world = World()
    made = created(world, customer(name="Alice", metadata={"vip": True}))
    assert made.id.startswith("cust_")
    assert made.personal.owner == f"{PROJECT}/{made.id}"
    assert made.personal.data is not None
    assert made.personal.data.name == "Alice"
    for named in (customer(), CustomerInput(id=made.id), CustomerInput(id="alice")):
        assert upsert(world, named).events == (CustomerUnchanged(made),)


def test_an_update_merges_metadata_and_address() -> None:
    world = World()
    created(world, customer(metadata={"a": 1}, address=Address(city="Oslo", line_1="x")))
    record = upsert(world, customer(metadata={"b": 2}, address=Address(line_1="y")))
    updated = only(record, CustomerUpdated).customer
    assert updated.personal.data is not None
    assert updated.personal.data.metadata == {"a": 1, "b": 2}
    assert updated.personal.data.address == Address(city="Oslo", line_1="y")
    assert updated.updated_at == world.now


def test_null_for_a_line_is_kept_where_it_is_said_of_the_customer_and_not_beside_a_redemption() -> (
    None
):
    world = World()
    created(world, customer(address=Address(city="Oslo", country="Norway")))
    beside = customer(address=Address(city="Bergen", country=None, state=None))
    failed = world.when(redeem("NONE", customer=beside))
    known = only(failed, CustomerUpdated).customer.personal.data
    assert known is not None
    assert known.address == Address(city="Bergen", country="Norway")
    said = only(upsert(world, beside), CustomerUpdated).customer.personal.data
    assert said is not None
    assert said.address == Address(city="Bergen", country=None, state=None)


def test_a_customer_without_id_and_source_id_is_new_each_time() -> None:
    world = World()
    named = CustomerInput(email="a@example.org")
    assert created(world, named).id != created(world, named).id


def test_a_customer_of_whom_nothing_is_said_is_nobody_to_a_redemption() -> None:
    record = World().when(redeem("NONE", customer=CustomerInput(id="", name="")))
    assert only(record, RedemptionFailed).customer_id is None
    assert record.customer is None


def test_an_unknown_id_is_not_found_unless_a_source_id_is_beside_it() -> None:
    world = World()
    assert refused(upsert(world, CustomerInput(id="cust_none"))) == "not_found"
    made = created(world, CustomerInput(id="cust_none", source_id="alice"))
    assert made.id != "cust_none"


def test_a_source_id_moves_with_its_customer_and_belongs_to_one() -> None:
    world = World()
    alice, bob = created(world, customer("alice")), created(world, customer("bob"))
    taken = upsert(world, CustomerInput(id=alice.id, source_id="bob"))
    assert refused(taken) == "duplicate_source_id"
    assert upsert(world, CustomerInput(id=alice.id, source_id="carol")).refusal is None
    assert world.view.get(tables.CUSTOMER_SOURCES, tables.source_key("alice")) is None
    assert world.view.get(tables.CUSTOMER_SOURCES, tables.source_key("carol")) == alice.id
    assert world.view.get(tables.CUSTOMER_SOURCES, tables.source_key("bob")) == bob.id


def test_the_data_of_a_forgotten_customer_breaks_nothing() -> None:
    world = World()
    forgotten = Customer("cust_1", Personal(f"{PROJECT}/cust_1", None), world.now)
    world.given(CustomerCreated(forgotten), CustomerUpdated(forgotten))
    assert upsert(world, CustomerInput(id="cust_1")).events == (CustomerUnchanged(forgotten),)
    record = upsert(world, CustomerInput(id="cust_1", name="New"))
    data = only(record, CustomerUpdated).customer.personal.data
    assert data == PersonalData(name="New")
