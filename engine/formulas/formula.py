"""Formulas: what a discount or a price is worth, worked out from the order and what is known.

`IF(ORDER_AMOUNT > 10000; 15; 10)`. Arguments stand between `;`. Numbers are exact decimals, amounts
are minor units. What cannot be worked out (an operand without a value, a text where a number is
wanted, a division by zero) has no value; then the static value beside the formula counts.

Safe, whatever is written: a text is bounded in length and depth, and nothing in it repeats.
Source of operands and functions: the API contract, section 6.
"""

from decimal import Decimal, DecimalException
from typing import NamedTuple, cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput

from engine.formulas import functions
from engine.formulas.functions import (
    CONTEXT,
    FUNCTIONS,
    METADATA,
    PLAIN,
    NoValueError,
    Operands,
    Term,
    number_of,
    operand_value,
    truth_of,
)
from engine.kernel.remembered import remember_results

__all__ = ["Formula", "FormulaError", "Operands", "parse_formula"]

LENGTH_MAX = 4000
#: How deep calls, parentheses and chains of signs lie in one another.
DEPTH_MAX = 100


class FormulaError(ValueError):
    """A formula that cannot be read: where (a place in the text, from 0), and why."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"{reason} at character {position + 1}")
        self.position = position
        self.reason = reason


class Formula:
    """A formula that can be worked out."""

    __slots__ = ("_term", "text")

    def __init__(self, text: str, term: Term) -> None:
        self.text = text
        self._term = term

    def value(self, operands: Operands) -> Decimal | None:
        """The number that it comes to; None: it has no value here."""
        try:
            return number_of(self._term(operands))
        except (NoValueError, DecimalException):
            return None


# --- reading

_GRAMMAR = r"""
    ?start: either
    ?either: both | either _OR both -> either
    ?both: compared | both _AND compared -> both
    ?compared: sum | sum COMPARISON sum -> compared
    ?sum: product | sum SIGN product -> joined
    ?product: unary | product TIMES unary -> joined
    ?unary: atom | SIGN unary -> signed
    ?atom: NUMBER -> number
        | STRING -> string
        | NAME -> operand
        | NAME "(" [either (";" either)*] ")" -> call
        | "(" either ")"
    _OR.2: /or\b/i
    _AND.2: /and\b/i
    COMPARISON: />=|<=|<>|!=|>|<|=/
    SIGN: /[+-]/
    TIMES: /[*\/%]/
    NUMBER: /\d{1,30}(\.\d{1,30})?/
    STRING: /"[^"]*"/ | /'[^']*'/
    NAME: /[A-Za-z_][A-Za-z_0-9]*/
    %ignore /\s+/
"""


class _Read(NamedTuple):
    """A term, how deep it is, and the text that it is where it is only a text."""

    term: Term
    depth: int = 0
    text: str | None = None


def _deeper(*parts: _Read) -> int:
    return 1 + max((part.depth for part in parts), default=0)


class _Reading(Transformer[Token, _Read]):
    """What the parser finds, as terms."""

    def number(self, children: list[Token]) -> _Read:
        value = Decimal(children[0])
        return _Read(lambda _: value)

    def string(self, children: list[Token]) -> _Read:
        text = children[0][1:-1]
        return _Read(lambda _: text, text=text)

    def operand(self, children: list[Token]) -> _Read:
        return self.call([children[0]])

    def signed(self, children: tuple[Token, _Read]) -> _Read:
        sign, part = children
        if sign == "+":
            return part
        return _Read(lambda o: CONTEXT.minus(number_of(part.term(o))), _deeper(part))

    def joined(self, children: tuple[_Read, Token, _Read]) -> _Read:
        left, sign, right = children
        how = str(sign)
        return _Read(
            lambda o: functions.calculate(how, left.term(o), right.term(o)), _deeper(left, right)
        )

    def compared(self, children: tuple[_Read, Token, _Read]) -> _Read:
        left, sign, right = children
        how = str(sign)
        return _Read(
            lambda o: functions.compare_values(how, left.term(o), right.term(o), o.zone),
            _deeper(left, right),
        )

    def both(self, children: tuple[_Read, _Read]) -> _Read:
        left, right = children
        return _Read(
            lambda o: truth_of(left.term(o)) and truth_of(right.term(o)), _deeper(left, right)
        )

    def either(self, children: tuple[_Read, _Read]) -> _Read:
        left, right = children
        return _Read(
            lambda o: truth_of(left.term(o)) or truth_of(right.term(o)), _deeper(left, right)
        )

    def call(self, children: list[Token | _Read | None]) -> _Read:
        token = cast("Token", children[0])
        parts = [part for part in children[1:] if isinstance(part, _Read)]
        name, position = str(token).upper(), token.start_pos or 0
        function = FUNCTIONS.get(name)
        if function is not None:
            if not function.least <= len(parts) <= function.most:
                raise FormulaError(position, f"{name} takes another number of arguments")
            terms = [part.term for part in parts]
            apply = function.apply
            return _Read(lambda o: apply(o, *terms), _deeper(*parts))
        if name in PLAIN:
            if parts:
                raise FormulaError(position, f"{name} takes no argument")
            return _Read(lambda o: operand_value(o, name, None))
        if name in METADATA:
            if len(parts) != 1 or parts[0].text is None:
                raise FormulaError(position, f'{name} takes the name of a property in ""')
            argument = parts[0].text
            return _Read(lambda o: operand_value(o, name, argument))
        raise FormulaError(position, f"{name} is not known")


# Transforms while it parses, so no tree is walked by recursion.
_PARSER = Lark(_GRAMMAR, parser="lalr", transformer=_Reading())


@remember_results(120_000)
def parse_formula(text: str) -> Formula:
    """The formula that a text says. Raises FormulaError."""
    if len(text) > LENGTH_MAX:
        raise FormulaError(LENGTH_MAX, f"longer than {LENGTH_MAX} characters")
    try:
        read = cast("_Read", _PARSER.parse(text))
    except UnexpectedInput as error:
        position = cast("int | None", error.pos_in_stream)
        raise FormulaError(len(text) if position is None else position, "cannot be read") from error
    if read.depth > DEPTH_MAX:
        raise FormulaError(0, f"deeper than {DEPTH_MAX} levels")
    return Formula(text, read.term)
