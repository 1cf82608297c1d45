"""The transactions of gift cards, made of what happened."""

from typing import Any

import msgspec

from schemas.balances import AdjustBalance
from schemas.campaigns import Campaign, CampaignCreated
from schemas.records import Decided
from schemas.redemptions import (
    RedemptionRolledBack,
    RedemptionSucceeded,
    RollBackRedemption,
    RollBackStack,
)
from schemas.vouchers import DeleteVoucher
from services.audit.sink.transaction_table import transaction_table_rows
from tests.contract.shapes import assert_shape
from tests.unit.engine.world import NOON, World, card, gift_card, only, redeem, voucher


def bodies(record: Decided) -> list[dict[str, Any]]:
    """The transactions that lists show of a record."""
    rows = list(transaction_table_rows(record))
    found = [msgspec.json.decode(row.body) for row in rows]
    for row, body in zip(rows, found, strict=True):
        assert_shape(body, "VoucherTransaction")
        assert (row.id, row.voucher_id) == (body["id"], body["voucher_id"])
    return found


def balance(body: dict[str, Any]) -> tuple[int, int, int]:
    """(amount, balance after it, total) of a transaction."""
    of = body["details"]["balance"]
    assert of["related_object"] == {"type": "voucher", "id": body["voucher_id"]}
    return of["amount"], of["balance"], of["total"]


def test_a_redemption_and_its_rollback() -> None:
    gifts = Campaign("camp_1", "Gifts", "GIFT_VOUCHERS", "STATIC", created_at=NOON)
    mine = gift_card("CARD", 500, campaign_id="camp_1", campaign="Gifts")
    world = World().given(CampaignCreated(gifts), mine)
    redeemed = world.when(redeem("CARD", order=300))
    [redemption_id] = only(redeemed, RedemptionSucceeded).redemption_ids
    [spent] = bodies(redeemed)
    assert (spent["type"], spent["campaign_id"]) == ("CREDITS_REDEMPTION", "camp_1")
    assert balance(spent) == (-300, 200, 500)
    assert spent["details"]["balance"]["operation_type"] == "AUTOMATIC"
    assert spent["details"]["redemption"] == {"id": redemption_id}
    assert spent["details"]["order"]["id"].startswith("ord_")
    assert (spent["source"], spent["related_transaction_id"]) == (None, None)

    rolled_back = world.when(RollBackRedemption(redemption_id, reason="returned"))
    [rollback] = only(rolled_back, RedemptionRolledBack).rollbacks
    [refund] = bodies(rolled_back)
    assert (refund["type"], refund["reason"]) == ("CREDITS_REFUND", "returned")
    assert balance(refund) == (300, 500, 500)
    assert refund["details"]["rollback"] == {"id": rollback.rollback_id}
    assert refund["related_transaction_id"] == spent["id"] != refund["id"]


def test_a_balance_changed_by_hand() -> None:
    world = World().given(gift_card("CARD", 500))
    [added] = bodies(world.when(AdjustBalance("CARD", 100, "Python-SDK", "s-1", "sorry")))
    assert (added["type"], balance(added)) == ("CREDITS_ADDITION", (100, 600, 600))
    assert (added["source"], added["source_id"], added["reason"]) == ("Python-SDK", "s-1", "sorry")
    assert added["campaign_id"] is None
    [removed] = bodies(world.when(AdjustBalance("CARD", -50)))
    assert (removed["type"], balance(removed)) == ("CREDITS_REMOVAL", (-50, 550, 550))
    assert removed["details"]["balance"]["operation_type"] == "MANUAL"


def test_each_card_of_a_stack_has_its_own() -> None:
    world = World().given(gift_card("A", 100), voucher("TEN"), gift_card("B", 100))
    redeemed = world.when(redeem(card("A", 50), "TEN", card("B", 70), order=1000))
    spent = bodies(redeemed)
    assert [(each["voucher_id"], balance(each)[0]) for each in spent] == [
        ("v_A", -50),
        ("v_B", -70),
    ]
    event = only(redeemed, RedemptionSucceeded)
    assert spent[1]["details"]["redemption"] == {"id": event.redemption_ids[2]}
    assert event.parent_id is not None
    world.when(DeleteVoucher("A"))
    back = bodies(world.when(RollBackStack(event.parent_id)))
    assert [(each["voucher_id"], balance(each)) for each in back] == [("v_B", (70, 100, 100))]
    assert back[0]["related_transaction_id"] == spent[1]["id"]


def test_what_moves_no_credits_has_none() -> None:
    world = World().given(voucher("TEN"), gift_card("CARD", 0))
    assert bodies(world.when(redeem("TEN"))) == []
    assert bodies(world.when(redeem("CARD"))) == []
    assert bodies(world.when(DeleteVoucher("CARD"))) == []
