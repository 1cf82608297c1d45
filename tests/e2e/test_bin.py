"""What a shop deletes waits in the bin; by the official client."""

from typing import Any
from uuid import uuid4

import voucherify as sdk

from tests.e2e.plain import Plain
from tests.e2e.shop import Shop, refused, told
from tests.e2e.system import eventually


def binned(shop: Shop, resource_id: str) -> Any:
    """The entry of what was deleted."""
    page = listed(shop, resource_id)
    (entry,) = page.data
    assert (page.total, page.has_more) == (1, False)
    return entry


def listed(shop: Shop, resource_id: str) -> Any:
    """The entries of what was deleted."""
    wanted = sdk.FilterConditionsString(var_is=resource_id)
    fields = sdk.ParameterFiltersListBin(
        resource_id=sdk.ParameterFiltersListBinResourceId(conditions=wanted)
    )
    return told(shop.bin.list_bin_entries, limit=100, filters=fields)


def test_a_deleted_voucher_keeps_its_code_until_its_entry_is_deleted(shop: Shop) -> None:
    made = shop.discount()
    shop.redeem(made.code)
    told(shop.vouchers.delete_voucher, made.code)
    entry = binned(shop, made.id)
    assert (entry.resource_type, entry.object) == ("voucher", "voucher")
    assert (entry.resource_name, entry.resource_parent_id) == (made.code, None)
    assert refused(shop.vouchers.get_voucher, made.code).status == 404
    assert shop.not_redeemed(made.code).key == "not_found"
    taken = sdk.VouchersCreateWithSpecificCodeRequestBody.from_dict(
        {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 1}}
    )
    assert refused(shop.vouchers.create_voucher, made.code, taken).key == "duplicate_found"
    told(shop.bin.delete_bin_entry, entry.id)
    assert listed(shop, made.id).data == []
    assert refused(shop.bin.delete_bin_entry, entry.id).status == 404
    assert shop.discount(code=made.code).id != made.id


def test_redemptions_of_what_is_in_the_bin_are_shown_and_rolled_back(shop: Shop) -> None:
    card = shop.gift(500)
    redeemed = shop.redeem(card.code, order={"amount": 300}).redemptions[0]
    told(shop.vouchers.delete_voucher, card.code)
    assert shop.redemption(redeemed.id).voucher.code == card.code
    body = sdk.RedemptionsRollbackCreateRequestBody.from_dict({"reason": "returned"})
    rolled_back = told(
        shop.redemptions.rollback_redemption,
        redeemed.id,
        redemptions_rollback_create_request_body=body,
    )
    assert (rolled_back.result, rolled_back.order.status) == ("SUCCESS", "CANCELED")


def test_many_are_asked_for_by_the_client_s_own_spelling_of_a_list(shop: Shop) -> None:
    made = [shop.discount() for _ in range(3)]
    wanted = sorted(each.id for each in made[:2])
    found = told(shop.vouchers.list_vouchers, ids=wanted)
    assert sorted(each.id for each in found.vouchers) == wanted
    for each in made:
        told(shop.vouchers.delete_voucher, each.code)
    ids = sdk.FilterConditionsString(var_in=[*wanted, "it's none"])
    fields = sdk.ParameterFiltersListBin(
        resource_id=sdk.ParameterFiltersListBinResourceId(conditions=ids)
    )
    entries = told(shop.bin.list_bin_entries, filters=fields)
    assert sorted(each.resource_id for each in entries.data) == wanted


def test_the_bin_is_read_page_by_page_though_entries_go(shop: Shop) -> None:
    prefix = f"bin-{uuid4().hex[:8]}-"
    made = [shop.discount(code=f"{prefix}{number}").code for number in range(5)]
    for code in made:
        told(shop.vouchers.delete_voucher, code)
    named = sdk.FilterConditionsString(starts_with=prefix)
    mine = sdk.ParameterFiltersListBin(
        resource_name=sdk.ParameterFiltersListBinResourceName(conditions=named)
    )
    seen: list[str] = []
    after = None
    while True:
        page = told(shop.bin.list_bin_entries, limit=2, filters=mine, starting_after_id=after)
        seen += [each.resource_name for each in page.data]
        for each in page.data:
            told(shop.bin.delete_bin_entry, each.id)
        after = page.more_starting_after
        if not page.has_more:
            break
    assert seen == made[::-1]
    assert told(shop.bin.list_bin_entries, filters=mine).total == 0


def test_a_deleted_campaign_takes_its_vouchers_along(shop: Shop, plain: Plain) -> None:
    name = f"Bin {uuid4().hex[:8]}"
    body = {
        "name": name,
        "campaign_type": "DISCOUNT_COUPONS",
        "type": "STATIC",
        "vouchers_count": 3,
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "AMOUNT", "amount_off": 100},
        },
    }
    campaign = told(shop.campaigns.create_campaign, sdk.CampaignsCreateRequestBody.from_dict(body))
    found = told(shop.vouchers.list_vouchers, limit=10, campaign_id=campaign.id)
    code = found.vouchers[0].code
    told(shop.campaigns.delete_campaign, name)
    assert shop.not_redeemed(code).key == "not_found"
    entry = binned(shop, campaign.id)
    assert (entry.resource_type, entry.resource_name) == ("campaign", name)
    eventually(
        lambda: told(shop.vouchers.list_vouchers, limit=10, campaign_id=campaign.id).total == 0
    )
    told(shop.bin.delete_bin_entry, entry.id)

    # the action that frees the codes goes on after the answer
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 1}}
    eventually(lambda: plain.ask("POST", f"/v1/vouchers/{code}", json=body).status_code == 200)
