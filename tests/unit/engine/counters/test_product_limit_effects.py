"""What discounts, cards and free units count where limits of products bind them."""

import pytest

from schemas.discounts import Discount
from schemas.vouchers import Gift
from tests.unit.engine.product_limit_world import MUG, counts, limit, order, totals, world
from tests.unit.engine.rule_world import entry
from tests.unit.engine.world import amount, gift_card, percent, redeem, refused, voucher


@pytest.mark.parametrize(
    ("discount", "units"),
    [
        (percent("10"), 3),
        (Discount(type="FIXED", fixed_amount=100), 3),
        (Discount(type="AMOUNT", amount_off=10, effect="APPLY_TO_ITEMS_BY_QUANTITY"), 3),
        (Discount(type="AMOUNT", amount_off=10, effect="APPLY_TO_ITEMS"), 3),
        (Discount(type="UNIT", effect="ADD_SAME_ITEMS", unit_off=9), 3),
        (
            Discount(type="UNIT", effect="REPLACE_ITEMS", unit_type="prod_hat"),
            3,
        ),
        # these are not for the items in scope
        (percent("10", effect="APPLY_TO_ORDER"), 0),
        (Discount(type="UNIT", effect="ADD_NEW_ITEMS", unit_type=MUG, unit_off=9), 0),
        (Discount(type="UNIT", effect="ADD_MISSING_ITEMS", unit_type=MUG, unit_off=9), 0),
    ],
)
def test_what_each_effect_counts(discount: Discount, units: int) -> None:
    made = world(entry(MUG, **limit(quantity=3)), discount=discount)
    record = made.when(redeem("A", order=order(mug=7, hat=1)))
    assert record.refusal is None, record.refusal
    assert sum(counts(made).values()) == units
    again = made.when(redeem("A", order=order(mug=7, hat=1)))
    assert (again.refusal is not None) is (units > 0)


def test_a_gift_card_that_pays_for_items_counts_them() -> None:
    made = world(entry(MUG, **limit(quantity=1)))
    made.given(gift_card("CARD", 5000, campaign_id="camp"))
    assert totals(made.when(redeem("CARD", order=order(mug=3)))) == [1000]
    assert refused(made.when(redeem("CARD", order=order(mug=3)))) == "order_rules_violated"


def test_units_that_are_free_already_do_not_count() -> None:
    free = Discount(type="UNIT", effect="ADD_MISSING_ITEMS", unit_type=MUG, unit_off=2)
    made = world(entry(MUG, **limit(quantity=10))).given(voucher("FREE", free))
    record = made.when(redeem("FREE", "A", order=order(mug=3)))
    assert totals(record) == [2000, 500]
    assert counts(made) == {f"campaign/camp/product/{MUG}": 1}


def test_amounts_off_each_line_are_within_the_limit() -> None:
    made = world(entry(MUG, **limit(quantity=1)), discount=amount(700))
    assert totals(made.when(redeem("A", order=order(mug=2)))) == [700]


def test_added_units_count_as_many_as_are_added() -> None:
    one_more = Discount(type="UNIT", effect="ADD_SAME_ITEMS", unit_off=1)
    made = world(entry(MUG, **limit(quantity=3)), discount=one_more)
    for _ in range(3):
        assert totals(made.when(redeem("A", order=order(mug=7)))) == [1000]
    assert refused(made.when(redeem("A", order=order(mug=7)))) == "order_rules_violated"


def test_a_gift_card_for_the_order_is_not_bound() -> None:
    made = world(entry(MUG, **limit(quantity=0)))
    gift = Gift(amount=500, balance=500, effect="APPLY_TO_ORDER")
    made.given(gift_card("CARD", gift=gift, campaign_id="camp"))
    assert totals(made.when(redeem("CARD", order=order(mug=1)))) == [500]
    assert counts(made) == {}


def test_limits_within_an_order_hold_beside_those_over_all() -> None:
    made = world(entry(MUG, quantity_limit=1, **limit(quantity=2)))
    for _ in range(2):
        assert totals(made.when(redeem("A", order=order(mug=3)))) == [500]
    assert refused(made.when(redeem("A", order=order(mug=3)))) == "order_rules_violated"
