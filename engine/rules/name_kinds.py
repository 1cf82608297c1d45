"""The kinds of names that conditions can be about (engine/rules/names.py)."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from engine.pricing.basket import Line
from engine.rules.facts import Facts
from engine.rules.value_kinds import Kind

RefusalKey = Literal["order_rules_violated", "customer_rules_violated", "redemption_rules_violated"]


class Chosen(NamedTuple):
    """The lines that a rule chose, and the one of them that is looked at."""

    lines: Sequence[Line]
    line: Line


class Plain(NamedTuple):
    """A name about the request; its value is worked out with the rule's property."""

    kind: Kind
    refusal: RefusalKey
    value: Callable[[Facts, str | None], Any]
    #: Whether a rule has to say which property it is about.
    property: bool = False
    #: For a value of each line: whether one of them has to meet the conditions, or all.
    quantifier: Literal["any", "each"] | None = None
    #: Whether it is only known once the discount is worked out, or only of a customer.
    needs: Literal["taken", "customer"] | None = None
    #: Personal data never enters a record in the clear, so such a value is not told.
    personal: bool = False


class OfLine(NamedTuple):
    """A name about a line, or about the chosen lines together."""

    kind: Kind
    value: Callable[[Facts, Chosen, str | None], Any]
    property: bool = False


class Choosing(NamedTuple):
    """A name that chooses lines by its conditions."""

    kind: Kind
    #: What the conditions are about for one line; None: they name items.
    value: Callable[[Facts, Line, str | None], Any] | None
    #: How many of the lines have to be chosen and meet the nested rules.
    quantifier: Literal["any", "every", "none"] = "any"
    #: Which lines are looked at; None: all.
    among: Callable[[list[Line]], Line | None] | None = None
    property: bool = False
    #: The member of a line that says its first name, for those that need not be looked up.
    said: Literal["product_id", "sku_id"] | None = None
