"""Money arithmetic: integer minor units, exact decimals, and the one place that rounds."""

from decimal import Decimal


def half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest integer, halves away from zero; neither is negative."""
    return (2 * numerator + denominator) // (2 * denominator)


def percent_of(amount_minor: int, percent: Decimal) -> int:
    """`percent` of an amount, computed exactly and rounded half up."""
    numerator, denominator = percent.as_integer_ratio()
    return half_up(amount_minor * numerator, 100 * denominator)
