"""What formulas are made of: values, operands and functions (engine/formulas/formula.py reads them).

Numbers keep to a context of 34 digits, so that a power cannot grow.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, DecimalException
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol, cast

from engine.kernel.calendar import Zone, day_of, parse_instant, wall_of
from schemas.base import Millis

#: The largest power, and the most digits that a number is rounded to.
POWER_MAX = 100
DIGITS_MAX = 12

CONTEXT: Final = Context(prec=34, Emin=-99, Emax=99)


class Operands(Protocol):
    """The values that a formula names, each worked out when it is asked for."""

    @property
    def zone(self) -> Zone:
        """The project's time zone, in which dates without an offset are read."""

    def operand(self, name: str, argument: str | None) -> Decimal | str | None:
        """The value; a date as text, an amount in minor units; None: there is none."""


class Instant(NamedTuple):
    """A point in time, in milliseconds."""

    at: Millis


Value = Decimal | str | bool | Instant
Term = Callable[[Operands], Value]


class NoValueError(Exception):
    """Something in a formula has no value here."""


def number_of(value: Value) -> Decimal:
    """A number, or a text that says one. Raises NoValueError."""
    if isinstance(value, Decimal):
        return CONTEXT.plus(value)
    if isinstance(value, str):
        try:
            found = Decimal(value)
        except DecimalException:
            raise NoValueError from None
        if found.is_finite():
            return CONTEXT.plus(found)
    raise NoValueError


def _instant(value: Value, zone: Zone) -> Millis:
    if isinstance(value, Instant):
        return value.at
    found = parse_instant(value, zone) if isinstance(value, str) else None
    if found is None:
        raise NoValueError
    return found


def truth_of(value: Value) -> bool:
    """Comparisons are true or false; a number is true unless it is zero."""
    return value if isinstance(value, bool) else number_of(value) != 0


def _whole(value: Value, largest: int) -> int:
    number = number_of(value)
    if number != number.to_integral_value() or abs(number) > largest:
        raise NoValueError
    return int(number)


# --- functions: each is given its arguments, unevaluated


def _min(operands: Operands, *terms: Term) -> Value:
    """The smallest of the numbers."""
    return min(number_of(term(operands)) for term in terms)


def _max(operands: Operands, *terms: Term) -> Value:
    """The largest of the numbers."""
    return max(number_of(term(operands)) for term in terms)


def _pow(operands: Operands, base: Term, exponent: Term) -> Value:
    """A power, of at most `POWER_MAX`."""
    by = number_of(exponent(operands))
    if abs(by) > POWER_MAX:
        raise NoValueError
    return CONTEXT.power(number_of(base(operands)), by)


def _if(operands: Operands, condition: Term, then: Term, otherwise: Term) -> Value:
    """One of two values; only that one is worked out."""
    return then(operands) if truth_of(condition(operands)) else otherwise(operands)


def _default_to(operands: Operands, term: Term, otherwise: Term) -> Value:
    """The first value, or the second where the first has none."""
    try:
        return term(operands)
    except (NoValueError, DecimalException):
        return otherwise(operands)


def _rounding_function(rounding: str) -> Callable[..., Value]:
    def rounded(operands: Operands, term: Term, digits: Term | None = None) -> Value:
        """A number with so many digits after the point; without a second argument, none."""
        places = 0 if digits is None else _whole(digits(operands), DIGITS_MAX)
        number = number_of(term(operands))
        return number.quantize(Decimal(1).scaleb(-places), rounding, CONTEXT)

    return rounded


def _date(operands: Operands, text: Term) -> Value:
    """Midnight of the day that a text names."""
    zone = operands.zone
    return Instant(day_of(_instant(text(operands), zone), zone))


def _date_time(operands: Operands, text: Term) -> Value:
    """The instant that a text names."""
    return Instant(_instant(text(operands), operands.zone))


def _part(of: Callable[[datetime], int]) -> Callable[..., Value]:
    def part(operands: Operands, day: Term | None = None) -> Value:
        """A part of a date; without an argument, of today."""
        value = operand_value(operands, "TODAY", None) if day is None else day(operands)
        zone = operands.zone
        try:
            wall = wall_of(_instant(value, zone), zone)
            return Decimal(of(datetime.fromtimestamp(wall / 1000, UTC)))
        except (OverflowError, ValueError, OSError):
            raise NoValueError from None

    return part


class Function(NamedTuple):
    """A function and how many arguments it takes."""

    apply: Callable[..., Value]
    least: int
    most: int


_ARGUMENTS_MAX: Final = 100
FUNCTIONS: Final[Mapping[str, Function]] = MappingProxyType(
    {
        "MIN": Function(_min, 1, _ARGUMENTS_MAX),
        "MAX": Function(_max, 1, _ARGUMENTS_MAX),
        "POW": Function(_pow, 2, 2),
        "IF": Function(_if, 3, 3),
        "DEFAULT_TO": Function(_default_to, 2, 2),
        "ROUND": Function(_rounding_function(ROUND_HALF_UP), 1, 2),
        "FLOOR": Function(_rounding_function(ROUND_FLOOR), 1, 2),
        "CEIL": Function(_rounding_function(ROUND_CEILING), 1, 2),
        "DATE": Function(_date, 1, 1),
        "DATE_TIME": Function(_date_time, 1, 1),
        "DAY_OF_MONTH": Function(_part(lambda day: day.day), 0, 1),
        "MONTH": Function(_part(lambda day: day.month), 0, 1),
        "YEAR": Function(_part(lambda day: day.year), 0, 1),
    }
)
_LINES: Final = ("ORDER_ITEM", "CHEAPEST_ORDER_ITEM", "MOST_EXPENSIVE_ORDER_ITEM")
DATES: Final = frozenset(
    {
        "TODAY",
        "NOW",
        "CUSTOMER_BIRTHDATE",
        "VOUCHER_START_DATE",
        "VOUCHER_EXPIRATION_DATE",
        "PROMOTION_TIER_START_DATE",
        "PROMOTION_TIER_EXPIRATION_DATE",
    }
)
#: Operands without an argument, and those that name a property of metadata.
PLAIN: Final = frozenset(
    {
        *DATES,
        "ORDER_AMOUNT",
        "ORDER_ITEMS_QUANTITY",
        "ORDER_UNITS_QUANTITY",
        "VOUCHER_REDEMPTION_QUANTITY",
        "VOUCHER_REDEEMED_QUANTITY",
        "VOUCHER_PUBLISH_COUNT",
        *(
            f"{line}_{what}"
            for line in _LINES
            for what in ("PRICE", "AMOUNT", "SUBTOTAL", "UNITS_QUANTITY")
        ),
    }
)
METADATA: Final = frozenset(
    {
        "ORDER_METADATA",
        "CUSTOMER_METADATA",
        "REDEMPTION_METADATA",
        "REDEEMABLE_METADATA",
        "PUBLICATION_METADATA",
        *(f"{line}_{what}" for line in _LINES for what in ("METADATA", "PRODUCT_METADATA")),
    }
)


def operand_value(operands: Operands, name: str, argument: str | None) -> Value:
    """What an operand stands for here. Raises NoValueError."""
    found = operands.operand(name, argument)
    if found is None:
        raise NoValueError
    return Instant(_instant(found, operands.zone)) if name in DATES else found


def calculate(sign: str, left: Value, right: Value) -> Value:
    """Two numbers added, subtracted, multiplied, divided, or what remains of a division."""
    one, other = number_of(left), number_of(right)
    if sign == "+":
        return CONTEXT.add(one, other)
    if sign == "-":
        return CONTEXT.subtract(one, other)
    if sign == "*":
        return CONTEXT.multiply(one, other)
    if sign == "/":
        return CONTEXT.divide(one, other)
    return CONTEXT.remainder(one, other)


def compare_values(sign: str, left: Value, right: Value, zone: Zone) -> bool:
    """Dates with dates, numbers with numbers; texts that are neither are equal or not."""
    one: Millis | Decimal | str
    other: Millis | Decimal | str
    if isinstance(left, Instant) or isinstance(right, Instant):
        one, other = _instant(left, zone), _instant(right, zone)
    else:
        try:
            one, other = number_of(left), number_of(right)
        except NoValueError:
            if sign not in {"=", "<>", "!="} or isinstance(left, bool) or isinstance(right, bool):
                raise
            one, other = str(left), str(right)
    if sign == "=":
        return one == other
    if sign in {"<>", "!="}:
        return one != other
    ordered = cast("Decimal", one), cast("Decimal", other)
    if sign.startswith(">"):
        return ordered[0] > ordered[1] or (sign == ">=" and one == other)
    return ordered[0] < ordered[1] or (sign == "<=" and one == other)
