"""Sessions: what a validation locks is held until it is redeemed, released, overwritten or over."""

import time
from typing import Any

from tests.e2e.shop import Asked, Shop, new_code, refused, spend, told
from tests.e2e.system import eventually


def locked(shop: Shop, *redeemables: Asked, **session: Any) -> Any:
    """The answer to a validation that locks."""
    body = shop.validate(*redeemables, session={"type": "LOCK"} | session)
    assert body.valid is True
    return body


def test_a_lock_has_a_key_and_lasts_seven_days_unless_said_otherwise(shop: Shop) -> None:
    session = locked(shop, shop.discount().code).session
    assert session.key.startswith("ssn_") and len(session.key) == len("ssn_") + 32
    assert (session.type, session.ttl, session.ttl_unit) == ("LOCK", 7, "DAYS")
    named = locked(shop, shop.discount().code, key=new_code(), ttl=90, ttl_unit="SECONDS").session
    assert (named.ttl, named.ttl_unit) == (90, "SECONDS")


def test_a_held_quantity_is_nobody_elses(shop: Shop) -> None:
    code = shop.discount(redemption={"quantity": 1}).code
    key = locked(shop, code).session.key
    others = shop.validate(code)
    assert (others.valid, others.redeemables[0].result.error.key) == (False, "quantity_exceeded")
    assert others.session is None
    refused_lock = shop.validate(code, session={"type": "LOCK", "key": new_code()})
    assert (refused_lock.valid, refused_lock.session) == (False, None)
    assert shop.not_redeemed(code).key == "quantity_exceeded"
    assert shop.not_redeemed(code, session={"type": "LOCK", "key": "x"}).key == "quantity_exceeded"
    assert shop.state(code) == (0, None)
    redeemed = shop.redeem(code, session={"type": "LOCK", "key": key})
    assert redeemed.redemptions[0].session.key == key
    assert shop.state(code) == (1, None)
    assert refused(shop.vouchers.release_validation_session, code, key).status == 404


def test_held_credits_are_nobody_elses(shop: Shop) -> None:
    card = shop.gift(1000).code
    key = locked(shop, spend(card, 700)).session.key
    assert shop.not_redeemed(spend(card, 301)).key == "gift_amount_exceeded"
    assert shop.validate(card).redeemables[0].result.gift.credits == 300
    assert shop.redeem(spend(card, 200)).redemptions[0].voucher.gift.balance == 800
    own = shop.redeem(spend(card, 700), session={"type": "LOCK", "key": key})
    assert own.redemptions[0].voucher.gift.balance == 100
    assert shop.redeem(card).redemptions[0].amount == 100


def test_the_same_key_overwrites_what_it_held(shop: Shop) -> None:
    first = shop.discount(redemption={"quantity": 1}).code
    second = shop.discount(redemption={"quantity": 1}).code
    key = locked(shop, first).session.key
    assert locked(shop, first, key=key, ttl=5, ttl_unit="MINUTES").session.ttl == 5
    locked(shop, second, key=key)
    assert shop.not_redeemed(second).key == "quantity_exceeded"
    shop.redeem(first)
    card = shop.gift(1000).code
    for credits in (900, 200):
        locked(shop, spend(card, credits), key=key)
    assert shop.validate(card).redeemables[0].result.gift.credits == 800
    shop.redeem(second)


def test_a_released_session_holds_nothing(shop: Shop) -> None:
    voucher = shop.discount(redemption={"quantity": 1})
    key = locked(shop, voucher.code, key=f"{new_code()}/a+b c").session.key
    told(shop.vouchers.release_validation_session, voucher.id, key)
    missing = refused(shop.vouchers.release_validation_session, voucher.code, key)
    assert (missing.status, missing.key) == (404, "not_found")
    assert (missing.body["resource_id"], missing.body["resource_type"]) == (key, "session")
    shop.redeem(voucher.code)
    unknown = refused(shop.vouchers.release_validation_session, new_code(), key)
    assert unknown.body["resource_type"] == "voucher"


def test_a_session_ends_when_its_time_is_over(shop: Shop) -> None:
    code = shop.discount(redemption={"quantity": 1}).code
    began = time.monotonic()
    key = locked(shop, code, ttl=1500, ttl_unit="MILLISECONDS").session.key
    eventually(lambda: shop.validate(code).valid)
    assert time.monotonic() - began >= 1.5
    assert refused(shop.vouchers.release_validation_session, code, key).status == 404
    shop.redeem(code)


def test_a_stack_is_locked_as_a_whole_or_not_at_all(shop: Shop) -> None:
    good = shop.discount(redemption={"quantity": 1}).code
    used_up = shop.discount(redemption={"quantity": 0}).code
    body = shop.validate(good, used_up, session={"type": "LOCK"})
    assert (body.valid, body.session) == (False, None)
    card = shop.gift(500).code
    key = locked(shop, good, card).session.key
    for held in (good, card):
        assert shop.validate(held).valid is False
    both = shop.redeem(good, card, session={"type": "LOCK", "key": key})
    assert [each.session.key for each in both.redemptions] == [key, key]


def test_a_session_does_not_outlive_its_voucher(shop: Shop) -> None:
    code = shop.discount(redemption={"quantity": 1}).code
    key = locked(shop, code).session.key
    told(shop.vouchers.delete_voucher, code, force=True)
    shop.discount(redemption={"quantity": 1}, code=code)
    assert refused(shop.vouchers.release_validation_session, code, key).status == 404
    shop.redeem(code)
