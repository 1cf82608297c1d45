"""A statement of an analyst as a tree, by sqlglot's parser for ClickHouse.

The parser knows no function: each call keeps the name and the arguments that were written. What the
tree may hold is for writing.py to say; here is refused what is no statement at all.
"""

import logging
from typing import Any, ClassVar, Final

from sqlglot import exp
from sqlglot.dialects.clickhouse import ClickHouse
from sqlglot.errors import ParseError as SqlglotParseError
from sqlglot.errors import SqlglotError
from sqlglot.parser import Parser
from sqlglot.parsers.clickhouse import ClickHouseParser

TEXT_LENGTH_MAX: Final = 16_384
# From token to token, back as well: it tries one reading after another, which doubles with each level
# of some nestings. What has none of these takes at most 1.2 a character.
STEPS_MAX: Final = 2 * TEXT_LENGTH_MAX
# It logs what it cannot read, which is the analyst's own.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)


class StatementRefused(Exception):
    """A statement that is not run; the message says what is not allowed, and where."""


class _Parser(ClickHouseParser):
    _steps = 0
    FUNCTIONS: ClassVar[Any] = {}
    FUNCTION_PARSERS: ClassVar[Any] = {"CAST": Parser.FUNCTION_PARSERS["CAST"]}
    NO_PAREN_FUNCTIONS: ClassVar[Any] = {}
    NO_PAREN_FUNCTION_PARSERS: ClassVar[Any] = {"CASE": Parser.NO_PAREN_FUNCTION_PARSERS["CASE"]}

    def _advance(self, times: int = 1) -> None:
        self._steps += 1
        if self._steps > STEPS_MAX:
            raise StatementRefused("takes too long to read; it nests calls or joins without ON")
        super()._advance(times)


class _Dialect(ClickHouse):
    # an index stays as it was written
    INDEX_OFFSET = 0
    Parser = _Parser


def parse_statement(text: str) -> exp.Expr:
    """The tree of the one statement of a text. Raises StatementRefused."""
    if len(text) > TEXT_LENGTH_MAX:
        raise StatementRefused(f"has more than {TEXT_LENGTH_MAX:,} characters")
    try:
        statements = [each for each in _Dialect().parse(text) if each is not None]
    except SqlglotParseError as fault:
        raise StatementRefused(_syntax(fault)) from None
    except SqlglotError:
        raise StatementRefused("cannot be read as SQL") from None
    except RecursionError:
        raise StatementRefused("nests too deeply") from None
    if len(statements) != 1:
        raise StatementRefused("must be one statement")
    return statements[0]


def place_of(node: Any) -> str:
    """Where something stands, as the end of a sentence; empty where that is not known."""
    for each in node.walk() if isinstance(node, exp.Expr) else ():
        line, end = each.meta.get("line"), each.meta.get("col")
        if line is not None and end is not None:
            is_named = isinstance(each, exp.Identifier | exp.Func)
            return f" (line {line}, column {max(end - len(each.name) + 1, 1) if is_named else end})"
    return ""


def _syntax(fault: SqlglotParseError) -> str:
    first = fault.errors[0] if fault.errors else {}
    found = str(first.get("highlight") or "")[:50]
    near = f" near `{found}`" if found.isprintable() and found else ""
    where = f" (line {first['line']}, column {first['col']})" if first.get("line") else ""
    return f"cannot be read as SQL{near}{where}"
