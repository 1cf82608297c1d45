"""Formulas: every operand and function of the contract, section 6, and what has no value."""

from decimal import Decimal

import pytest

from engine.formulas.formula import FormulaError, parse_formula
from engine.formulas.functions import FUNCTIONS, METADATA, PLAIN
from engine.formulas.operands import RequestOperands
from schemas.promotions import PromotionTier
from tests.unit.engine.rule_world import discount, everything_known, facts
from tests.unit.engine.world import DAY, NOON

KNOWN = everything_known()
TIER = PromotionTier(
    id="promo_1",
    campaign_id="camp_1",
    name="tier",
    created_at=NOON,
    discount=discount(),
    start_date=NOON - DAY,
    expiration_date=NOON + DAY,
    metadata={"number": 8},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 2 mugs of 10, 3 shirts of 30, 5 posters of 20
        ("ORDER_AMOUNT", "21000"),
        ("order_amount", "21000"),
        ("ORDER_ITEMS_QUANTITY", "3"),
        ("ORDER_UNITS_QUANTITY", "10"),
        ('ORDER_METADATA("number")', "5"),
        ('CUSTOMER_METADATA("number")', "5"),
        ('REDEMPTION_METADATA("number")', "5"),
        ('REDEEMABLE_METADATA("number")', "5"),
        ('PUBLICATION_METADATA("number")', "5"),
        ("CHEAPEST_ORDER_ITEM_PRICE", "1000"),
        ("CHEAPEST_ORDER_ITEM_AMOUNT", "2000"),
        ("CHEAPEST_ORDER_ITEM_SUBTOTAL", "2000"),
        ("CHEAPEST_ORDER_ITEM_UNITS_QUANTITY", "2"),
        ("MOST_EXPENSIVE_ORDER_ITEM_PRICE", "3000"),
        ("MOST_EXPENSIVE_ORDER_ITEM_AMOUNT", "9000"),
        ("MOST_EXPENSIVE_ORDER_ITEM_SUBTOTAL", "9000"),
        ("MOST_EXPENSIVE_ORDER_ITEM_UNITS_QUANTITY", "3"),
        ('CHEAPEST_ORDER_ITEM_METADATA("number")', None),
        ('MOST_EXPENSIVE_ORDER_ITEM_PRODUCT_METADATA("paper")', None),
        ("ORDER_ITEM_PRICE", None),
        ("VOUCHER_REDEMPTION_QUANTITY", "7"),
        ("VOUCHER_REDEEMED_QUANTITY", "3"),
        ("VOUCHER_PUBLISH_COUNT", "2"),
        ("DAY_OF_MONTH(VOUCHER_START_DATE)", "14"),
        ("YEAR(VOUCHER_EXPIRATION_DATE)", None),
        ("YEAR(PROMOTION_TIER_START_DATE)", None),
        ("MONTH(CUSTOMER_BIRTHDATE)", "2"),
        ("MONTH()", "1"),
        ("YEAR(TODAY)", "2025"),
        ("DAY_OF_MONTH(NOW)", "15"),
        ("IF(NOW > TODAY; 1; 2)", "1"),
        ('IF(DATE("2025-01-15") = TODAY; 1; 2)', "1"),
        ('IF(DATE_TIME("2025-01-15T11:59:59Z") < NOW; 1; 2)', "1"),
        ('IF(CUSTOMER_METADATA("date") > DATE("2025-01-14"); 1; 2)', "2"),
        ("MIN(3; 1; 2)", "1"),
        ("MAX(3; ORDER_ITEMS_QUANTITY; 5)", "5"),
        ("POW(2; 10)", "1024"),
        ("POW(4; 0.5)", "2"),
        ("POW(2; 101)", None),
        ("POW(0 - 1; 0.5)", None),
        ("IF(1 > 2; 3; 4)", "4"),
        ("IF(1; 3; 1/0)", "3"),
        ('DEFAULT_TO(ORDER_METADATA("nothing"); 9)', "9"),
        ("DEFAULT_TO(1/0; 9)", "9"),
        ("ROUND(2.345; 2)", "2.35"),
        ("ROUND(2.5)", "3"),
        ("FLOOR(2.99; 1)", "2.9"),
        ("CEIL(2.01)", "3"),
        ("ROUND(125; -1)", "130"),
        ("ROUND(1; 99)", None),
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 2 - 3", "5"),
        ("10 / 4", "2.5"),
        ("10 % 4", "2"),
        ("-3 + 1", "-2"),
        ("IF(1 < 2 AND 2 < 3; 1; 2)", "1"),
        ("IF(1 > 2 or 2 < 3; 1; 2)", "1"),
        ("IF(2 >= 2 and 2 <= 2 and 1 <> 2 and 1 != 2; 1; 2)", "1"),
        ('IF(ORDER_METADATA("text") = "blue moon"; 1; 2)', "1"),
        ('IF(ORDER_METADATA("text") > "blue"; 1; 2)', None),
        ('ORDER_METADATA("text")', None),
        ('ORDER_METADATA("deep.er")', None),
        ("1 = 1", None),
        ("1 / 0", None),
        ("TODAY + 1", None),
        ('DATE("soon")', None),
    ],
)
def test_a_formula_comes_to_a_number_or_has_no_value(text: str, expected: str | None) -> None:
    found = parse_formula(text).value(RequestOperands(KNOWN))
    assert found == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ORDER_ITEM_PRICE", "2000"),
        ("ORDER_ITEM_AMOUNT", "10000"),
        ("ORDER_ITEM_SUBTOTAL", "10000"),
        ("ORDER_ITEM_UNITS_QUANTITY", "5"),
        ('ORDER_ITEM_METADATA("number")', "5"),
        ('IF(ORDER_ITEM_PRODUCT_METADATA("paper") = "thick"; 1; 2)', "1"),
    ],
)
def test_operands_of_a_line_are_those_of_the_line_it_is_for(text: str, expected: str) -> None:
    assert parse_formula(text).value(RequestOperands(KNOWN, KNOWN.lines[2])) == Decimal(expected)


def test_dates_of_a_tier_are_those_of_the_tier() -> None:
    known = everything_known(voucher=None, tier=TIER)
    for text, expected in [
        ("DAY_OF_MONTH(PROMOTION_TIER_START_DATE)", 14),
        ("DAY_OF_MONTH(PROMOTION_TIER_EXPIRATION_DATE)", 16),
        ('REDEEMABLE_METADATA("number")', 8),
        ("VOUCHER_REDEEMED_QUANTITY", None),
    ]:
        assert parse_formula(text).value(RequestOperands(known)) == expected


@pytest.mark.parametrize("name", sorted(PLAIN | METADATA))
def test_a_request_about_nothing_gives_a_value_or_none(name: str) -> None:
    text = f'{name}("x")' if name in METADATA else name
    found = parse_formula(f"DEFAULT_TO({text}; 1)").value(RequestOperands(facts()))
    assert found is None or found.is_finite()


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("1 +", 2),
        ("1 2", 2),
        ("NOTHING", 0),
        ("1 + NOTHING(2)", 4),
        ("IF(1; 2)", 0),
        ("MIN()", 0),
        ("ORDER_METADATA", 0),
        ("ORDER_METADATA(1)", 0),
        ("ORDER_AMOUNT(1)", 0),
        ('"open', 0),
        ("1" * 31, 30),
        ("1;2", 1),
        ("__import__('os')", 0),
    ],
)
def test_what_cannot_be_read_says_where(text: str, position: int) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    assert caught.value.position == position


@pytest.mark.parametrize(
    "text",
    [
        "1" + " + 1" * 2000,
        "-" * 200 + "1",
        "MIN(" * 200 + "1" + ")" * 200,
        "1" + "+1" * 200,
    ],
)
def test_a_formula_is_bounded(text: str) -> None:
    with pytest.raises(FormulaError):
        parse_formula(text)


@pytest.mark.parametrize("text", ["9" * 30 + ("*" + "9" * 30) * 90, "POW(POW(POW(9;99);99);99)"])
def test_a_number_cannot_grow(text: str) -> None:
    assert parse_formula(text).value(RequestOperands(KNOWN)) is None


def test_every_function_is_in_the_table() -> None:
    assert set(FUNCTIONS) == {
        *("MIN", "MAX", "POW", "IF", "DEFAULT_TO", "ROUND", "FLOOR", "CEIL"),
        *("DATE", "DATE_TIME", "DAY_OF_MONTH", "MONTH", "YEAR"),
    }


def test_every_operand_is_in_the_table() -> None:
    """Source: the API contract, section 6."""
    of_item = {"PRICE", "AMOUNT", "SUBTOTAL", "UNITS_QUANTITY"}
    of_metadata = {"METADATA", "PRODUCT_METADATA"}
    whose = ("ORDER_ITEM_", "CHEAPEST_ORDER_ITEM_", "MOST_EXPENSIVE_ORDER_ITEM_")
    assert set(PLAIN) == {
        *("ORDER_AMOUNT", "ORDER_ITEMS_QUANTITY", "ORDER_UNITS_QUANTITY"),
        *("VOUCHER_REDEMPTION_QUANTITY", "VOUCHER_REDEEMED_QUANTITY", "VOUCHER_PUBLISH_COUNT"),
        *("VOUCHER_START_DATE", "VOUCHER_EXPIRATION_DATE"),
        *("PROMOTION_TIER_START_DATE", "PROMOTION_TIER_EXPIRATION_DATE"),
        *("CUSTOMER_BIRTHDATE", "TODAY", "NOW"),
        *(f"{each}{name}" for each in whose for name in of_item),
    }
    assert set(METADATA) == {
        *(f"{each}_METADATA" for each in ("ORDER", "CUSTOMER", "REDEMPTION", "REDEEMABLE")),
        "PUBLICATION_METADATA",
        *(f"{each}{name}" for each in whose for name in of_metadata),
    }
