"""A voucher's life, told by the official client."""

from datetime import UTC, datetime

import pytest
import voucherify as sdk

from tests.e2e.plain import Plain
from tests.e2e.plain import refused as refused_plainly
from tests.e2e.shop import Shop, new_code, refused, told

AWKWARD = ("Ünï-cödé 50%", "a/b", "a+b c", "a?b#c&d=e", "50%2F", "%", "quote'\"", "a\tb")


def test_a_voucher_is_created_with_its_code_and_all_its_defaults(shop: Shop) -> None:
    code = new_code()
    made = shop.discount(500, code=code)
    assert made.code == code
    assert made.id.startswith("v_") and len(made.id) == len("v_") + 32
    assert (made.type, made.active, made.metadata) == ("DISCOUNT_VOUCHER", True, {})
    assert (made.discount.type, made.discount.amount_off) == ("AMOUNT", 500)
    assert (made.redemption.quantity, made.redemption.redeemed_quantity) == (None, 0)
    assert (made.gift, made.campaign, made.start_date, made.updated_at) == (None,) * 4
    assert made.created_at is not None


def test_a_voucher_without_a_code_gets_one_by_the_rule(shop: Shop) -> None:
    plain = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 12.5}}
    made = told(shop.vouchers.generate_random_code, sdk.VouchersCreateRequestBody.from_dict(plain))
    assert len(made.code) == 8
    assert made.code.isalnum() and made.code.isascii()
    assert made.discount.percent_off == 12.5
    ruled = plain | {"code_config": {"pattern": "X-####", "charset": "ab", "prefix": "p-"}}
    made = told(shop.vouchers.generate_random_code, sdk.VouchersCreateRequestBody.from_dict(ruled))
    assert made.code.startswith("p-X-")
    assert set(made.code[4:]) <= {"a", "b"}


@pytest.mark.parametrize("code", AWKWARD)
def test_any_code_is_found_again(shop: Shop, code: str) -> None:
    code = f"{new_code()} {code}"
    made = shop.discount(100, code=code)
    for named in (code, made.id):
        assert told(shop.vouchers.get_voucher, named).to_dict() == made.to_dict()
    redeemed = shop.redeem(code)
    assert redeemed.redemptions[0].voucher.code == code
    assert shop.state(code) == (1, None)


def test_a_voucher_is_unknown_under_any_other_name(shop: Shop) -> None:
    code = shop.discount().code
    for other in (code.lower(), f"{code} ", f" {code}", code[:-1]):
        missing = refused(shop.vouchers.get_voucher, other)
        assert (missing.status, missing.key) == (404, "not_found")
        assert missing.body["message"] == "Resource not found"
        assert missing.body["details"] == f"Cannot find voucher with id {other}"
        assert missing.body["resource_id"] == other
        assert missing.body["resource_type"] == "voucher"


def test_a_code_is_taken_once(shop: Shop) -> None:
    code = shop.discount(500).code
    body = {"type": "GIFT_VOUCHER", "gift": {"amount": 5, "balance": 5}}
    asked = sdk.VouchersCreateWithSpecificCodeRequestBody.from_dict(body)
    again = refused(shop.vouchers.create_voucher, code, asked)
    assert (again.status, again.key) == (409, "duplicate_found")
    assert again.body["details"] == f"Duplicated voucher exists with id {code}"
    assert told(shop.vouchers.get_voucher, code).discount.amount_off == 500


def test_an_update_changes_what_it_names_and_null_clears(shop: Shop) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    made = shop.discount(
        500,
        start_date=start,
        additional_info="of the spring",
        validity_day_of_week=[1, 2],
        metadata={"season": "spring", "level": 1},
    )
    changes = sdk.VouchersUpdateRequestBody(
        expiration_date=datetime(2099, 1, 1, tzinfo=UTC),
        additional_info=None,
        metadata={"level": 2},
        discount=sdk.Discount(type="PERCENT", percent_off=7.5),
    )
    changed = told(shop.vouchers.update_voucher, made.code, changes)
    assert (changed.start_date, changed.additional_info) == (start, None)
    assert changed.expiration_date == datetime(2099, 1, 1, tzinfo=UTC)
    assert changed.metadata == {"season": "spring", "level": 2}
    assert (changed.discount.type, changed.discount.percent_off) == ("PERCENT", 7.5)
    assert changed.validity_day_of_week == [1, 2]
    assert changed.updated_at >= made.created_at
    cleared = sdk.VouchersUpdateRequestBody(
        start_date=None, expiration_date=None, validity_day_of_week=None
    )
    changed = told(shop.vouchers.update_voucher, made.id, cleared)
    assert (changed.start_date, changed.expiration_date) == (None, None)
    assert told(shop.vouchers.get_voucher, made.code).to_dict() == changed.to_dict()


def test_a_gift_card_is_updated_although_the_client_knows_discounts_only(shop: Shop) -> None:
    card = shop.gift(500, additional_info="x")
    changes = sdk.VouchersUpdateRequestBody(additional_info="for Ann")
    changed = told(shop.vouchers.update_voucher, card.code, changes)
    assert (changed.type, changed.additional_info) == ("GIFT_VOUCHER", "for Ann")
    assert changed.gift.balance == 500


def test_a_disabled_voucher_is_refused_until_it_is_enabled(shop: Shop) -> None:
    code = shop.discount().code
    assert told(shop.vouchers.disable_voucher, code).active is False
    assert shop.not_redeemed(code).key == "voucher_disabled"
    assert told(shop.vouchers.enable_voucher, code).active is True
    assert shop.redeem(code).redemptions[0].status == "SUCCEEDED"


def test_a_deleted_voucher_is_gone_and_with_force_its_code_is_free(shop: Shop) -> None:
    first = shop.discount()
    told(shop.vouchers.delete_voucher, first.code, force=True)
    for named in (first.code, first.id):
        assert refused(shop.vouchers.get_voucher, named).status == 404
        assert refused(shop.vouchers.delete_voucher, named).status == 404
    assert shop.not_redeemed(first.code)[:2] == (404, "not_found")
    second = shop.gift(100, code=first.code)
    assert second.id != first.id
    assert told(shop.vouchers.get_voucher, first.code).id == second.id


def test_vouchers_are_listed_by_page_and_order(shop: Shop) -> None:
    made = [shop.discount(100 + number).code for number in range(5)]
    code = sdk.ParameterOrderVouchers.CODE
    newest_first = sdk.ParameterOrderVouchers.MINUS_CREATED_AT

    def listed(**asked: object) -> list[str]:
        body = told(shop.vouchers.list_vouchers, **asked)
        assert (body.object, body.data_ref) == ("list", "vouchers")
        return [each.code for each in body.vouchers]

    assert listed(limit=5) == made[::-1]
    assert listed(limit=2, page=2, order=newest_first) == made[::-1][2:4]
    by_code = listed(limit=100, order=code)
    assert by_code == sorted(by_code, key=str.encode)
    changes = sdk.VouchersUpdateRequestBody(additional_info="touched")
    told(shop.vouchers.update_voucher, made[0], changes)
    assert listed(limit=1, order=sdk.ParameterOrderVouchers.MINUS_UPDATED_AT) == made[:1]


def test_the_pages_of_a_list_are_the_whole_list(shop: Shop, plain: Plain) -> None:
    run = new_code()
    made = [shop.discount(100, metadata={"run": run}).code for _ in range(5)]
    pages = [
        plain.get(
            "/v1/vouchers",
            limit=2,
            page=page,
            order="created_at",
            **{"filters[metadata.run][conditions][$is]": run},
        )
        for page in (1, 2, 3, 4)
    ]
    assert [page["total"] for page in pages] == [5] * 4
    assert [[each["code"] for each in page["vouchers"]] for page in pages] == [
        made[:2], made[2:4], made[4:], [],
    ]  # fmt: skip


def test_a_list_shows_a_voucher_as_it_is_now(shop: Shop) -> None:
    code = shop.gift(500, redemption={"quantity": 3}).code
    shop.redeem(code, order={"amount": 200})
    (first,) = told(shop.vouchers.list_vouchers, code=code).vouchers
    assert (first.redemption.redeemed_quantity, first.gift.balance) == (1, 300)
    told(shop.vouchers.delete_voucher, code)
    assert told(shop.vouchers.list_vouchers, code=code).total == 0


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "page=0", "limit=x", "order=colour"])
def test_a_list_is_not_guessed(plain: Plain, query: str) -> None:
    answer = refused_plainly(plain.ask("GET", f"/v1/vouchers?{query}"))
    assert answer == (400, "invalid_query_params")


def test_a_list_ends_at_page_1000(plain: Plain) -> None:
    assert plain.ask("GET", "/v1/vouchers?page=1000&limit=1&code=none").json()["vouchers"] == []
    over = refused_plainly(plain.ask("GET", "/v1/vouchers?page=1001"))
    assert over == (400, "page_over_limit")
