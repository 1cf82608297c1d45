"""A loyalty program from its making to its end, with the official client."""

from typing import Any
from uuid import uuid4

import voucherify as sdk

from tests.e2e.shop import Shop, refused, told
from tests.e2e.system import eventually


def test_a_member_joins_is_given_points_and_sees_what_happened(shop: Shop) -> None:
    loyalties = sdk.LoyaltiesApi(shop.vouchers.api_client)
    asked: dict[str, Any] = {
        "name": f"Club {uuid4()}",
        "type": "AUTO_UPDATE",
        "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 100}},
        "metadata": {"campaign": True},
    }
    program = told(
        loyalties.create_loyalty_program, sdk.LoyaltiesCreateCampaignRequestBody.from_dict(asked)
    )
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
    listed = told(loyalties.list_loyalty_card_transactions, member.code, limit=10, page=1)
    (transaction,) = listed.data
    assert (transaction.type, transaction.details.balance.points) == ("POINTS_ADDITION", 88)
    members = told(loyalties.list_members, program.id, limit=10)
    assert [each.code for each in members.vouchers] == [member.code]

    def told_of_both() -> Any:
        page = told(loyalties.list_member_activity, member.code, limit=1)
        return page if page.has_more else None

    page = eventually(told_of_both, 10.0)
    assert page.data[0].type == "customer.voucher.loyalty_card.points_added"
    assert page.more_starting_after == page.data[0].id
    shown = told(shop.customers.get_customer, member.holder_id)
    assert shown.loyalty.campaigns[program.id]["points"] == 188
    assert program.id in {
        each.id for each in told(loyalties.list_loyalty_programs, limit=100).campaigns
    }
    assert told(loyalties.delete_loyalty_program, program.id, force=True).async_action_id
    assert refused(loyalties.get_member, member.code)[:2] == (404, "not_found")
