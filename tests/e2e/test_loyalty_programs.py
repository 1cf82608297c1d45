"""A loyalty program from its making to its end, with the official client."""

from typing import Any
from uuid import uuid4

import pytest
import voucherify as sdk

from tests.e2e.shop import Shop, refused, told
from tests.e2e.system import eventually

# the client says of nearly every method that its endpoint is deprecated
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")


def test_a_member_joins_is_given_points_and_sees_what_happened(shop: Shop) -> None:
    loyalties = sdk.LoyaltiesApi(shop.vouchers.api_client)
    program = _program(loyalties, points=100)
    assert program.id.startswith("camp_")
    joining = {"customer": {"source_id": str(uuid4())}}
    body = sdk.LoyaltiesMembersCreateRequestBody.from_dict(joining)
    member = told(loyalties.add_member, program.id, body)
    assert member.loyalty_card.balance == 100
    assert told(loyalties.add_member, program.id, body).code == member.code
    assert told(loyalties.get_member, member.code).holder_id == member.holder_id
    change = sdk.LoyaltiesMembersBalanceUpdateRequestBody(points=88)
    added = told(loyalties.update_loyalty_card_balance, member.code, change)
    assert (added.points, added.total, added.balance) == (88, 188, 188)
    # lists follow soon
    listed = told(loyalties.list_loyalty_card_transactions, member.code, limit=10)
    (transaction,) = listed.data
    assert (transaction.type, transaction.details.balance.points) == ("POINTS_ADDITION", 88)
    members = told(loyalties.list_members, program.id, limit=10)
    assert [each.code for each in members.vouchers] == [member.code]

    def told_of_both() -> Any:
        page = told(loyalties.list_member_activity, member.code, limit=1)
        return page if page.has_more else None

    page = eventually(told_of_both)
    assert page.data[0].type == "customer.voucher.loyalty_card.points_added"
    assert page.more_starting_after == page.data[0].id
    shown = told(shop.customers.get_customer, member.holder_id)
    assert shown.loyalty.campaigns[program.id]["points"] == 188
    assert program.id in {
        each.id for each in told(loyalties.list_loyalty_programs, limit=100).campaigns
    }
    assert told(loyalties.delete_loyalty_program, program.id, force=True).async_action_id
    assert refused(loyalties.get_member, member.code)[:2] == (404, "not_found")


def test_a_member_is_rewarded_and_gives_the_reward_back(shop: Shop) -> None:
    client = shop.vouchers.api_client
    loyalties, rewards = sdk.LoyaltiesApi(client), sdk.RewardsApi(client)
    program = _program(loyalties, points=500)
    member = _member(loyalties, program.id)
    kettle = {"name": "Kettle", "source_id": str(uuid4()), "price": 3000}
    product = told(
        sdk.ProductsApi(client).create_product, sdk.ProductsCreateRequestBody.from_dict(kettle)
    )
    asked = {"name": "A kettle", "parameters": {"product": {"id": product.id}}, "stock": 2}
    reward = told(rewards.create_reward, sdk.RewardsCreateRequestBody.from_dict(asked))
    offering = {"campaign": program.id, "parameters": {"loyalty": {"points": 120}}}
    offer = told(
        rewards.create_reward_assignment,
        reward.id,
        sdk.RewardsAssignmentsCreateRequestBody.from_dict(offering),
    )
    assert told(loyalties.get_reward_details, program.id, offer.id).id == reward.id
    listed = told(loyalties.list_reward_assignments1, program.id, limit=10)
    assert [each.id for each in listed.data] == [offer.id]
    offered = told(loyalties.list_member_rewards, member.code, affordable_only=True)
    assert [each.reward.id for each in offered.data] == [reward.id]
    body = sdk.LoyaltiesMembersRedemptionRedeemRequestBody.from_dict({"reward": {"id": reward.id}})
    redeemed = told(loyalties.redeem_reward, member.code, body)
    assert redeemed.result == "SUCCESS"
    assert redeemed.reward.product.id == product.id
    assert _state(shop, loyalties, member.code, reward.id) == (380, 1)
    why = sdk.RedemptionsRollbackCreateRequestBody(reason="It leaks")
    told(
        shop.redemptions.rollback_redemption,
        redeemed.id,
        redemptions_rollback_create_request_body=why,
    )
    assert _state(shop, loyalties, member.code, reward.id) == (500, 0)

    def both() -> Any:
        found = told(loyalties.list_loyalty_card_transactions, member.code, limit=10).data
        return [each.type for each in found] if len(found) == 2 else None

    assert eventually(both) == ["POINTS_REFUND", "POINTS_REDEMPTION"]
    # the feed is read by the client's one model of all that may happen to a member
    happened = {
        each.type for each in told(loyalties.list_member_activity, member.code, limit=100).data
    }
    rewards_told = ("created", "completed", "rolledback")
    assert {f"customer.reward_redemptions.{each}" for each in rewards_told} <= happened
    told(loyalties.delete_reward_assignment1, program.id, offer.id)
    assert told(loyalties.list_member_rewards, member.code).data == []
    assert refused(loyalties.redeem_reward, member.code, body).status in (400, 404)
    told(rewards.delete_reward, reward.id)


def test_a_member_earns_points_comes_to_a_tier_and_shares(shop: Shop) -> None:
    loyalties = sdk.LoyaltiesApi(shop.vouchers.api_client)
    program = _program(loyalties, points=0)
    member, other = _member(loyalties, program.id), _member(loyalties, program.id)
    tiers = [
        {"name": "Leaf", "points": {"from": 0, "to": 199}},
        {"name": "Bud", "points": {"from": 200}},
    ]
    made = told(
        loyalties.create_in_bulk_loyalty_tiers,
        program.id,
        [sdk.LoyaltiesTiersCreateInBulkRequestBodyItem.from_dict(each) for each in tiers],
    )
    assert [each.name for each in made] == ["Leaf", "Bud"]
    every = {"order": {"amount": {"every": 1000, "points": 3}}}
    rule = {
        "event": "order.paid",
        "loyalty": {"type": "PROPORTIONAL", "calculation_type": "ORDER_AMOUNT"} | every,
    }
    (earning,) = told(
        loyalties.create_earning_rule,
        program.id,
        [sdk.LoyaltiesEarningRulesCreateRequestBodyItem.from_dict(rule)],
    )
    _paid(shop, member)
    assert told(loyalties.get_member, member.code).loyalty_card.balance == 30
    assert told(loyalties.disable_earning_rule, program.id, earning.id).active is False
    _paid(shop, member)
    assert told(loyalties.get_member, member.code).loyalty_card.balance == 30
    assert told(loyalties.enable_earning_rule, program.id, earning.id).active is True
    assert _tiers(loyalties, member) == ["Leaf"]
    change = sdk.LoyaltiesMembersBalanceUpdateRequestBody(points=200)
    told(loyalties.update_loyalty_card_balance1, program.id, member.code, change)
    assert _tiers(loyalties, member) == ["Bud"]
    moved = sdk.LoyaltiesTransferPoints(code=member.code, points=50, source_id=str(uuid4()))
    got = told(loyalties.transfer_points, program.id, other.code, [moved])
    assert got.loyalty_card.balance == 50
    assert _tiers(loyalties, member) == ["Leaf"]

    def every_transaction() -> Any:
        found = told(loyalties.list_loyalty_campaign_transactions, program.id, limit=10).data
        return sorted(each.type for each in found) if len(found) == 4 else None

    assert eventually(every_transaction) == [
        "POINTS_ACCRUAL",
        "POINTS_ADDITION",
        "POINTS_TRANSFER_IN",
        "POINTS_TRANSFER_OUT",
    ]
    told(loyalties.delete_earning_rule, program.id, earning.id)
    assert told(loyalties.list_earning_rules, program.id).data == []
    assert told(loyalties.delete_loyalty_program, program.id, force=True).async_action_id
    assert refused(loyalties.get_loyalty_program, program.id)[:2] == (404, "not_found")


def _program(loyalties: Any, points: int) -> Any:
    asked: dict[str, Any] = {
        "name": f"Club {uuid4()}",
        "type": "AUTO_UPDATE",
        "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": points}},
        "metadata": {"campaign": True},
    }
    body = sdk.LoyaltiesCreateCampaignRequestBody.from_dict(asked)
    return told(loyalties.create_loyalty_program, body)


def _member(loyalties: Any, program_id: str) -> Any:
    joining = {"customer": {"source_id": str(uuid4())}}
    body = sdk.LoyaltiesMembersCreateRequestBody.from_dict(joining)
    return told(loyalties.add_member, program_id, body)


def _paid(shop: Shop, member: Any) -> None:
    """The member pays an order of 100.00."""
    order = {"amount": 10_000, "status": "PAID", "customer": {"id": member.holder_id}}
    told(shop.orders.create_order, sdk.OrdersCreateRequestBody.from_dict(order))


def _tiers(loyalties: Any, member: Any) -> list[str]:
    return [each.name for each in told(loyalties.list_member_loyalty_tier, member.code).data]


def _state(shop: Shop, loyalties: Any, code: str, reward_id: str) -> tuple[int, int]:
    """What is left on the card, and how often the reward was taken."""
    reward = told(sdk.RewardsApi(shop.vouchers.api_client).get_reward, reward_id)
    return told(loyalties.get_member, code).loyalty_card.balance, reward.redeemed
