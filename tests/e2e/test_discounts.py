"""Discounts of every kind with the official client: created, read, sent back, validated."""

from typing import Any

import pytest
import voucherify as sdk

from tests.e2e.shop import Shop, new_code, refused, told

ITEMS = [
    {"source_id": "mug", "quantity": 2, "price": 1000, "amount": 2000},
    {"source_id": "hat", "quantity": 1, "price": 3000, "amount": 3000},
]
#: What a discount is, and what it takes of two mugs of 10 and a hat of 30.
KINDS: list[tuple[dict[str, Any], int]] = [
    ({"type": "AMOUNT", "amount_off": 700}, 700),
    ({"type": "AMOUNT", "amount_off": 700, "effect": "APPLY_TO_ITEMS"}, 1400),
    ({"type": "AMOUNT", "amount_off": 700, "effect": "APPLY_TO_ITEMS_BY_QUANTITY"}, 2100),
    ({"type": "AMOUNT", "amount_off": 700, "effect": "APPLY_TO_ITEMS_PROPORTIONALLY"}, 700),
    ({"type": "AMOUNT", "amount_off": 1, "amount_off_formula": "ORDER_AMOUNT / 10"}, 500),
    ({"type": "PERCENT", "percent_off": 50, "amount_limit": 900}, 900),
    ({"type": "PERCENT", "percent_off": 50, "effect": "APPLY_TO_ITEMS"}, 2500),
    ({"type": "FIXED", "fixed_amount": 4000}, 1000),
    ({"type": "FIXED", "fixed_amount": 500, "effect": "APPLY_TO_ITEMS"}, 3500),
]


def worth(shop: Shop, code: str) -> Any:
    """The order after the voucher."""
    order = {"items": ITEMS}
    answer = shop.validate(code, order=order)
    assert answer.valid
    return answer.order


@pytest.mark.parametrize(("discount", "taken"), KINDS)
def test_a_discount_is_kept_and_takes_what_it_says(
    shop: Shop, discount: dict[str, Any], taken: int
) -> None:
    made = shop.voucher(discount=discount)
    assert made.discount.model_dump(exclude_none=True) == discount
    assert worth(shop, made.code).total_discount_amount == taken
    # what a client read, it may send back
    change = sdk.VouchersUpdateRequestBody(discount=made.discount)
    assert told(shop.vouchers.update_voucher, made.code, change).discount == made.discount


def test_free_units_are_shown_with_their_product(shop: Shop) -> None:
    products = sdk.ProductsApi(shop.vouchers.api_client)
    name = new_code()
    body = sdk.ProductsCreateRequestBody(source_id=name, name="Sticker", price=250)
    product = told(products.create_product, body)
    one = {"unit_type": product.id, "unit_off": 2, "effect": "ADD_NEW_ITEMS"}
    for discount in (
        {"type": "UNIT", **one},
        {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": [one]},
    ):
        made = shop.voucher(discount=discount)
        unit = made.discount if made.discount.units is None else made.discount.units[0]
        assert (unit.product.id, unit.product.name) == (product.id, "Sticker")
        after = worth(shop, made.code)
        assert (after.amount, after.total_discount_amount, after.total_amount) == (5500, 500, 5000)
        change = sdk.VouchersUpdateRequestBody(discount=made.discount)
        assert told(shop.vouchers.update_voucher, made.code, change).discount == made.discount


def test_a_formula_that_cannot_be_read_is_named(shop: Shop) -> None:
    discount = {"type": "AMOUNT", "amount_off": 1, "amount_off_formula": "1 + NOTHING"}
    body = sdk.VouchersCreateWithSpecificCodeRequestBody.from_dict(
        {"type": "DISCOUNT_VOUCHER", "discount": discount}
    )
    error = refused(shop.vouchers.create_voucher, new_code(), body)
    assert error[:2] == (400, "invalid_payload")
    assert "`.discount.amount_off_formula`" in error.body["details"]
    assert "at character 5: NOTHING is not known" in error.body["details"]
