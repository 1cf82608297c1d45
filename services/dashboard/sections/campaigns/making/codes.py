"""What codes of a pattern look like, and how many there can be."""

import math
import random
import string
from collections.abc import Mapping
from typing import Final

from services.dashboard.parts.show import Show

#: Name → label and characters. Without what is easily mistaken for something else where it says so.
CHARSETS: Final[Mapping[str, tuple[str, str]]] = {
    "plain": ("Capital letters and digits, none alike", "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"),
    "any": ("Letters and digits", string.digits + string.ascii_letters),
    "capitals": ("Capital letters", string.ascii_uppercase),
    "digits": ("Digits", string.digits),
}
#: How many codes one guess has to be chosen from before it is called hard.
GUESSES_MIN: Final = 1_000_000
EXAMPLES: Final = 3
#: Of a rule with more codes than that a tenth stays free (docs/api.md, Codes).
WHOLE_UP_TO: Final = 20_000


def charset_of(name: str) -> str:
    """The characters of a named set."""
    return CHARSETS.get(name, CHARSETS["plain"])[1]


def count_codes(pattern: str, charset: str) -> int:
    """How many codes a pattern can have."""
    return int(len(charset) ** pattern.count("#"))


def room_of(pattern: str, charset: str) -> int:
    """How many codes can be made of a pattern."""
    space = count_codes(pattern, charset)
    return space if space <= WHOLE_UP_TO else space * 9 // 10


def example_codes(pattern: str, charset: str) -> list[str]:
    """Codes such as the pattern makes; the same ones for the same pattern."""
    draw = random.Random(pattern + charset)  # noqa: S311 - examples, nothing that is given to anybody
    return [
        "".join(draw.choice(charset) if sign == "#" else sign for sign in pattern)
        for _ in range(EXAMPLES)
    ]


def say_count(count: int, show: Show) -> str:
    """A count in words where its digits say nothing."""
    if count < 10**15:
        return show.number(count)
    return f"10 to the power of {math.floor(math.log10(count))}"
