"""Rollbacks: what was redeemed is taken back, once, as a whole; by the official client."""

from typing import Any

import voucherify as sdk

from tests.e2e.plain import Refused
from tests.e2e.shop import Shop, new_code, refused, spend, told


def rolled_back(shop: Shop, redemption_id: str, **body: Any) -> Any:
    """The answer to the rollback of one redemption."""
    asked = sdk.RedemptionsRollbackCreateRequestBody.from_dict(body) if body else None
    call = shop.redemptions.rollback_redemption
    return told(call, redemption_id, redemptions_rollback_create_request_body=asked)


def stack_rolled_back(shop: Shop, redemption_id: str, **query: str) -> Any:
    """The answer to the rollback of a stack."""
    return told(shop.redemptions.rollback_stacked_redemptions, redemption_id, **query)


def not_rolled_back(shop: Shop, redemption_id: str, **body: Any) -> Refused:
    """The error of a rollback that cannot be."""
    asked = sdk.RedemptionsRollbackCreateRequestBody.from_dict(body) if body else None
    call = shop.redemptions.rollback_redemption
    return refused(call, redemption_id, redemptions_rollback_create_request_body=asked)


def test_a_rollback_gives_back_the_use_and_the_order(shop: Shop) -> None:
    voucher = shop.percent(10, redemption={"quantity": 1})
    redeemed = shop.redeem(voucher.code)
    redemption_id = redeemed.redemptions[0].id
    assert shop.not_redeemed(voucher.code).key == "quantity_exceeded"
    body = rolled_back(shop, redemption_id, reason="sent back", metadata={"till": 4})
    assert body.id.startswith("rr_")
    assert (body.object, body.redemption) == ("redemption_rollback", redemption_id)
    assert (body.result, body.status, body.reason) == ("SUCCESS", "SUCCEEDED", "sent back")
    assert body.metadata == {"till": 4}
    assert (body.order.status, body.order.total_amount) == ("CANCELED", 10_000)
    assert body.order.redemptions[redemption_id]["rollback_id"] == body.id
    assert body.voucher.redemption.redeemed_quantity == 0
    assert shop.state(voucher.code) == (0, None)
    stored = shop.order(redeemed.order.id)
    assert (stored.status, stored.discount_amount) == ("CANCELED", 0)
    assert shop.redemption(redemption_id).status == "ROLLED_BACK"
    assert shop.redemption(body.id).redemption == redemption_id
    shop.redeem(voucher.code)


def test_a_rollback_gives_credits_back(shop: Shop) -> None:
    card = shop.gift(1000).code
    kept = shop.redeem(spend(card, 100))
    taken = shop.redeem(spend(card, 400)).redemptions[0]
    body = rolled_back(shop, taken.id)
    assert (body.amount, body.gift.amount) == (-400, -400)
    assert shop.state(card) == (1, 900)
    assert shop.order(kept.order.id).status == "PAID"


def test_a_stack_is_rolled_back_through_its_parent(shop: Shop) -> None:
    card, percent = shop.gift(1000), shop.percent(10)
    redeemed = shop.redeem(spend(card.code, 400), percent.code)
    parent, children = redeemed.parent_redemption.id, [each.id for each in redeemed.redemptions]
    body = stack_rolled_back(shop, parent, reason="sent back")
    assert [each.redemption for each in body.rollbacks] == children
    assert body.parent_rollback.redemption == parent
    assert (body.order.status, body.order.total_amount) == ("CANCELED", 10_000)
    mark = body.order.redemptions[parent]
    assert mark["rollback_id"] == body.parent_rollback.id
    assert mark["rollback_stacked"] == [each.id for each in body.rollbacks]
    assert (shop.state(card.code), shop.state(percent.code)) == ((0, 1000), (0, None))
    for redemption_id in (*children, parent):
        assert shop.redemption(redemption_id).status == "ROLLED_BACK"
    again = refused(shop.redemptions.rollback_stacked_redemptions, parent)
    assert again.key == "already_rolled_back"


def test_a_single_redemption_goes_back_through_the_stacks_endpoint_too(shop: Shop) -> None:
    code = shop.discount().code
    body = stack_rolled_back(shop, shop.redeem(code).redemptions[0].id)
    assert len(body.rollbacks) == 1
    assert body.parent_rollback is None
    assert shop.state(code) == (0, None)


def test_an_order_of_two_redemptions_stays_paid_until_both_are_back(shop: Shop) -> None:
    order = {"source_id": new_code(), "amount": 10_000}
    first = shop.redeem(shop.discount(500).code, order=order).redemptions[0].id
    second = shop.redeem(shop.discount(300).code, order=order).redemptions[0].id
    body = rolled_back(shop, first)
    assert (body.order.status, body.order.discount_amount) == ("PAID", 300)
    body = rolled_back(shop, second)
    assert (body.order.status, body.order.total_amount) == ("CANCELED", 10_000)


def _recorded_failure(shop: Shop, failed: Refused, key: str) -> None:
    assert (failed.status, failed.key) == (400, key)
    assert failed.body["resource_type"] == "redemption_rollback"
    recorded = shop.redemption(failed.body["resource_id"])
    assert recorded.id.startswith("rrf_")
    assert (recorded.object, recorded.result) == ("redemption_rollback", "FAILURE")
    assert (recorded.status, recorded.failure_code) == ("FAILED", key)


def test_a_redemption_is_rolled_back_once(shop: Shop) -> None:
    code = shop.discount().code
    redemption_id = shop.redeem(code).redemptions[0].id
    rolled_back(shop, redemption_id)
    _recorded_failure(shop, not_rolled_back(shop, redemption_id), "already_rolled_back")
    assert shop.state(code) == (0, None)


def test_the_endpoint_has_to_fit_the_redemption(shop: Shop) -> None:
    codes = [shop.discount().code, shop.discount().code]
    redeemed = shop.redeem(*codes)
    child, parent = redeemed.redemptions[0].id, redeemed.parent_redemption.id
    _recorded_failure(shop, not_rolled_back(shop, child), "invalid_redemption_parent")
    _recorded_failure(shop, not_rolled_back(shop, parent), "invalid_redemption")
    through_stack = refused(shop.redemptions.rollback_stacked_redemptions, child)
    _recorded_failure(shop, through_stack, "invalid_redemption_parent")
    assert [shop.state(code)[0] for code in codes] == [1, 1]


def test_a_failed_redemption_cannot_be_rolled_back(shop: Shop) -> None:
    failed = shop.not_redeemed(shop.discount(active=False).code).body["resource_id"]
    _recorded_failure(shop, not_rolled_back(shop, failed), "invalid_redemption")


def test_the_customer_and_the_order_have_to_be_its_own(shop: Shop) -> None:
    code, ann, ben = shop.discount().code, new_code(), new_code()
    order = {"source_id": new_code(), "amount": 1000}
    redeemed = shop.redeem(code, customer={"source_id": ann}, order=order)
    shop.redeem(code, customer={"source_id": ben})
    redemption_id = redeemed.redemptions[0].id
    other = not_rolled_back(shop, redemption_id, customer={"source_id": ben})
    _recorded_failure(shop, other, "invalid_customer")
    other = not_rolled_back(shop, redemption_id, order={"source_id": new_code()})
    _recorded_failure(shop, other, "invalid_order")
    unknown = not_rolled_back(shop, redemption_id, customer={"source_id": new_code()})
    assert (unknown.status, unknown.key) == (404, "not_found")
    assert shop.redemption(unknown.body["resource_id"]).failure_code == "not_found"
    unknown = not_rolled_back(shop, redemption_id, customer={"id": "cust_unknown"})
    assert (unknown.status, unknown.key) == (404, "not_found")
    assert unknown.body["resource_id"] == "cust_unknown"
    assert shop.state(code)[0] == 2
    rolled_back(shop, redemption_id, customer={"source_id": ann}, order=order)
    assert shop.state(code)[0] == 1


def test_what_never_was_cannot_be_rolled_back(shop: Shop) -> None:
    calls = shop.redemptions.rollback_redemption, shop.redemptions.rollback_stacked_redemptions
    for call in calls:
        unknown = refused(call, "r_unknown")
        assert (unknown.status, unknown.key) == (404, "not_found")
        assert unknown.body["resource_type"] == "redemption"


def test_a_rollback_after_its_voucher_is_gone(shop: Shop) -> None:
    code = shop.discount().code
    redeemed = shop.redeem(code)
    told(shop.vouchers.delete_voucher, code)
    body = rolled_back(shop, redeemed.redemptions[0].id)
    assert (body.voucher, body.order.status) == (None, "CANCELED")


def test_the_reason_may_stand_in_the_query(shop: Shop) -> None:
    redemption_id = shop.redeem(shop.discount().code).redemptions[0].id
    call = shop.redemptions.rollback_redemption
    body = told(call, redemption_id, reason="a & b", tracking_id="track/1")
    assert (body.reason, body.tracking_id) == ("a & b", "track/1")
