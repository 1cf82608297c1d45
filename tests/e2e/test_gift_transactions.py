"""What moves the credits of gift cards; by the official client."""

from typing import Any
from uuid import uuid4

import voucherify as sdk

from tests.e2e.plain import Plain
from tests.e2e.shop import Shop, refused, told


def adjusted(shop: Shop, code: str, amount: int, **more: Any) -> Any:
    """The answer to an adjustment."""
    body = sdk.VouchersBalanceUpdateRequestBody.from_dict({"amount": amount} | more)
    return told(shop.vouchers.update_voucher_balance, code, body)


def transactions(shop: Shop, code: str, **more: Any) -> Any:
    """The transactions of a card."""
    return told(shop.vouchers.list_voucher_transactions, code, **more)


def test_a_card_tells_where_its_credits_went(shop: Shop) -> None:
    card = shop.gift(500)
    added = adjusted(shop, card.code, 250, reason="sorry", source_id="s-1")
    assert (added.amount, added.total, added.balance) == (250, 750, 750)
    order = {"amount": 300, "source_id": f"order-{uuid4().hex[:8]}"}
    redeemed = shop.redeem(card.code, order=order).redemptions[0]
    told(shop.redemptions.rollback_redemption, redeemed.id, "returned")
    assert adjusted(shop, card.id, -50).balance == 700
    page = transactions(shop, card.code)
    assert page.has_more is False
    found = page.data
    assert [each.type for each in found] == [
        "CREDITS_REMOVAL",
        "CREDITS_REFUND",
        "CREDITS_REDEMPTION",
        "CREDITS_ADDITION",
    ]
    balances = [(each.details.balance.amount, each.details.balance.balance) for each in found]
    assert balances == [(-50, 700), (300, 750), (-300, 450), (250, 750)]
    removal, refund, spent, addition = found
    assert (addition.source, addition.source_id, addition.reason) == ("Python-SDK", "s-1", "sorry")
    assert removal.source == "Python-SDK"
    assert spent.details.redemption.id == redeemed.id
    assert spent.details.order.source_id == order["source_id"]
    assert refund.related_transaction_id == spent.id
    voucher = told(shop.vouchers.get_voucher, card.code)
    assert (voucher.gift.amount, voucher.gift.subtracted_amount) == (750, 50)


def test_transactions_are_read_page_by_page(shop: Shop) -> None:
    card = shop.gift(500)
    for amount in range(1, 6):
        adjusted(shop, card.code, amount)
    seen: list[int] = []
    after = None
    while True:
        page = transactions(shop, card.code, limit=2, starting_after_id=after)
        seen += [each.details.balance.amount for each in page.data]
        after = page.more_starting_after
        assert page.has_more is (after is not None)
        if after is None:
            break
    assert seen == [5, 4, 3, 2, 1]
    by_id = transactions(shop, card.code, order=sdk.ParameterOrderListTransactions.ID, limit=100)
    ids = [each.id for each in by_id.data]
    assert ids == sorted(ids)


def test_a_campaign_tells_where_the_credits_of_its_cards_went(shop: Shop, plain: Plain) -> None:
    body = {
        "name": f"Gifts {uuid4().hex[:8]}",
        "campaign_type": "GIFT_VOUCHERS",
        "type": "STATIC",
        "vouchers_count": 2,
        "voucher": {"type": "GIFT_VOUCHER", "gift": {"amount": 500}},
    }
    campaign = told(shop.campaigns.create_campaign, sdk.CampaignsCreateRequestBody.from_dict(body))
    cards = told(shop.vouchers.list_vouchers, limit=10, campaign_id=campaign.id).vouchers
    for card in cards:
        shop.redeem(card.code, order={"amount": 100})
    page = told(shop.campaigns.list_campaign_transactions, campaign.id)
    assert {each.voucher_id for each in page.data} == {card.id for card in cards}
    assert {each.campaign_id for each in page.data} == {campaign.id}
    path = f"/v1/campaigns/{campaign.id}/transactions"
    filters = {"filters[voucher_id][conditions][$is]": cards[0].id}
    (one,) = plain.get(path, **filters)["data"]
    assert one["voucher_id"] == cards[0].id


def test_what_makes_no_sense_is_refused(shop: Shop) -> None:
    card, voucher = shop.gift(500), shop.discount()
    body = sdk.VouchersBalanceUpdateRequestBody(amount=-501)
    change = shop.vouchers.update_voucher_balance
    assert refused(change, card.code, body)[:2] == (400, "invalid_balance")
    assert refused(change, voucher.code, body)[:2] == (400, "invalid_voucher")
    assert refused(change, "NONE", body)[:2] == (404, "not_found")
    assert refused(shop.vouchers.list_voucher_transactions, "NONE").status == 404
    assert refused(shop.campaigns.list_campaign_transactions, "NONE").status == 404
    unknown = refused(
        shop.vouchers.list_voucher_transactions, card.code, starting_after_id="vtx_none"
    )
    assert unknown.key == "invalid_query_params"
    assert transactions(shop, voucher.code).data == []
