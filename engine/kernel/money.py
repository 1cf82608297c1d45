"""Money arithmetic: integer minor units, exact decimals, and the one place that rounds."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def divide_half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest integer, halves away from zero; neither is negative."""
    return (2 * numerator + denominator) // (2 * denominator)


def percent_of(amount_minor: int, percent: Decimal) -> int:
    """`percent` of an amount, computed exactly and rounded half up."""
    numerator, denominator = percent.as_integer_ratio()
    return divide_half_up(amount_minor * numerator, 100 * denominator)


def split_amount(total: int, weights: Sequence[int]) -> list[int]:
    """The total in parts as the weights are, by the largest remainder; ties go to the earlier part.

    Law: the parts sum to the total, and each is its exact share rounded down or up. Nothing is
    given where all weights are 0. Neither the total nor a weight is negative.
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    short = total - sum(parts)
    if short:
        rests = [total * weight % whole for weight in weights]
        for n in sorted(range(len(weights)), key=rests.__getitem__, reverse=True)[:short]:
            parts[n] += 1
    return parts


def fill_parts(total: int, weights: Sequence[int], bounds: Sequence[int]) -> list[int]:
    """The total in parts as the weights are, none above its bound; what one cannot bear, others do.

    Law: the parts sum to the total, or to the bounds of those that have a weight where these are
    less. None of it is negative.
    """
    parts = split_amount(total, weights)
    if all(part <= bound for part, bound in zip(parts, bounds, strict=True)):
        return parts
    parts = [0] * len(weights)
    whole = sum(weights)
    open_parts = [n for n, weight in enumerate(weights) if weight]
    # those that are full first come first; from the first that is not, none is
    open_parts.sort(key=lambda n: Fraction(bounds[n], weights[n]))
    for place, n in enumerate(open_parts):
        if total * weights[n] < bounds[n] * whole:
            rest = sorted(open_parts[place:])
            for m, part in zip(rest, split_amount(total, [weights[m] for m in rest]), strict=True):
                parts[m] = part
            break
        parts[n] = bounds[n]
        total -= bounds[n]
        whole -= weights[n]
    return parts
