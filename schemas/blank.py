"""Texts that show nothing: spaces, tabs, no-break spaces, and what has no width.

A form that was left empty often sends one. As a name it would be the same for all who left it empty,
so it names nobody and nothing.
"""

import unicodedata
from typing import Final

from msgspec import structs

from schemas.api import CustomerInput

#: Control characters, and marks without a width such as U+200B.
_UNSEEN: Final = frozenset({"Cc", "Cf"})
#: The members by which a customer is known again.
_NAMES: Final = ("id", "source_id", "email")


def is_blank(text: str) -> bool:
    """Whether a text shows nothing."""
    if "!" <= text[:1] <= "~":  # nearly every text
        return False
    return all(each.isspace() or unicodedata.category(each) in _UNSEEN for each in text)


def name_in(text: str | None) -> str | None:
    """The text where it can name something, else None."""
    return None if text is None or is_blank(text) else text


def without_blanks(named: CustomerInput) -> CustomerInput:
    """The customer as the request names it, what is blank left out."""
    blank: dict[str, None] = {}
    for name in _NAMES:
        text: str | None = getattr(named, name)
        if text and is_blank(text):
            blank[name] = None
    return structs.replace(named, **blank) if blank else named


def says_nothing(named: CustomerInput) -> bool:
    """Whether nothing that is said of the customer can be seen."""
    return not any(
        not is_blank(value) if isinstance(value, str) else value for value in structs.astuple(named)
    )
