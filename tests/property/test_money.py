"""The laws of money."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from engine.evaluation.evaluate import Asker, evaluate_for
from engine.kernel.money import divide_half_up, percent_of
from engine.pricing import discounts
from engine.pricing.basket import Basket
from engine.pricing.discounts import gift_credits
from schemas.api import OrderInput, OrderItemInput
from schemas.base import AMOUNT_MAX
from schemas.discounts import Discount
from schemas.orders import Order
from schemas.vouchers import Voucher
from tests.unit.engine.pricing.arithmetic import terms
from tests.unit.engine.world import World, gift_card, redeem, voucher

SERVER = Asker(None, "server")
MINOR = st.integers(0, AMOUNT_MAX)
PERCENT = st.decimals(0, 100, places=4)
DISCOUNT = st.one_of(
    st.builds(Discount, type=st.just("AMOUNT"), amount_off=MINOR),
    st.builds(
        Discount, type=st.just("PERCENT"), percent_off=PERCENT, amount_limit=st.none() | MINOR
    ),
)
VOUCHER = st.one_of(
    DISCOUNT.map(lambda discount: voucher("X", discount)),
    st.integers(1, AMOUNT_MAX).map(lambda balance: gift_card("X", balance)),
)


@given(st.integers(0, 10**30), st.integers(1, 10**20))
def test_rounding_is_never_off_by_more_than_a_half(numerator: int, denominator: int) -> None:
    off = divide_half_up(numerator, denominator) - Fraction(numerator, denominator)
    assert Fraction(-1, 2) < off <= Fraction(1, 2)


@given(MINOR, PERCENT)
def test_a_percentage_and_its_complement_make_the_whole_within_one(
    amount: int, off: Decimal
) -> None:
    parts = percent_of(amount, off) + percent_of(amount, 100 - off)
    assert amount <= parts <= amount + 1


@given(DISCOUNT, MINOR, MINOR)
def test_a_larger_order_gets_no_smaller_discount(discount: Discount, one: int, two: int) -> None:
    small, large = sorted((one, two))
    assert 0 <= _off(discount, small) <= _off(discount, large) <= large
    assert _off(discount, small) <= small


@given(st.none() | MINOR, MINOR, MINOR)
def test_credits_never_exceed_what_is_there_nor_what_is_left(
    asked: int | None, available: int, left: int
) -> None:
    spent = gift_credits(asked, available, left)
    assert 0 <= spent <= min(available, left)


@given(st.lists(VOUCHER, min_size=1, max_size=8), MINOR)
def test_the_parts_sum_to_the_discount_and_the_total_to_the_amount(
    vouchers: list[Voucher], amount: int
) -> None:
    codes = [f"X{n}" for n in range(len(vouchers))]
    world = World()
    for code, made in zip(codes, vouchers, strict=True):
        world.given(_renamed(made, code))
    evaluation = evaluate_for(world.view, redeem(*codes, order=amount), SERVER, world.now)
    assert evaluation.valid
    order = evaluation.order
    assert order is not None
    taken = [outcome.taken.order for outcome in evaluation.outcomes if outcome.taken is not None]
    assert len(taken) == min(len(vouchers), 5)
    assert sum(taken) == order.discount_amount <= amount
    assert min(taken) >= 0


@given(
    st.lists(
        st.builds(
            OrderItemInput,
            quantity=st.integers(0, 1000),
            price=st.integers(0, 10**6),
            amount=st.none() | st.integers(0, 10**6),
        ),
        min_size=1,
        max_size=10,
    ),
    st.none() | MINOR,
    DISCOUNT,
)
def test_an_order_is_the_sum_of_its_items_unless_its_amount_is_given(
    items: list[OrderItemInput], amount: int | None, discount: Discount
) -> None:
    world = World().given(voucher("A", discount))
    given_order = OrderInput(amount=amount, items=tuple(items))
    order = evaluate_for(world.view, redeem("A", order=given_order), SERVER, world.now).order
    assert order is not None and order.items is not None and order.amount is not None
    assert order.amount == (
        amount if amount is not None else sum(item.amount or 0 for item in order.items)
    )
    assert 0 <= order.discount_amount <= order.amount


def _off(discount: Discount, amount: int) -> int:
    return discounts.take_discount(discount, Basket(Order(amount=amount)), None, terms()).order


def _renamed(made: Voucher, code: str) -> Voucher:
    return voucher(code, made.discount) if made.gift is None else gift_card(code, made.gift.balance)
