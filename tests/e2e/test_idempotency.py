"""`Idempotency-Key`: a request that is sent again does nothing again and gets its first answer."""

import asyncio
from typing import Any

import pytest
import voucherify as sdk

from tests.contract.answers import ANSWER_SECONDS_MAX, async_client
from tests.e2e.plain import ORIGIN, Plain
from tests.e2e.plain import refused as refused_plainly
from tests.e2e.shop import Shop, asked, new_code, redemption, refused, told
from tests.e2e.system import System


def _keyed() -> dict[str, Any]:
    return {"_headers": {"Idempotency-Key": new_code()}}


def test_a_redemption_sent_again_is_the_same_redemption(shop: Shop) -> None:
    code, once = shop.discount(redemption={"quantity": 5}).code, _keyed()
    call, body = shop.redemptions.redeem_stacked_discounts_with_http_info, redemption(code)
    first = call(body, **once)
    shop.redeem(code)
    again = [call(body, **once).raw_data for _ in range(3)]
    assert again == [first.raw_data] * 3
    assert shop.state(code) == (2, None)
    assert shop.listed(voucher_code=code).total == 2


def test_a_refusal_sent_again_is_the_same_refusal(shop: Shop) -> None:
    code, once = shop.discount(redemption={"quantity": 0}).code, _keyed()
    call = shop.redemptions.redeem_stacked_discounts
    first = refused(call, redemption(code), **once)
    more = sdk.VouchersUpdateRequestBody(additional_info="x")
    told(shop.vouchers.update_voucher, code, more)
    again = refused(call, redemption(code), **once)
    assert again.key == "quantity_exceeded"
    assert again.body["resource_id"] == first.body["resource_id"]
    assert again.body["request_id"] != first.body["request_id"]
    assert shop.listed(voucher_code=code).total == 1


def test_a_key_with_other_content_is_refused_and_nothing_is_done(shop: Shop) -> None:
    code, once = shop.discount().code, _keyed()
    call = shop.redemptions.redeem_stacked_discounts
    told(call, redemption(code), **once)
    for other in (redemption(code, order={"amount": 1}), redemption(new_code())):
        conflict = refused(call, other, **once)
        assert (conflict.status, conflict.key) == (409, "idempotency_key_reused")
    assert shop.state(code) == (1, None)
    assert shop.listed(voucher_code=code).total == 1


def test_a_key_belongs_to_its_route(shop: Shop) -> None:
    code, once = new_code(), _keyed()
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 100}}
    terms = sdk.VouchersCreateWithSpecificCodeRequestBody.from_dict(body)
    made = told(shop.vouchers.create_voucher, code, terms, **once)
    redeemed = told(shop.redemptions.redeem_stacked_discounts, redemption(code), **once)
    again = told(shop.vouchers.create_voucher, code, terms, **once)
    assert again.to_dict() == made.to_dict()
    assert again.redemption.redeemed_quantity == 0
    assert refused(shop.vouchers.create_voucher, code, terms).status == 409
    assert redeemed.redemptions[0].voucher.id == made.id
    other = refused(shop.vouchers.create_voucher, new_code(), terms, **once)
    assert other.key == "idempotency_key_reused"


def test_every_write_takes_a_key(shop: Shop) -> None:
    code = shop.discount(redemption={"quantity": 3}).code
    vouchers, redemptions = shop.vouchers, shop.redemptions

    def twice(call: Any, *args: Any, **more: Any) -> Any:
        once = _keyed()
        first, second = (told(call, *args, **more, **once) for _ in range(2))
        assert (first and first.to_dict()) == (second and second.to_dict())
        return first

    body = {"type": "GIFT_VOUCHER", "gift": {"amount": 100, "balance": 100}}
    twice(vouchers.generate_random_code, sdk.VouchersCreateRequestBody.from_dict(body))
    twice(vouchers.update_voucher, code, sdk.VouchersUpdateRequestBody(additional_info="x"))
    twice(vouchers.disable_voucher, code)
    twice(vouchers.enable_voucher, code)
    lock = asked((code,), {"session": {"type": "LOCK"}})
    validate = shop.validations.validate_stacked_discounts
    locked = twice(validate, sdk.ValidationsValidateRequestBody.from_dict(lock))
    twice(vouchers.release_validation_session, code, locked.session.key)
    single = twice(redemptions.redeem_stacked_discounts, redemption(code)).redemptions[0].id
    twice(redemptions.rollback_redemption, single)
    body = sdk.ClientRedemptionsRedeemRequestBody.from_dict(asked((code,), {}))
    browser = shop.browser.redeem_stacked_discounts_client_side
    second = twice(browser, ORIGIN, body).redemptions[0].id
    twice(redemptions.rollback_stacked_redemptions, second)
    assert shop.state(code) == (0, None)
    twice(vouchers.delete_voucher, code)
    assert refused(vouchers.get_voucher, code).status == 404


async def test_of_many_at_once_one_is_done(system: System, shop: Shop) -> None:
    code = shop.discount().code
    headers = system.server_key | {"Idempotency-Key": new_code()}
    async with async_client(
        base_url=system.url, headers=headers, timeout=ANSWER_SECONDS_MAX
    ) as http:
        answers = await asyncio.gather(
            *(http.post("/v1/redemptions", json=asked((code,), {})) for _ in range(20))
        )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert shop.state(code) == (1, None)
    assert shop.listed(voucher_code=code).total == 1


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_is_none(plain: Plain, shop: Shop, key: str) -> None:
    code = shop.discount().code
    headers = {"Idempotency-Key": key}
    answer = plain.ask("POST", "/v1/redemptions", json=asked((code,), {}), headers=headers)
    assert refused_plainly(answer) == (400, "invalid_payload")
    assert shop.state(code) == (0, None)
    assert plain.redemptions(code) == []
