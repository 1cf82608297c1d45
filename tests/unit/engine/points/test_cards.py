"""Points that expire: of cards that pay, are paid back, and are looked at too late."""

import pytest

from engine.answers.transactions import transactions
from engine.points.buckets import BUCKETS_MAX, add_points
from engine.points.stored import buckets_of
from schemas.balances import AdjustBalance, BalanceAdjusted
from schemas.expiry import ExpireDue
from schemas.points import (
    PointsExpirationRules,
    PointsExpired,
    PointsExpiring,
    PointsMove,
    TransferPoints,
)
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded, RollBackRedemption
from tests.unit.engine.points.cards import (
    PROGRAM,
    TONIGHT,
    add,
    buckets,
    card_of,
    cards,
    dues,
    pay,
)
from tests.unit.engine.world import DAY, MINUTE, lock, only, redeem, refused


def kinds(*found: object) -> list[str]:
    """What events these are."""
    return [type(each).__name__ for each in found]


def test_what_expires_first_is_spent_first_and_what_never_does_last() -> None:
    world = cards("A")
    add(world, 10, expiration_type="NON_EXPIRING")
    add(world, 10)
    add(world, 10, expiration_type="CUSTOM_DATE", expires_at=world.now + 3 * DAY)
    assert buckets(world) == [(3, 10), (10, 10)]
    record = world.when(redeem(pay("A", 15)))
    event = only(record, RedemptionSucceeded)
    (taken,) = (each.taken for each in event.evaluation.outcomes)
    assert taken is not None
    assert [each.points for each in taken.buckets] == [10, 5]
    assert buckets(world) == [(10, 5)]
    world.when(redeem(pay("A", 10)))
    assert (buckets(world), card_of(world).balance) == ([], 5)
    assert card_of(world).next_expiration_at is None


def test_a_card_that_is_over_pays_nothing_whether_a_sweep_was_there_or_not() -> None:
    world = cards("A")
    add(world, 10)
    world.now = TONIGHT + 10 * DAY
    assert world.outcome(world.command(redeem(pay("A", 10)))).refusal is None
    world.now += 1
    assert refused(world.when(redeem(pay("A", 10)))) == "loyalty_card_points_exceeded"
    assert refused(world.when(AdjustBalance("A", -1))) == "invalid_balance"
    locked = world.when(lock(pay("A", 1)))
    assert kinds(*locked.events) == ["SessionRefused"]


def test_a_redemption_tells_first_what_expired() -> None:
    world = cards("A")
    add(world, 10)
    add(world, 7, expiration_type="NON_EXPIRING")
    world.now = TONIGHT + 10 * DAY + 1
    record = world.when(redeem(pay("A", 7)))
    assert kinds(*record.events)[:2] == ["PointsExpired", "RedemptionSucceeded"]
    assert [each.body["details"]["balance"]["balance"] for each in transactions(record)] == [7, 0]
    assert (card_of(world).expired_points, card_of(world).balance) == (10, 0)
    assert kinds(*world.when(ExpireDue()).events) == []


def test_a_rollback_puts_points_back_where_they_were() -> None:
    world = cards("A")
    add(world, 10)
    redemption = only(world.when(redeem(pay("A", 6))), RedemptionSucceeded).redemption_ids[0]
    assert buckets(world) == [(10, 4)]
    world.when(RollBackRedemption(redemption), after=DAY)
    assert (buckets(world), card_of(world).balance) == ([(10, 10)], 10)
    assert card_of(world).next_expiration_points == 10


def test_what_comes_back_too_late_is_told_as_expired() -> None:
    world = cards("A")
    add(world, 10)
    add(world, 5, expiration_type="NON_EXPIRING")
    redemption = only(world.when(redeem(pay("A", 12))), RedemptionSucceeded).redemption_ids[0]
    world.now = TONIGHT + 10 * DAY + 1
    record = world.when(RollBackRedemption(redemption))
    assert kinds(*record.events)[:2] == ["RedemptionRolledBack", "PointsExpired"]
    (rolled_back,) = only(record, RedemptionRolledBack).rollbacks
    assert (rolled_back.points, rolled_back.expired) == (12, 10)
    booked = [each.body["details"]["balance"] for each in transactions(record)]
    assert [(each["points"], each["balance"]) for each in booked] == [(12, 15), (-10, 5)]
    assert (card_of(world).balance, card_of(world).expired_points) == (5, 10)


def test_a_stack_spends_of_several_cards() -> None:
    world = cards("A", "B")
    add(world, 10)
    add(world, 10, "B")
    record = world.when(redeem(pay("A", 10), pay("B", 3)))
    assert {each.voucher_id: each.points for each in only(record, RedemptionSucceeded).buckets} == {
        "v_A": 0,
        "v_B": 7,
    }
    assert (buckets(world), buckets(world, "B")) == ([], [(10, 7)])


def test_a_sweep_ends_what_is_over_and_comes_when_the_next_is() -> None:
    world = cards("A")
    add(world, 10)
    add(world, 4, expiration_type="CUSTOM_DATE", expires_at=world.now + 12 * DAY)
    assert dues(world) == [("points", TONIGHT + 10 * DAY + 1)]
    world.now = TONIGHT + 10 * DAY + 1
    event = only(world.when(ExpireDue()), PointsExpired)
    assert (event.points, event.transaction_id[:4]) == (10, "vtx_")
    assert dues(world) == [("points", TONIGHT + 12 * DAY + 1)]
    assert card_of(world).next_expiration_date == "2025-01-27"


def test_it_is_told_once_so_many_days_before_points_expire() -> None:
    world = cards("A", rules=PointsExpirationRules("DAY", 10, notice_days=3))
    add(world, 10)
    add(world, 5, expiration_type="CUSTOM_DATE", expires_at=world.now + 8 * DAY)
    assert dues(world)[0] == ("points-notice", TONIGHT + 5 * DAY + 1)
    world.now = TONIGHT + 5 * DAY + 1
    event = only(world.when(ExpireDue()), PointsExpiring)
    assert (event.points, [each.points for each in event.buckets]) == (5, [5])
    assert kinds(*world.when(ExpireDue()).events) == []
    world.now += 2 * DAY
    assert only(world.when(ExpireDue()), PointsExpiring).points == 10
    assert [kind for kind, _ in dues(world)] == ["points"]
    assert card_of(world).balance == 15


def test_what_is_added_within_that_time_is_told_at_once() -> None:
    world = cards("A", rules=PointsExpirationRules("DAY", 2, notice_days=3))
    add(world, 10)
    assert only(world.when(ExpireDue()), PointsExpiring).points == 10


def test_activity_moves_what_expires_by_inactivity() -> None:
    world = cards("A", rules=PointsExpirationRules("INACTIVITY", 10))
    add(world, 10)
    add(world, 3, expiration_type="CUSTOM_DATE", expires_at=world.now + 2 * DAY)
    world.now += DAY
    redemption = only(world.when(redeem(pay("A", 5))), RedemptionSucceeded).redemption_ids[0]
    assert buckets(world) == [(11, 8)]
    world.now += DAY
    add(world, 1)
    assert buckets(world) == [(12, 9)]
    world.when(AdjustBalance("A", -1), after=DAY)
    assert buckets(world) == [(12, 8)]
    record = world.when(RollBackRedemption(redemption), after=DAY)
    assert only(record, PointsExpired).points == 3
    assert buckets(world) == [(12, 10)]


def test_points_that_are_taken_off_go_from_what_expires_first() -> None:
    world = cards("A")
    add(world, 10)
    add(world, 10, expiration_type="NON_EXPIRING")
    event = only(world.when(AdjustBalance("A", -12), after=MINUTE), BalanceAdjusted)
    assert (buckets(world), card_of(world).balance) == ([], 8)
    assert card_of(world).subtracted_points == 12
    assert [each.points for each in event.buckets] == [0]


@pytest.mark.parametrize(
    ("body", "key", "named"),
    [
        ({"expiration_type": "CUSTOM_DATE"}, "invalid_payload", ".expiration_date"),
        ({"expires_at": TONIGHT}, "invalid_payload", ".expiration_date"),
        (
            {"expires_at": TONIGHT - DAY, "expiration_type": "CUSTOM_DATE"},
            "invalid_expiration_date",
            ".expiration_date",
        ),
        ({"amount": -1, "expiration_type": "NON_EXPIRING"}, "invalid_payload", ".expiration_type"),
    ],
)
def test_an_end_that_makes_no_sense_is_refused(
    body: dict[str, object], key: str, named: str
) -> None:
    world = cards("A")
    add(world, 10)
    record = world.when(AdjustBalance(**({"voucher": "A", "amount": 1} | body)))  # type: ignore[arg-type]
    assert record.refusal is not None
    assert (record.refusal.key, named in (record.refusal.details or "")) == (key, True)


def test_a_member_is_found_in_its_program_alone() -> None:
    world = cards("A")
    assert world.when(AdjustBalance("A", 1, of_member=True, campaign="P")).refusal is None
    assert refused(world.when(AdjustBalance("A", 1, of_member=True, campaign="Q"))) == "not_found"


def test_a_card_has_a_bounded_number_of_buckets() -> None:
    world = cards("A")
    for day in range(BUCKETS_MAX):
        booked = add_points(
            world.view, world.voucher("A"), 1, world.now, bucket_id=f"lopb_{day}",
            expires_at=TONIGHT + 2 * day * DAY,
        )  # fmt: skip
        world.given(BalanceAdjusted(booked.voucher, 1, "vtx_1", buckets=booked.buckets))
    add(world, 5, expiration_type="CUSTOM_DATE", expires_at=world.now + 3 * DAY)
    assert (len(buckets(world)), buckets(world)[2]) == (BUCKETS_MAX, (4, 6))
    add(world, 5, expiration_type="CUSTOM_DATE", expires_at=world.now + 2000 * DAY)
    assert (len(buckets(world)), buckets(world)[-1]) == (BUCKETS_MAX, (2000, 6))
    assert card_of(world).balance == BUCKETS_MAX + 10
    none = add_points(world.view, world.voucher("A"), 0, world.now, expires_at=world.now * 2)
    assert none.buckets == ()


def test_points_of_several_cards_lie_in_buckets_of_ids_of_their_own() -> None:
    world = cards("A", "B", "C")
    for number, code in enumerate(("B", "B", "C", "C")):
        later = world.now + (number + 1) * DAY
        add(world, 5, code, expiration_type="CUSTOM_DATE", expires_at=later)
    moves = tuple(PointsMove(code, 10, "s") for code in ("B", "C"))
    assert world.when(TransferPoints(PROGRAM, "A", moves)).refusal is None
    assert buckets(world) == [(1, 5), (2, 5), (3, 5), (4, 5)]
    assert len({each.id for each in buckets_of(world.view, "v_A")}) == 4
