"""Every outcome of a redemption."""

import pytest

from engine.kernel import tables
from schemas.api import CustomerInput, OrderInput
from schemas.customers import CustomerCreated, CustomersSummed, CustomerUpdated
from schemas.errors import Refusal, refuse
from schemas.redemptions import RedemptionFailed, RedemptionSucceeded, RollBackRedemption
from tests.unit.engine.world import (
    MINUTE,
    World,
    amount,
    card,
    customer,
    gift_card,
    only,
    redeem,
    refused,
    voucher,
)


def test_one_redeemable_is_redeemed_without_a_parent() -> None:
    world = World().given(voucher("A", quantity=1))
    event = only(
        world.when(redeem("A", metadata={"shop": 7}, tracking_id="track_x")), RedemptionSucceeded
    )
    assert event.parent_id is None
    [redemption_id] = event.redemption_ids
    assert redemption_id.startswith("r_")
    assert (event.metadata, event.tracking_id) == ({"shop": 7}, "track_x")
    assert (event.channel, event.channel_id) == ("API", "app_1")
    assert event.evaluation.outcomes[0].voucher == world.voucher("A")
    assert world.voucher("A").redeemed_quantity == 1
    assert world.redemption(redemption_id).taken == event.evaluation.outcomes[0].taken


def test_a_stack_has_a_parent_and_each_child_names_it() -> None:
    world = World().given(voucher("A"), voucher("B"), gift_card())
    event = only(world.when(redeem("A", "B", card(credits=100))), RedemptionSucceeded)
    assert event.parent_id is not None
    assert event.parent_id not in event.redemption_ids
    assert world.redemption(event.parent_id).children == event.redemption_ids
    for redemption_id in event.redemption_ids:
        assert world.redemption(redemption_id).parent_id == event.parent_id


def test_a_gift_card_pays_with_its_credits() -> None:
    world = World().given(gift_card(balance=1000))
    world.when(redeem(card(credits=300)))
    spent = world.voucher("CARD")
    assert spent.gift is not None
    assert (spent.gift.balance, spent.gift.amount) == (700, 1000)
    assert (spent.redeemed_amount, spent.redeemed_quantity) == (300, 1)


def test_what_the_stacking_rules_skip_is_not_redeemed() -> None:
    codes = [f"V{n}" for n in range(7)]
    world = World().given(*(voucher(code, amount(1)) for code in codes))
    event = only(world.when(redeem(*codes)), RedemptionSucceeded)
    assert len(event.redemption_ids) == 5
    assert [world.voucher(code).redeemed_quantity for code in codes] == [1] * 5 + [0] * 2


# --- failures


def test_a_failure_takes_nothing_and_is_recorded() -> None:
    world = World().given(voucher("A"), voucher("OFF", active=False), voucher("C"))
    record = world.when(redeem("A", "OFF", "C", order=OrderInput(source_id="s", amount=10)))
    event = only(record, RedemptionFailed)
    [failed_id] = event.redemption_ids
    assert failed_id.startswith("rf_")
    assert record.refusal is not None
    assert (record.refusal.key, record.refusal.details) == ("voucher_disabled", "OFF")
    assert (record.refusal.resource_type, record.refusal.resource_id) == ("redemption", failed_id)
    assert world.redemption(failed_id).status == "FAILED"
    assert world.voucher("A").redeemed_quantity == 0
    assert list(world.view.scan(tables.ORDERS)) == []


def test_a_quantity_is_never_exceeded() -> None:
    world = World().given(voucher("A", quantity=2))
    results = [world.when(redeem("A")).refusal for _ in range(4)]
    assert [refusal and refusal.key for refusal in results] == [
        None,
        None,
        "quantity_exceeded",
        "quantity_exceeded",
    ]


def test_a_duplicate_is_recorded_as_failed_with_the_first_redeemable() -> None:
    world = World().given(voucher("A"))
    record = world.when(redeem("A", "A"))
    assert refused(record) == "duplicated_redeemables"
    event = only(record, RedemptionFailed)
    assert [outcome.status for outcome in event.evaluation.outcomes] == ["INAPPLICABLE", "SKIPPED"]


def test_the_fault_of_a_request_comes_before_everything_else() -> None:
    world = World().given(voucher("OFF", active=False))
    fault = refuse("invalid_payload", "Property .order.amount should be integer")
    record = world.when(redeem("OFF", "OFF", fault=fault, customer=CustomerInput(id="none")))
    assert refused(record) == "invalid_payload"
    event = only(record, RedemptionFailed)
    assert len(event.redemption_ids) == 1
    assert event.evaluation.outcomes[0].refusal == fault


def test_an_unknown_customer_id_fails_the_redemption() -> None:
    world = World().given(voucher("A"))
    record = world.when(redeem("A", customer=CustomerInput(id="cust_none")))
    assert record.refusal is not None
    assert (record.refusal.status, record.refusal.resource_type) == (404, "customer")
    assert record.refusal.resource_id == "cust_none"
    assert only(record, RedemptionFailed).customer_id is None
    assert world.voucher("A").redeemed_quantity == 0


# --- customers


def test_a_new_customer_is_created_with_the_redemption() -> None:
    world = World().given(voucher("A"))
    record = world.when(redeem("A", customer=customer(name="Alice")))
    created = only(record, CustomerCreated).customer
    event = only(record, RedemptionSucceeded)
    assert event.customer_id == created.id
    assert event.evaluation.order is not None
    assert event.evaluation.order.customer_id == created.id
    assert record.customer is None
    assert world.customer(created.id) == created


def test_a_known_customer_is_updated_only_by_what_is_new() -> None:
    world = World().given(voucher("A"))
    created = only(world.when(redeem("A", customer=customer(name="Alice"))), CustomerCreated)
    same = world.when(redeem("A", customer=customer(name="Alice")))
    assert [type(each) for each in same.events] == [RedemptionSucceeded, CustomersSummed]
    assert same.customer == created.customer
    changed = world.when(redeem("A", customer=customer(phone="1")), after=MINUTE)
    updated = only(changed, CustomerUpdated).customer
    assert updated.personal.data is not None
    assert (updated.personal.data.name, updated.personal.data.phone) == ("Alice", "1")
    assert updated.updated_at == world.now


def test_a_failed_redemption_keeps_its_customer() -> None:
    world = World()
    record = world.when(redeem("NONE", customer=customer()))
    created = only(record, CustomerCreated).customer
    assert only(record, RedemptionFailed).customer_id == created.id
    assert world.customer(created.id) == created


@pytest.mark.parametrize(
    ("codes", "fault"), [(("A",), refuse("invalid_payload", "bad")), (("A", "A"), None)]
)
def test_bad_input_leaves_the_customer_as_it_is(
    codes: tuple[str, ...], fault: Refusal | None
) -> None:
    world = World().given(voucher("A"))
    nobody = world.when(redeem(*codes, fault=fault, customer=customer()))
    assert only(nobody, RedemptionFailed).customer_id is None
    known = only(world.when(redeem("A", customer=customer(name="Alice"))), CustomerCreated)
    before = world.customer(known.customer.id)
    record = world.when(redeem(*codes, fault=fault, customer=customer(name="Mallory")))
    failed = only(record, RedemptionFailed)
    assert [type(each) for each in record.events] == [RedemptionFailed, CustomersSummed]
    assert (failed.customer_id, record.customer) == (known.customer.id, known.customer)
    assert world.customer(known.customer.id) == before


def test_the_same_seed_decides_the_same() -> None:
    first, second = World(), World()
    records = [
        world.given(voucher("A")).when(redeem("A", customer=customer()), n=7)
        for world in (first, second)
    ]
    assert records[0] == records[1]
    assert first.bytes == second.bytes


def test_a_failed_redemption_cannot_be_rolled_back() -> None:
    world = World()
    [failed_id] = only(world.when(redeem("NONE")), RedemptionFailed).redemption_ids
    record = world.when(RollBackRedemption(redemption_id=failed_id))
    assert refused(record) == "invalid_redemption"
