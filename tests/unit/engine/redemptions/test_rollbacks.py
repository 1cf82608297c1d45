"""Every outcome of a rollback, in order of its checks."""

import pytest

from schemas.api import CustomerInput, OrderInput
from schemas.records import Decided
from schemas.redemptions import (
    RedemptionRolledBack,
    RedemptionSucceeded,
    RollbackFailed,
    RollBackRedemption,
    RollBackStack,
)
from schemas.vouchers import DeleteVoucher
from tests.unit.engine.world import (
    DAY,
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

ENDPOINTS: list[type[RollBackRedemption | RollBackStack]] = [RollBackRedemption, RollBackStack]


def redeemed(world: World, *codes: object, **fields: object) -> RedemptionSucceeded:
    """A redemption that succeeded."""
    return only(world.when(redeem(*codes, **fields)), RedemptionSucceeded)  # type: ignore[arg-type]


def stacked() -> tuple[World, RedemptionSucceeded, str]:
    """A stack of a discount and a gift card, and its parent."""
    world = World().given(voucher("A", amount(100)), gift_card(balance=1000))
    event = redeemed(world, "A", card(credits=300), customer=customer())
    assert event.parent_id is not None
    return world, event, event.parent_id


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_single_redemption_is_taken_back_by_both_endpoints(
    endpoint: type[RollBackRedemption | RollBackStack],
) -> None:
    world = World().given(voucher("A", amount(100), quantity=1))
    event = redeemed(world, "A", order=OrderInput(source_id="s", amount=1000))
    [redemption_id] = event.redemption_ids
    body = endpoint(redemption_id=redemption_id, reason="returned", metadata={"a": 1})
    rolled_back = only(world.when(body, after=MINUTE), RedemptionRolledBack)
    [rollback] = rolled_back.rollbacks
    assert rollback.rollback_id.startswith("rr_")
    assert (rollback.voucher_id, rollback.discount, rollback.credits) == ("v_A", 100, None)
    assert rollback.voucher == world.voucher("A")
    assert world.voucher("A").redeemed_quantity == 0
    assert rolled_back.parent_rollback_id is None
    assert (rolled_back.reason, rolled_back.metadata) == ("returned", {"a": 1})
    assert rolled_back.redeemed_at == world.now - MINUTE
    assert world.redemption(redemption_id).status == "ROLLED_BACK"
    order = rolled_back.order
    assert order is not None
    assert order == world.order(order.id)
    assert (order.status, order.amount, order.discount_amount) == ("CANCELED", 1000, 0)
    [entry] = order.redemptions
    assert (entry.rollback_id, entry.rollback_at) == (rollback.rollback_id, world.now)


def test_a_stack_is_taken_back_as_a_whole() -> None:
    world, event, parent_id = stacked()
    record = world.when(RollBackStack(redemption_id=parent_id))
    rolled_back = only(record, RedemptionRolledBack)
    assert [each.redemption_id for each in rolled_back.rollbacks] == list(event.redemption_ids)
    assert [each.discount for each in rolled_back.rollbacks] == [100, 300]
    assert [each.credits for each in rolled_back.rollbacks] == [None, 300]
    assert rolled_back.parent_redemption_id == parent_id
    assert rolled_back.parent_rollback_id is not None
    restored = world.voucher("CARD")
    assert restored.gift is not None
    assert (restored.gift.balance, restored.redeemed_amount, restored.redeemed_quantity) == (
        1000,
        0,
        0,
    )
    assert rolled_back.order is not None
    assert rolled_back.order.discount_amount == 0
    assert rolled_back.order.redemptions[-1].rollback_stacked == tuple(
        each.rollback_id for each in rolled_back.rollbacks
    )
    assert record.customer is not None
    assert record.customer.id == event.customer_id


def test_an_order_with_another_redemption_is_not_canceled() -> None:
    world = World().given(voucher("A", amount(100)), voucher("B", amount(50)))
    first = redeemed(world, "A", order=OrderInput(source_id="s", amount=1000))
    redeemed(world, "B", order=OrderInput(source_id="s"))
    rolled_back = only(
        world.when(RollBackRedemption(redemption_id=first.redemption_ids[0])), RedemptionRolledBack
    )
    assert rolled_back.order is not None
    assert (rolled_back.order.status, rolled_back.order.discount_amount) == ("PAID", 50)


def test_a_voucher_that_is_gone_stays_gone() -> None:
    world = World().given(voucher("A"))
    [redemption_id] = redeemed(world, "A").redemption_ids
    world.when(DeleteVoucher("A"))
    rolled_back = only(
        world.when(RollBackRedemption(redemption_id=redemption_id)), RedemptionRolledBack
    )
    assert rolled_back.rollbacks[0].voucher is None
    assert refused(world.when(redeem("A"))) == "not_found"


def test_an_unknown_redemption_is_not_found_and_not_recorded() -> None:
    record = World().when(RollBackRedemption(redemption_id="r_none"))
    assert refused(record) == "not_found"
    assert record.refusal is not None
    assert record.refusal.details == "Cannot find redemption with id r_none"
    assert record.events == ()


def failed(record: Decided) -> RollbackFailed:
    """The failed rollback, which the refusal names."""
    event = only(record, RollbackFailed)
    assert event.rollback_id.startswith("rrf_")
    assert record.refusal == event.refusal
    return event


def test_a_child_cannot_be_rolled_back_alone() -> None:
    world, event, parent_id = stacked()
    for endpoint in ENDPOINTS:
        record = world.when(endpoint(redemption_id=event.redemption_ids[0]))
        assert failed(record).refusal.key == "invalid_redemption_parent"
        assert failed(record).voucher_id == "v_A"
    world.when(RollBackStack(redemption_id=parent_id))
    record = world.when(RollBackRedemption(redemption_id=event.redemption_ids[0]))
    assert refused(record) == "invalid_redemption_parent"


def test_a_parent_can_only_be_rolled_back_as_a_stack() -> None:
    world, _, parent_id = stacked()
    event = failed(world.when(RollBackRedemption(redemption_id=parent_id)))
    assert event.refusal.key == "invalid_redemption"
    assert event.refusal.resource_type == "redemption_rollback"
    assert event.refusal.resource_id == event.rollback_id
    assert event.voucher_id == ""


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_redemption_is_rolled_back_once(
    endpoint: type[RollBackRedemption | RollBackStack],
) -> None:
    world = World().given(voucher("A"))
    [redemption_id] = redeemed(world, "A").redemption_ids
    assert world.when(endpoint(redemption_id=redemption_id)).refusal is None
    assert failed(world.when(endpoint(redemption_id=redemption_id))).refusal.key == (
        "already_rolled_back"
    )
    assert world.voucher("A").redeemed_quantity == 0


def test_a_redemption_is_rolled_back_within_three_months() -> None:
    world = World().given(voucher("A"))
    [first], [second] = redeemed(world, "A").redemption_ids, redeemed(world, "A").redemption_ids
    # from January 15 to April 15
    last = 90 * DAY - 1
    assert world.when(RollBackRedemption(redemption_id=first), after=last).refusal is None
    record = world.when(RollBackRedemption(redemption_id=second), after=1)
    assert failed(record).refusal.key == "invalid_redemption"
    assert failed(record).refusal.explanation is not None


def test_the_customer_that_is_named_must_be_the_redemptions_own() -> None:
    world, event, parent_id = stacked()
    other = redeemed(world, "A", customer=customer("bob")).customer_id
    unknown = RollBackStack(redemption_id=parent_id, customer=CustomerInput(id="cust_none"))
    assert refused(world.when(unknown)) == "not_found"
    unknown_source = RollBackStack(redemption_id=parent_id, customer=customer("nobody"))
    assert refused(world.when(unknown_source)) == "not_found"
    another = RollBackStack(redemption_id=parent_id, customer=CustomerInput(id=other))
    assert failed(world.when(another)).refusal.key == "invalid_customer"
    own = RollBackStack(redemption_id=parent_id, customer=CustomerInput(id=event.customer_id))
    assert world.when(own).refusal is None


def test_the_order_that_is_named_must_be_the_redemptions_own() -> None:
    world = World().given(voucher("A"))
    event = redeemed(world, "A", order=OrderInput(source_id="one", amount=1))
    redeemed(world, "A", order=OrderInput(source_id="two", amount=1))
    [redemption_id] = event.redemption_ids
    for named in (OrderInput(source_id="two"), OrderInput(id="ord_none")):
        record = world.when(RollBackRedemption(redemption_id=redemption_id, order=named))
        assert failed(record).refusal.key == "invalid_order"
    own = RollBackRedemption(redemption_id=redemption_id, order=OrderInput(source_id="one"))
    assert world.when(own).refusal is None


def test_a_refused_rollback_changes_no_voucher() -> None:
    world, event, _ = stacked()
    before = world.voucher("A")
    world.when(RollBackRedemption(redemption_id=event.redemption_ids[0]))
    assert world.voucher("A") == before
