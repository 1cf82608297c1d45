"""Loyalty cards that pay with points, with the official client."""

from typing import Any

import voucherify as sdk

from tests.e2e.shop import Shop, refused, told


def paying(code: str, reward: str, points: int) -> dict[str, Any]:
    """A loyalty card with the points to take from it."""
    return {"object": "voucher", "id": code, "reward": {"id": reward, "points": points}}


def test_a_loyalty_card_pays_and_is_paid_back(shop: Shop) -> None:
    rewards = sdk.RewardsApi(shop.vouchers.api_client)
    coin = {"parameters": {"coin": {"exchange_ratio": 0.5, "points_ratio": "1"}}}
    body = sdk.RewardsCreateRequestBody.from_dict({"name": "Pay"} | coin)
    reward = told(rewards.create_reward, body)
    assert (reward.id[:4], reward.type) == ("rew_", "COIN")
    assert told(rewards.get_reward, reward.id).parameters.coin.points_ratio == 1
    assert reward.id in {each.id for each in told(rewards.list_rewards, limit=100).data}
    card = shop.voucher(type="LOYALTY_CARD", loyalty_card={"points": 100, "balance": 100})
    checked = shop.validate(paying(card.code, reward.id, 40))
    assert checked.redeemables[0].result.loyalty_card.points == 40
    assert checked.order.total_discount_amount == 2000
    redeemed = shop.redeem(paying(card.code, reward.id, 40))
    assert redeemed.redemptions[0].voucher.loyalty_card.balance == 60
    error = shop.not_redeemed(paying(card.code, reward.id, 61))
    assert error.key == "loyalty_card_points_exceeded"
    balance = sdk.VouchersBalanceUpdateRequestBody(amount=5)
    added = told(shop.vouchers.update_voucher_balance, card.code, balance)
    assert (added.type, added.balance) == ("loyalty_card", 65)
    back = told(shop.redemptions.rollback_redemption, redeemed.redemptions[0].id)
    assert back.amount == -40
    assert told(shop.vouchers.get_voucher, card.code).loyalty_card.balance == 105
    listed = told(shop.vouchers.list_voucher_transactions, card.code)
    assert [each.type for each in listed.data] == [
        "POINTS_REFUND",
        "POINTS_ADDITION",
        "POINTS_REDEMPTION",
    ]
    change = sdk.RewardsUpdateRequestBody.from_dict({"name": "Paid"} | coin)
    assert told(rewards.update_reward, reward.id, change).name == "Paid"
    told(rewards.delete_reward, reward.id)
    assert refused(rewards.get_reward, reward.id)[:2] == (404, "not_found")
