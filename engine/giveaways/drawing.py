"""The draw itself, which anybody can repeat from what is published.

The ids of the entries are sorted as texts. The seed is a text of 64 hexadecimal digits. Random
numbers below `n` come of the blocks SHA-256(seed + "/" + counter), the counter from 0 on in decimal
digits: the first eight bytes of a block are a number, the most significant first, which is passed
over where it is not below the greatest multiple of `n` up to 2^64, so that none is likelier than
another; its remainder by `n` is what was drawn. For each place from the first on, one of those who
are left is drawn, and changes places with the first of them (Fisher and Yates).

What is drawn for the first places does not depend on how many places there are.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

#: A number of eight bytes is below it.
SPACE: Final = 2**64
_BYTES: Final = 8


def commitment_of(seed: str) -> str:
    """What is published of a seed before it is: its SHA-256, in hexadecimal digits."""
    return sha256(seed.encode()).hexdigest()


def entries_digest(ids: Sequence[str]) -> str:
    """SHA-256 over the sorted ids, each with a line feed."""
    return sha256("".join(f"{each}\n" for each in sorted(ids)).encode()).hexdigest()


def draw_entries(seed: str, ids: Sequence[str], places: int) -> list[str]:
    """The entries that are drawn for so many places, or for as many as there are entries."""
    left = sorted(ids)
    blocks = _numbers(seed)
    places = min(places, len(left))
    for place in range(places):
        other = place + _below(blocks, len(left) - place)
        left[place], left[other] = left[other], left[place]
    return left[:places]


def _numbers(seed: str) -> Iterator[int]:
    counter = 0
    while True:
        block = sha256(f"{seed}/{counter}".encode()).digest()
        yield int.from_bytes(block[:_BYTES], "big")
        counter += 1


def _below(numbers: Iterator[int], bound: int) -> int:
    fair = SPACE - SPACE % bound
    return next(number for number in numbers if number < fair) % bound
