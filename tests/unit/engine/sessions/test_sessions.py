"""Locks: what they hold, against whom, and until when."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec import Raw

from engine.kernel import tables
from engine.kernel.overlay import ProjectState
from engine.sessions.decide import session_expiry
from schemas.api import CustomerInput, Redeemable, RewardChoice, SessionInput, TtlUnit
from schemas.customers import CustomerCreated
from schemas.expiry import ExpireDue
from schemas.rewards import Reward, RewardCreated
from schemas.sessions import (
    EndSession,
    ReleaseSession,
    SessionEnded,
    SessionLocked,
    SessionRefused,
    SessionReleased,
    SessionsExpired,
)
from schemas.vouchers import DeleteVoucher, UpdateVoucher
from tests.unit.engine.world import (
    DAY,
    MINUTE,
    NOON,
    World,
    card,
    customer,
    gift_card,
    lock,
    loyalty_card,
    only,
    redeem,
    refused,
    voucher,
)

TEN_MINUTES = SessionInput(key="mine", ttl=10, ttl_unit="MINUTES")


def locked_one() -> World:
    """The only redemption of A is held by the session `mine` for ten minutes."""
    world = World().given(voucher("A", quantity=1))
    assert world.when(lock("A", session=TEN_MINUTES)).refusal is None
    return world


def test_a_session_holds_a_redemption_against_all_others() -> None:
    world = locked_one()
    assert world.voucher("A").holds == 1
    assert refused(world.when(redeem("A"))) == "quantity_exceeded"
    assert refused(world.when(redeem("A", session="other"))) == "quantity_exceeded"
    assert only(world.when(lock("A", session="other")), SessionRefused).evaluation.valid is False


def test_a_redemption_consumes_its_own_session() -> None:
    world = locked_one()
    assert world.when(redeem("A", session="mine")).refusal is None
    assert world.voucher("A").holds == 0
    assert world.session("mine") is None
    assert next(world.view.scan(tables.DUE)).kind == tables.DUE_REDEMPTION
    assert refused(world.when(redeem("A", session="mine"))) == "quantity_exceeded"


def test_a_failed_redemption_leaves_its_session() -> None:
    world = locked_one()
    assert refused(world.when(redeem("A", "NONE", session="mine"))) == "not_found"
    assert world.voucher("A").holds == 1
    assert world.session("mine") is not None


def test_a_session_keeps_what_it_holds_of_vouchers_that_are_not_redeemed() -> None:
    world = World().given(voucher("A", quantity=1), voucher("B", quantity=1))
    world.when(lock("A", "B", session="mine"))
    world.when(redeem("A", session="mine"))
    assert refused(world.when(redeem("B"))) == "quantity_exceeded"
    assert world.when(redeem("B", session="mine")).refusal is None
    assert world.session("mine") is None


def test_a_session_holds_the_credits_that_its_order_takes() -> None:
    world = World().given(gift_card(balance=1000))
    world.when(lock(card(credits=700), session="mine"))
    assert refused(world.when(redeem(card(credits=301)))) == "gift_amount_exceeded"
    assert world.when(redeem(card(credits=100))).refusal is None
    assert world.when(redeem(card())).refusal is None
    spent = world.voucher("CARD")
    assert spent.gift is not None
    assert spent.gift.balance == 700
    assert world.when(redeem(card(credits=700), session="mine")).refusal is None


def test_a_session_holds_the_points_that_its_order_takes() -> None:
    reward = Reward("rew_1", "Pay", NOON, Decimal(1))
    world = World().given(loyalty_card("CARD", 10), RewardCreated(reward))

    def paying(points: int | None) -> Redeemable:
        return Redeemable("voucher", "CARD", reward=RewardChoice("rew_1", points))

    world.when(lock(paying(7), session="mine"))
    assert refused(world.when(redeem(paying(4)))) == "loyalty_card_points_exceeded"
    only(world.when(lock(paying(4), session="other")), SessionRefused)
    assert world.when(redeem(paying(None))).refusal is None
    spent = world.voucher("CARD").loyalty_card
    assert spent is not None and spent.balance == 7
    assert world.when(redeem(paying(7), session="mine")).refusal is None


def test_the_same_key_overwrites_and_frees_what_was_held_before() -> None:
    world = World().given(voucher("A", quantity=1), voucher("B", quantity=1))
    world.when(lock("A", session=TEN_MINUTES))
    world.when(lock("B", session="mine"), after=MINUTE)
    assert (world.voucher("A").holds, world.voucher("B").holds) == (0, 1)
    assert world.when(redeem("A")).refusal is None
    assert refused(world.when(redeem("B"), after=20 * MINUTE)) == "quantity_exceeded"


def test_the_same_session_locks_the_same_voucher_again() -> None:
    world = locked_one()
    only(world.when(lock("A", session=TEN_MINUTES), after=MINUTE), SessionLocked)
    assert world.voucher("A").holds == 1
    assert len(list(world.view.scan(tables.DUE))) == 1


def test_a_refused_lock_leaves_the_session_before_it() -> None:
    world = locked_one()
    only(world.when(lock("NONE", session="mine")), SessionRefused)
    assert world.voucher("A").holds == 1


def test_a_session_is_over_at_its_end_without_a_sweep() -> None:
    world = locked_one()
    assert refused(world.when(redeem("A"), after=10 * MINUTE - 1)) == "quantity_exceeded"
    assert world.when(redeem("A"), after=1).refusal is None


def test_an_ended_session_holds_nothing_and_is_not_swept_later() -> None:
    world = World().given(voucher("A", quantity=1), voucher("B"))
    locked = only(world.when(lock("A", "B", session=TEN_MINUTES)), SessionLocked)
    ended = only(world.when(EndSession("mine"), after=MINUTE), SessionEnded)
    assert ended.voucher_ids == locked.session.voucher_ids
    assert (world.voucher("A").holds, world.voucher("B").holds) == (0, 0)
    assert world.session("mine") is None
    assert not list(world.view.scan(tables.DUE))
    assert refused(world.when(EndSession("mine"))) == "not_found"


def test_a_session_that_is_over_cannot_be_ended() -> None:
    world = locked_one()
    assert refused(world.when(EndSession("mine"), after=10 * MINUTE)) == "not_found"


def test_the_state_knows_since_when_and_for_whom_a_session_holds() -> None:
    world = World().given(voucher("A"))
    record = world.when(lock("A", session=TEN_MINUTES, customer=customer("ann")), after=MINUTE)
    session = world.session("mine")
    assert session is not None
    known = only(record, CustomerCreated).customer.id
    assert (session.locked_at, session.customer_id) == (NOON + MINUTE, known)


def test_a_sweep_ends_what_is_over_and_nothing_else() -> None:
    world = locked_one().given(voucher("B"))
    world.when(lock("B", session="long"))
    assert world.when(ExpireDue(), after=10 * MINUTE - 1).events == ()
    event = only(world.when(ExpireDue(), after=1), SessionsExpired)
    assert event.session_keys == ("mine",)
    assert (world.voucher("A").holds, world.voucher("B").holds) == (0, 1)
    assert (world.session("mine"), list(world.view.scan(tables.HOLDS, "v_A"))) == (None, [])
    assert world.when(ExpireDue()).events == ()


@pytest.mark.parametrize(
    ("ttl", "unit", "ms"),
    [
        (None, None, 7 * DAY),
        (1, None, DAY),
        (None, "HOURS", 7 * 3_600_000),
        (2, "HOURS", 7_200_000),
        (3, "MINUTES", 180_000),
        (4, "SECONDS", 4000),
        (5, "MILLISECONDS", 5),
        (0.5, "SECONDS", 500),
        (1500, "MICROSECONDS", 2),
        (1, "NANOSECONDS", 1),
    ],
)
def test_a_session_lasts_as_long_as_its_units_say(
    ttl: float | None, unit: TtlUnit | None, ms: int
) -> None:
    assert session_expiry(SessionInput(ttl=ttl, ttl_unit=unit), 1000) == 1000 + ms


def test_the_longest_session_ends_in_the_year_9999() -> None:
    world = World().given(voucher("A"))
    session = only(world.when(lock("A", session=SessionInput(ttl=1e15))), SessionLocked).session
    assert session.expires_at == 253_402_300_799_999


def test_a_session_without_a_key_gets_one() -> None:
    world = World().given(voucher("A"))
    session = only(world.when(lock("A")), SessionLocked).session
    assert session.key.startswith("ssn_")
    assert (session.ttl, session.ttl_unit) == (7, "DAYS")
    assert session.voucher_ids == ("v_A",)


def test_a_lock_of_the_same_redeemable_twice_is_an_error_only() -> None:
    world = World().given(voucher("A"))
    record = world.when(lock("A", "A"))
    assert (refused(record), record.events) == ("duplicated_redeemables", ())


def test_a_lock_creates_the_customer_and_refuses_an_unknown_id() -> None:
    world = World().given(voucher("A"))
    record = world.when(lock("A", customer=customer()))
    assert only(record, SessionLocked).customer_id == only(record, CustomerCreated).customer.id
    unknown = world.when(lock("A", customer=CustomerInput(id="cust_none")))
    outcome = only(unknown, SessionRefused).evaluation.outcomes[0]
    assert outcome.refusal is not None
    assert outcome.refusal.resource_type == "customer"


def test_a_release_frees_one_voucher() -> None:
    world = World().given(voucher("A", quantity=1), voucher("B", quantity=1))
    world.when(lock("A", "B", session="mine"))
    event = only(world.when(ReleaseSession("A", "mine")), SessionReleased)
    assert event.voucher_id == "v_A"
    assert world.when(redeem("A")).refusal is None
    assert refused(world.when(redeem("B"))) == "quantity_exceeded"


def test_a_release_of_what_is_not_held_is_not_found() -> None:
    world = locked_one()
    for body, kind in (
        (ReleaseSession("NONE", "mine"), "voucher"),
        (ReleaseSession("A", "other"), "session"),
    ):
        record = world.when(body)
        assert record.refusal is not None
        assert (record.refusal.status, record.refusal.resource_type) == (404, kind)
    late = world.when(ReleaseSession("A", "mine"), after=10 * MINUTE)
    assert refused(late) == "not_found"


def test_a_deleted_voucher_leaves_its_sessions() -> None:
    world = World().given(voucher("A"), voucher("B"))
    world.when(lock("A", "B", session="mine"))
    world.when(lock("A", session="other"))
    world.when(DeleteVoucher("A"))
    assert world.session("other") is None
    kept = world.session("mine")
    assert kept is not None
    assert kept.voucher_ids == ("v_B",)
    assert [due.id for due in world.view.scan(tables.DUE)] == ["mine"]
    assert list(world.view.scan(tables.HOLDS, "v_A")) == []


def test_an_update_of_a_voucher_keeps_the_count_of_its_holds() -> None:
    world = locked_one()
    world.when(UpdateVoucher("A", Raw(b'{"additional_info":"x"}')))
    assert world.voucher("A").holds == 1


def test_sessions_of_a_voucher_far_from_its_limit_are_not_looked_at_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World().given(voucher("ANY"), voucher("TEN", quantity=4))
    for n in range(3):
        assert world.when(lock("ANY", "TEN", session=f"s{n}")).refusal is None
    looked_at = []
    scan = ProjectState.scan

    def noting(self: ProjectState, table: Any, *parts: str, **more: Any) -> Any:
        looked_at.append((table.name, *parts))
        return scan(self, table, *parts, **more)

    monkeypatch.setattr(ProjectState, "scan", noting)
    assert world.when(redeem("ANY", "TEN")).refusal is None
    assert looked_at == []
    # redeemed once and held three times: one's own session is told from the others
    assert refused(world.when(redeem("TEN"))) == "quantity_exceeded"
    assert world.when(redeem("TEN", session="s0")).refusal is None
    assert ("hold", "v_TEN") in looked_at
    assert ("hold", "v_ANY") not in looked_at
