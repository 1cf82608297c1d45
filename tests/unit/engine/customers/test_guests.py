"""A customer that is named by nothing but an e-mail address is the same one each time."""

import pytest
from msgspec import structs

from engine.evolve import FOLDS
from engine.kernel import tables
from schemas.api import CustomerInput
from schemas.assignments import AssignRule
from schemas.bin import DeleteBinEntry
from schemas.commands import CommandBody
from schemas.customers import (
    Customer,
    CustomerCreated,
    CustomerUnchanged,
    CustomerUpdated,
    DeleteCustomer,
    UpsertCustomer,
)
from schemas.erasures import ForgetCustomer
from schemas.personal import Personal
from schemas.records import Decided
from schemas.redemptions import RedemptionSucceeded
from schemas.rules import ValidationRuleCreated
from tests.unit.engine.rule_world import one, rule
from tests.unit.engine.world import World, customer, found, lock, only, redeem, refused, voucher

ANN = CustomerInput(email="ann@shop.test")


def when(world: World, body: CommandBody, guest_key: str | None = "hash of ann") -> Decided:
    """What becomes of a command that a front sent with the hash of the address."""
    return world.when(body, email_key=guest_key)


def guest(world: World) -> Customer:
    """Ann, who is made known."""
    return only(when(world, UpsertCustomer(ANN)), CustomerCreated).customer


def test_a_guest_is_the_same_customer_each_time() -> None:
    world = World()
    ann = guest(world)
    record = when(world, UpsertCustomer(ANN))
    assert only(record, CustomerUnchanged).customer == ann
    named = structs.replace(ANN, name="Ann")
    updated = only(when(world, UpsertCustomer(named)), CustomerUpdated).customer
    assert updated.id == ann.id
    assert updated.personal.data is not None
    assert updated.personal.data.guest_key == "hash of ann"


def test_another_address_is_another_guest() -> None:
    world = World()
    ann = guest(world)
    bob = only(when(world, UpsertCustomer(ANN), "hash of bob"), CustomerCreated).customer
    assert bob.id != ann.id


def test_whoever_has_an_id_or_a_source_id_is_no_guest() -> None:
    world = World()
    ann = guest(world)
    member = CustomerInput(source_id="ann", email=ANN.email)
    made = only(when(world, UpsertCustomer(member), None), CustomerCreated).customer
    assert made.id != ann.id
    assert made.personal.data is not None and made.personal.data.guest_key is None
    # the hash would say nothing, were it there
    assert only(when(world, UpsertCustomer(member)), CustomerUnchanged).customer == made
    by_id = CustomerInput(id=ann.id, email=ANN.email)
    assert only(when(world, UpsertCustomer(by_id), None), CustomerUnchanged).customer == ann


def test_a_guest_is_found_by_the_first_address_whatever_is_said_later() -> None:
    world = World()
    ann = guest(world)
    moved = CustomerInput(id=ann.id, email="ann@elsewhere.test")
    when(world, UpsertCustomer(moved), None)
    assert only(when(world, UpsertCustomer(ANN)), CustomerUpdated).customer.id == ann.id


def once_each() -> World:
    """A voucher that each customer may redeem once."""
    world = World().given(voucher("A"))
    once = rule(one("redemption.count.per_customer", {"$less_than_or_equal": [1]}))
    world.given(ValidationRuleCreated(once))
    world.when(AssignRule("val_1", "v_A", "voucher"))
    return world


def test_limits_per_customer_hold_for_guests() -> None:
    world = once_each()
    first = when(world, redeem("A", customer=ANN))
    assert only(first, RedemptionSucceeded).customer_id is not None
    assert refused(when(world, redeem("A", customer=ANN))) == "redemption_rules_violated"
    bob = CustomerInput(email="bob@shop.test")
    assert when(world, redeem("A", customer=bob), "hash of bob").refusal is None


@pytest.mark.parametrize("first", ["the guest", "the member"])
def test_a_guest_who_becomes_a_member_is_one_customer_by_either_name(first: str) -> None:
    world = once_each()
    ann = guest(world)
    joined = when(world, UpsertCustomer(CustomerInput(id=ann.id, source_id="ann")), None)
    assert only(joined, CustomerUpdated).customer.id == ann.id
    named = {"the guest": (ANN, "hash of ann"), "the member": (customer("ann"), None)}
    redeemed = when(world, redeem("A", customer=named[first][0]), named[first][1])
    assert only(redeemed, RedemptionSucceeded).customer_id == ann.id
    for who, guest_key in named.values():
        record = when(world, redeem("A", customer=who), guest_key)
        assert refused(record) == "redemption_rules_violated"


def test_what_a_member_is_called_is_not_what_a_guest_becomes() -> None:
    world = World()
    ann = guest(world)
    when(world, UpsertCustomer(customer("ann")), None)
    joined = when(world, UpsertCustomer(CustomerInput(id=ann.id, source_id="ann")), None)
    assert refused(joined) == "duplicate_source_id"


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize("binned", [False, True])
def test_nothing_is_left_of_how_a_forgotten_guest_was_known(joined: bool, binned: bool) -> None:
    world = once_each()
    ann = guest(world)
    if joined:
        when(world, UpsertCustomer(CustomerInput(id=ann.id, source_id="ann")), None)
    when(world, redeem("A", customer=ANN))
    if binned:
        when(world, DeleteCustomer(ann.id))
    assert any(b"hash of ann" in key + value for key, value in world.bytes.items())
    assert when(world, ForgetCustomer(ann.id)).refusal is None
    for trace in (b"hash of ann", b"ann@shop.test"):
        assert not any(trace in key + value for key, value in world.bytes.items())
    # whoever comes with the address is somebody new, and may redeem
    again = when(world, redeem("A", customer=ANN))
    assert only(again, RedemptionSucceeded).customer_id != ann.id
    assert refused(when(world, redeem("A", customer=ANN))) == "redemption_rules_violated"


def test_a_fault_is_recorded_with_the_guest_that_is_known() -> None:
    world = World().given(voucher("A"))
    ann = guest(world)
    record = when(world, redeem("A", "A", customer=ANN))
    assert refused(record) == "duplicated_redeemables"
    assert record.customer == ann


def test_a_session_is_locked_for_the_same_guest() -> None:
    world = World().given(voucher("A"))
    ann = guest(world)
    record = when(world, lock("A", customer=ANN))
    assert record.customer == ann


def test_a_guest_in_the_bin_stays_taken_and_one_that_is_gone_is_new() -> None:
    world = World()
    ann = guest(world)
    when(world, DeleteCustomer(ann.id))
    assert refused(when(world, UpsertCustomer(ANN))) == "not_found"
    [entry] = world.view.scan(tables.BIN)
    when(world, DeleteBinEntry(entry.id))
    assert world.view.get(tables.GUESTS, "hash of ann") is None
    assert guest(world).id != ann.id


def test_a_guest_whose_data_is_erased_is_found_by_nothing() -> None:
    world = World()
    ann = guest(world)
    erased = structs.replace(ann, personal=Personal(ann.personal.owner, None))
    again = World()
    FOLDS[CustomerCreated](state := again.view.trial(), CustomerCreated(erased), world.now)
    assert state.get(tables.GUESTS, "hash of ann") is None
    assert found(state.get(tables.CUSTOMERS, ann.id)) == erased


def test_the_hash_is_personal_data() -> None:
    """So the codec of the ledger seals it with the customer's key (schemas/personal.py)."""
    world = World()
    ann = guest(world)
    assert "hash of ann" not in repr(ann)


@pytest.mark.parametrize("named", [CustomerInput(email=None, name="x"), CustomerInput(phone="1")])
def test_without_an_address_there_is_nobody_to_know_again(named: CustomerInput) -> None:
    world = World()
    ids = {
        only(when(world, UpsertCustomer(named), None), CustomerCreated).customer.id
        for _ in range(2)
    }
    assert len(ids) == 2
