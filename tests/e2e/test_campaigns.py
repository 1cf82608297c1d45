"""A campaign's life, told by the official client."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import voucherify as sdk

from tests.e2e.plain import Plain
from tests.e2e.shop import Shop, new_code, refused, told
from tests.e2e.system import eventually

PERCENT = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
GIFT = {"type": "GIFT_VOUCHER", "gift": {"amount": 500, "balance": 500}}


@pytest.fixture
def api(shop: Shop) -> Any:
    """The client's endpoints of campaigns."""
    return shop.campaigns


def create(api: Any, count: int = 0, voucher: dict[str, Any] | None = None, **more: Any) -> Any:
    """A new campaign of discounts, or of gift cards."""
    voucher = voucher or PERCENT
    kind = "GIFT_VOUCHERS" if "gift" in voucher else "DISCOUNT_COUPONS"
    body = {
        "name": new_code(),
        "campaign_type": kind,
        "type": "STATIC",
        "vouchers_count": count,
        "voucher": voucher,
    } | more
    return told(api.create_campaign, sdk.CampaignsCreateRequestBody.from_dict(body))


def change(api: Any, campaign: str, **changes: Any) -> Any:
    """The campaign after an update."""
    body = sdk.CampaignsUpdateRequestBody.from_dict(changes)
    return told(api.update_campaign, campaign, body)


def complete(api: Any, campaign: str) -> Any:
    """The campaign, once all its vouchers are made."""

    def done() -> Any:
        found = told(api.get_campaign, campaign)
        return found if found.vouchers_generation_status == "DONE" else None

    return eventually(done)


def code_of(api: Any, campaign: str) -> str:
    """A new code of the campaign."""
    return str(told(api.add_vouchers_to_campaign, campaign).code)


def test_a_campaign_is_created_with_all_its_defaults(api: Any) -> None:
    made = create(api)
    assert made.id.startswith("camp_") and len(made.id) == len("camp_") + 24
    assert (made.campaign_type, made.type) == ("DISCOUNT_COUPONS", "STATIC")
    assert (made.active, made.auto_join, made.join_once) == (True, False, False)
    assert (made.vouchers_count, made.protected, made.category_id) == (0, False, None)
    assert (made.creation_status, made.vouchers_generation_status) == ("DONE", "DONE")
    assert made.voucher.code_config.length == 8
    assert made.voucher.code_config.pattern == "########"
    for named in (made.id, made.name):
        assert told(api.get_campaign, named).to_dict() == made.to_dict()


def test_what_is_not_set_is_left_out(plain: Plain) -> None:
    name = new_code()
    body = {"name": name, "voucher": PERCENT, "expiration_date": "2040-01-01T00:00:00.000Z"}
    made = plain.ask("POST", "/v1/campaigns", json=body).json()
    assert made["expiration_date"] == "2040-01-01T00:00:00.000Z"
    unset = {"description", "start_date", "metadata", "category", "updated_at"}
    assert not unset & made.keys()
    after = plain.ask("PUT", f"/v1/campaigns/{name}", json={"expiration_date": None}).json()
    assert "expiration_date" not in after


def test_codes_are_made_in_the_background_while_the_first_work(shop: Shop, api: Any) -> None:
    made = create(api, 1200)
    assert made.vouchers_generation_status == "IN_PROGRESS"
    first = code_of(api, made.name)
    redeemed = shop.redeem(first).redemptions[0]
    assert (redeemed.voucher.campaign, redeemed.voucher.campaign_id) == (made.name, made.id)
    assert complete(api, made.id).vouchers_count == 1201


def test_more_vouchers_are_added_by_an_action(api: Any) -> None:
    made = create(api, voucher=GIFT)
    body = sdk.CampaignsVouchersCreateInBulkRequestBody.from_dict(
        {"metadata": {"vip": True}, "code_config": {"prefix": "VIP-", "pattern": "####-####"}}
    )
    started = told(api.add_vouchers_to_campaign, made.name, 7, body)
    assert started.async_action_id.startswith("aa_")
    assert complete(api, made.id).vouchers_count == 7
    one = told(api.add_vouchers_to_campaign, made.name, 1, body)
    assert one.code.startswith("VIP-") and len(one.code) == len("VIP-####-####")
    assert (one.gift.balance, one.metadata) == (500, {"vip": True})


def test_a_specific_code_is_added_once(shop: Shop, api: Any) -> None:
    made, code = create(api), new_code()
    added = told(api.add_voucher_with_specific_code_to_campaign, made.id, code)
    assert (added.code, added.campaign_id) == (code, made.id)
    again = refused(api.add_voucher_with_specific_code_to_campaign, made.id, code)
    assert (again.status, again.key) == (409, "duplicate_found")
    taken = shop.discount().code
    again = refused(api.add_voucher_with_specific_code_to_campaign, made.id, taken)
    assert again.status == 409


def test_a_campaign_binds_its_vouchers_live(shop: Shop, api: Any) -> None:
    made = create(api)
    code = code_of(api, made.name)
    past, future = (datetime.now(UTC) + timedelta(days=days) for days in (-1, 1))
    assert api.disable_campaign(made.name) == {}
    assert shop.not_redeemed(code).key == "voucher_disabled"
    assert api.enable_campaign(made.name) == {}
    change(api, made.name, start_date=future.isoformat())
    assert shop.not_redeemed(code).key == "voucher_not_active"
    change(api, made.name, start_date=past.isoformat(), expiration_date=past.isoformat())
    assert shop.not_redeemed(code).key == "voucher_expired"
    change(api, made.name, expiration_date=future.isoformat())
    assert shop.redeem(code).order.discount_amount == 1000


def test_an_update_is_for_vouchers_made_later(shop: Shop, api: Any) -> None:
    made = create(api, metadata={"season": "spring", "level": 1})
    before = code_of(api, made.name)
    after = change(
        api,
        made.name,
        discount={"type": "AMOUNT", "amount_off": 700},
        description="new",
        metadata={"level": 2},
        unset_metadata_fields=["season"],
    )
    assert (after.description, after.metadata) == ("new", {"level": 2})
    assert after.updated_at is not None
    assert shop.redeem(before).order.discount_amount == 1000
    assert shop.redeem(code_of(api, made.name)).order.discount_amount == 700


def test_a_name_is_taken_once_and_names_one_campaign(api: Any) -> None:
    made = create(api, name=f"{new_code()} Ünï/50%")
    again = refused(
        api.create_campaign,
        sdk.CampaignsCreateRequestBody.from_dict(
            {"name": made.name, "campaign_type": "DISCOUNT_COUPONS", "voucher": PERCENT}
        ),
    )
    assert (again.status, again.key) == (409, "duplicate_found")
    assert told(api.get_campaign, made.name).id == made.id
    missing = refused(api.get_campaign, new_code())
    assert (missing.status, missing.body["resource_type"]) == (404, "campaign")


def test_a_deleted_campaign_is_gone_with_its_codes(shop: Shop, api: Any) -> None:
    made = create(api, 3)
    code = code_of(api, made.name)
    redeemed = shop.redeem(code).redemptions[0].id
    deleted = told(api.delete_campaign, made.name)
    assert deleted.async_action_id.startswith("aa_")
    assert refused(api.get_campaign, made.id).status == 404
    assert refused(shop.vouchers.get_voucher, code).status == 404
    assert shop.not_redeemed(code).key == "not_found"
    assert shop.redemption(redeemed).voucher.campaign == made.name
    kept = sdk.CampaignsCreateRequestBody.from_dict(
        {"name": made.name, "campaign_type": "DISCOUNT_COUPONS", "voucher": PERCENT}
    )
    assert refused(api.create_campaign, kept).status == 409


def test_a_campaign_deleted_for_good_frees_its_name_and_its_codes(shop: Shop, api: Any) -> None:
    made = create(api, 2)
    code = code_of(api, made.name)
    told(api.delete_campaign, made.id, force=True)
    assert create(api, name=made.name).id != made.id

    def free() -> bool:
        terms = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 1}}
        asked = sdk.VouchersCreateWithSpecificCodeRequestBody.from_dict(terms)
        try:
            return bool(shop.vouchers.create_voucher(code, asked).code == code)
        except sdk.ApiException:
            return False

    assert eventually(free)


def test_the_summary_counts_a_campaigns_own(shop: Shop, api: Any) -> None:
    made = create(api, 3)
    codes = [code_of(api, made.name) for _ in range(2)]
    taken_back = shop.redeem(codes[0]).redemptions[0].id
    shop.redeem(codes[1])
    told(shop.redemptions.rollback_redemption, taken_back)
    api.disable_campaign(made.name)
    shop.not_redeemed(codes[0])
    summary = told(api.get_campaign_summary, made.name)
    assert (summary.object, summary.campaign.id) == ("campaign_summary", made.id)
    assert (summary.redemptions_succeeded, summary.redemptions_failed) == (2, 1)
    assert (summary.rollbacks_succeeded, summary.rollbacks_failed) == (1, 0)
    assert (summary.vouchers_created, summary.vouchers_deleted) == (5, 0)
    assert (summary.orders_amount, summary.orders_rolledback_amount) == (20_000, 10_000)
    assert (summary.discounted_amount, summary.rolledback_discounted_amount) == (2000, 1000)
    assert refused(api.get_campaign_summary, new_code()).status == 404


def test_too_small_a_code_config_is_refused_by_number(plain: Plain) -> None:
    voucher = PERCENT | {"code_config": {"charset": "ab", "length": 3, "prefix": new_code()}}
    body = {"name": new_code(), "voucher": voucher}
    few = plain.ask("POST", "/v1/campaigns", json=body | {"vouchers_count": 9})
    assert (few.status_code, few.json()["key"]) == (400, "invalid_code_config")
    assert "8 codes" in few.json()["details"]
    assert plain.ask("POST", "/v1/campaigns", json=body | {"vouchers_count": 8}).status_code == 200
