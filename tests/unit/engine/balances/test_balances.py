"""Gift cards whose balance is changed by hand."""

import pytest

from schemas.balances import AdjustBalance, BalanceAdjusted
from schemas.base import AMOUNT_MAX
from schemas.vouchers import Gift
from tests.unit.engine.world import MINUTE, World, gift_card, lock, only, redeem, refused, voucher


def test_credits_are_added_and_taken_off() -> None:
    world = World().given(gift_card("CARD", 500))
    added = only(
        world.when(AdjustBalance("CARD", 250, reason="sorry"), after=MINUTE), BalanceAdjusted
    )
    assert (added.amount, added.reason, added.source) == (250, "sorry", "API")
    assert (added.transaction_id[:4], len(added.transaction_id)) == ("vtx_", 22)
    assert world.voucher("CARD").gift == Gift(750, 750)
    assert world.voucher("CARD").updated_at == world.now
    world.when(redeem("CARD", order=100))
    world.when(AdjustBalance("v_CARD", -50))
    assert world.voucher("CARD").gift == Gift(750, 600, subtracted_amount=50)


def test_no_more_than_there_is_can_be_taken_off() -> None:
    world = World().given(gift_card("CARD", 500))
    record = world.when(AdjustBalance("CARD", -501))
    assert (refused(record), record.events) == ("invalid_balance", ())
    assert world.when(AdjustBalance("CARD", -500)).refusal is None
    assert refused(world.when(redeem("CARD", order=1))) == "gift_amount_exceeded"


def test_no_more_than_the_limit_can_be_added() -> None:
    world = World().given(gift_card("CARD", AMOUNT_MAX - 1))
    assert world.when(AdjustBalance("CARD", 1)).refusal is None
    assert refused(world.when(AdjustBalance("CARD", 1))) == "invalid_balance"
    world.when(AdjustBalance("CARD", -1))
    # what was ever loaded is bounded, too
    assert refused(world.when(AdjustBalance("CARD", 1))) == "invalid_balance"


def test_what_a_session_holds_can_be_taken_off() -> None:
    world = World().given(gift_card("CARD", 500))
    world.when(lock("CARD", order=500, session="s"))
    assert world.when(AdjustBalance("CARD", -500)).refusal is None
    assert refused(world.when(redeem("CARD", order=500, session="s"))) == "gift_amount_exceeded"


@pytest.mark.parametrize(("code", "key"), [("NONE", "not_found"), ("TEN", "invalid_voucher")])
def test_only_a_gift_card_has_a_balance(code: str, key: str) -> None:
    world = World().given(voucher())
    assert refused(world.when(AdjustBalance(code, 1))) == key
