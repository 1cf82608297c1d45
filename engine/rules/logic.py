"""The logic of a set of rules: `1 and (2 or not 3)`, without regard to case.

`not` binds more strongly than `and`, `and` more than `or`. A set without logic wants all its rules.
What is parsed is bounded, so that neither its reading nor its evaluation can be made to take long.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput

from engine.kernel.remembered import remember_results

#: How long it is, and how deep its parentheses and nots lie.
LENGTH_MAX = 4000
DEPTH_MAX = 30

_GRAMMAR = r"""
    ?start: either
    ?either: both (_OR both)*
    ?both: unary (_AND unary)*
    ?unary: _NOT unary -> negation
        | NUMBER -> number
        | "(" either ")"
    _OR.2: /or\b/i
    _AND.2: /and\b/i
    _NOT.2: /not\b/i
    NUMBER: /(?!(and|or|not)\b)\w+/i
    %ignore /\s+/
"""


class Expression(NamedTuple):
    """A rule by its number, or several expressions and how they are joined."""

    join: Literal["rule", "and", "or", "not"]
    #: The rule's number, for a rule.
    number: str = ""
    parts: tuple["Expression", ...] = ()


class LogicError(ValueError):
    """The logic cannot be read; the text says why."""


class _Reading(Transformer[Token, Expression]):
    """What the parser finds, as expressions."""

    def number(self, children: list[Token]) -> Expression:
        return Expression("rule", number=str(children[0]))

    def negation(self, children: list[Expression]) -> Expression:
        return Expression("not", parts=(children[0],))

    def both(self, children: list[Expression]) -> Expression:
        return Expression("and", parts=tuple(children))

    def either(self, children: list[Expression]) -> Expression:
        return Expression("or", parts=tuple(children))


# Transforms while it parses, so no tree is walked by recursion.
_PARSER = Lark(_GRAMMAR, parser="lalr", transformer=_Reading())


@remember_results(300_000)
def parse_logic(text: str) -> Expression:
    """The logic that a text says. Raises LogicError."""
    if len(text) > LENGTH_MAX:
        raise LogicError(f"is longer than {LENGTH_MAX} characters")
    try:
        read = _PARSER.parse(text)
    except UnexpectedInput as error:
        position = cast("int | None", error.pos_in_stream)  # none at the end
        place = (
            "its end" if position is None or position >= len(text) else f"character {position + 1}"
        )
        raise LogicError(f"cannot be read at {place}") from error
    assert isinstance(read, Expression)
    if _deeper(read, DEPTH_MAX):
        raise LogicError(f"is deeper than {DEPTH_MAX} levels")
    return read


def logic_of(said: object, numbers: Iterable[str]) -> Expression:
    """The logic of a set whose rules have these numbers: what it says, else all. Raises LogicError."""
    return parse_logic(said) if isinstance(said, str) and said.strip() else all_of(numbers)


def all_of(numbers: Iterable[str]) -> Expression:
    """The logic of a set that has none: each of its rules holds."""
    parts = tuple(Expression("rule", number=number) for number in numbers)
    return parts[0] if len(parts) == 1 else Expression("and", parts=parts)


def numbers_in(logic: Expression) -> Iterator[str]:
    """The numbers of the rules that it names."""
    if logic.join == "rule":
        yield logic.number
    for part in logic.parts:
        yield from numbers_in(part)


def _deeper(logic: Expression, levels: int) -> bool:
    """Whether its parts lie deeper than that; looks no deeper, so it needs no recursion."""
    level: tuple[Expression, ...] = (logic,)
    for _ in range(levels):
        level = tuple(part for each in level for part in each.parts)
    return bool(level)
