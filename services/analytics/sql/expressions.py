"""Values in a statement, written anew: columns, literals, operators and the functions that are known.

Nothing of the text that was sent comes into the text that is run but names of columns and aliases
(letters, digits and underscores, quoted), and numbers. Texts become parameters, and so do the
caller's own.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

from sqlglot import exp

from services.analytics.sql.functions import ARGUMENTS, FUNCTIONS, TYPES, UNITS
from services.analytics.sql.parsing import StatementRefused, place_of
from services.analytics.sql.values import read_value

PARAMETERS_MAX: Final = 100
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_NUMBER: Final = re.compile(r"[0-9]{1,40}(?:\.[0-9]{0,40})?(?:[eE][+-]?[0-9]{1,3})?")
_GIVEN_PREFIX: Final = "given_"
_TEXT_PREFIX: Final = "text_"
#: What a tree says of itself that is not written.
_UNWRITTEN: Final = frozenset({"_type", "typed", "safe", "nulls_first", "quoted", "integer"})
_INFIX: Final[Mapping[type[exp.Expr], str]] = MappingProxyType(
    {
        exp.And: "AND",
        exp.Or: "OR",
        exp.EQ: "=",
        exp.NEQ: "!=",
        exp.GT: ">",
        exp.GTE: ">=",
        exp.LT: "<",
        exp.LTE: "<=",
        exp.Add: "+",
        exp.Sub: "-",
        exp.Mul: "*",
        exp.Div: "/",
        exp.IntDiv: "DIV",
        exp.DPipe: "||",
    }
)
#: What values of a list may be made of.
_CONSTANT: Final = (
    exp.Literal, exp.Boolean, exp.Null, exp.Neg, exp.Paren, exp.Tuple, exp.Array, exp.Placeholder,
    exp.Cast, exp.DataType, exp.DataTypeParam,
)  # fmt: skip
_BOUNDS: Final = frozenset({"UNBOUNDED", "CURRENT ROW"})


def refuse_node(what: str, node: Any) -> StatementRefused:
    """The refusal of something, and where it stands."""
    return StatementRefused(f"{what} is not allowed{place_of(node)}")


def kind_of(node: exp.Expr) -> str:
    """What a node is called where it is refused."""
    return node.key.upper()


def name_of(node: Any, what: str) -> str:
    """A name, as it is written."""
    if not isinstance(node, exp.Identifier) or not _NAME.fullmatch(node.name):
        place = place_of(node) if isinstance(node, exp.Expr) else ""
        raise StatementRefused(f"{what} must be a name of letters, digits and underscores{place}")
    return node.name


def quoted(node: Any, what: str) -> str:
    """The same, in quotes."""
    return f"`{name_of(node, what)}`"


def take(node: exp.Expr, *known: str) -> None:
    """Raises StatementRefused unless all that a node says is known."""
    for name, value in node.args.items():
        if name in known or name in _UNWRITTEN or value in (None, False, [], ""):
            continue
        raise refuse_node(f"`{name.strip('_').upper()}` in {kind_of(node)}", node)


class ExpressionWriter(ABC):
    """Writes values; what a SELECT is, a subclass knows."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self.used: set[str] = set()
        #: What stands before names of columns, each where it stands first.
        self.qualifiers: dict[str, exp.Expr] = {}
        #: What the places of the text stand for.
        self.parameters: dict[str, Any] = {}

    @abstractmethod
    def query(self, node: Any) -> str:
        """A SELECT, or several of them put together."""

    @abstractmethod
    def order(self, node: exp.Order | None) -> str:
        """An ORDER BY."""

    def list_of(self, nodes: Iterable[Any], write: Callable[[Any], str] | None = None) -> str:
        """Several of them."""
        return ", ".join(map(write or self.expression, nodes))

    def expression(self, node: Any) -> str:
        """A value."""
        infix = _INFIX.get(type(node))
        if infix is not None:
            take(node, "this", "expression")
            return f"({self.expression(node.this)} {infix} {self.expression(node.expression)})"
        write = self._WRITTEN.get(type(node))
        if write is not None:
            return write(self, node)
        if isinstance(node, exp.Func):
            raise refuse_node(f"The function `{node.name[:50] or kind_of(node)}`", node)
        if not isinstance(node, exp.Expr):
            raise StatementRefused("lacks an expression")
        raise refuse_node(kind_of(node), node)

    def _column(self, node: exp.Column) -> str:
        take(node, "this", "table")
        table = node.args.get("table")
        before = "" if table is None else f"{quoted(table, 'a table')}."
        if table is not None:
            self.qualifiers.setdefault(table.name, table)
        if isinstance(node.this, exp.Star):
            return f"{before}{self._star(node.this)}"
        return f"{before}{quoted(node.this, 'a column')}"

    def _star(self, node: exp.Star) -> str:
        take(node)
        return "*"

    def _literal(self, node: exp.Literal) -> str:
        if node.is_string:
            return self._place(_TEXT_PREFIX, str(len(self.parameters)), "String", str(node.this))
        if not _NUMBER.fullmatch(str(node.this)):
            raise refuse_node(f"The number `{str(node.this)[:50]}`", node)
        return str(node.this)

    def _place(self, prefix: str, name: str, kind: str, value: Any) -> str:
        self.parameters[f"{prefix}{name}"] = value
        return f"{{{prefix}{name}:{kind}}}"

    def _placeholder(self, node: exp.Placeholder) -> str:
        take(node, "this", "kind")
        name, kind = str(node.name), node.args.get("kind")
        if not _NAME.fullmatch(name) or kind is None:
            raise refuse_node("A parameter other than `{name:Type}`", node)
        written = self._type(kind)
        if name not in self._given:
            raise StatementRefused(f"names the parameter `{name}`, which `parameters` lacks")
        self.used.add(name)
        if len(self.used) > PARAMETERS_MAX:
            raise StatementRefused(f"has more than {PARAMETERS_MAX} parameters")
        return self._place(
            _GIVEN_PREFIX, name, written, read_value(name, written, self._given[name])
        )

    def _type(self, node: Any) -> str:
        found = None
        if isinstance(node, exp.DataType):
            take(node, "this", "expressions", "nested", "nullable")
            inner = node.expressions
            if node.this == exp.DType.ARRAY and len(inner) == 1:
                return f"Array({self._type(inner[0])})"
            kind = node.this.name if isinstance(node.this, exp.DType) else ""
            if [each.sql().strip("'") for each in inner] in ARGUMENTS.get(kind, ([],)):
                found = TYPES.get(kind)
        if found is None:
            raise refuse_node(f"The type `{str(node)[:50]}`", node)
        return f"Nullable({found})" if node.args.get("nullable") else found

    def _function(self, node: exp.Func) -> str:
        take(node, "this", "expressions", "params")
        name = FUNCTIONS.get(str(node.this).lower())
        if name is None:
            raise refuse_node(f"The function `{str(node.this)[:50]}`", node)
        text = f"{name}({self.list_of(node.expressions, self._argument)})"
        params = node.args.get("params")
        return text if params is None else f"{text}({self.list_of(params, self._argument)})"

    def _argument(self, node: exp.Expr) -> str:
        if isinstance(node, exp.Distinct):
            take(node, "expressions")
            return f"DISTINCT {self.list_of(node.expressions)}"
        return self.expression(node)

    def _cast(self, node: exp.Cast) -> str:
        take(node, "this", "to")
        return f"CAST({self.expression(node.this)} AS {self._type(node.args['to'])})"

    def _case(self, node: exp.Case) -> str:
        take(node, "this", "ifs", "default")
        subject, default = node.args.get("this"), node.args.get("default")
        text = "CASE" if subject is None else f"CASE {self.expression(subject)}"
        for each in node.args.get("ifs") or ():
            take(each, "this", "true")
            text += f" WHEN {self.expression(each.this)} THEN {self.expression(each.args['true'])}"
        return text + ("" if default is None else f" ELSE {self.expression(default)}") + " END"

    def _condition(self, node: exp.If) -> str:
        take(node, "this", "true", "false")
        parts = (node.this, node.args.get("true"), node.args.get("false"))
        return f"if({self.list_of(parts)})"

    def _in(self, node: exp.In) -> str:
        take(node, "this", "expressions", "query", "field")
        query, field = node.args.get("query"), node.args.get("field")
        if field is not None and not isinstance(field, exp.Placeholder):
            raise refuse_node("IN without a list", node)
        if field is not None:
            return f"({self.expression(node.this)} IN {self.expression(field)})"
        if query is None:
            values = self.list_of(node.expressions, self._constant)
            return f"({self.expression(node.this)} IN ({values}))"
        inner = query.this if isinstance(query, exp.Subquery) else query
        return f"({self.expression(node.this)} IN ({self.query(inner)}))"

    def _constant(self, node: exp.Expr) -> str:
        """A value on the right of IN, where the engine takes a name for that of a table."""
        for each in node.walk():
            if not isinstance(each, _CONSTANT):
                raise refuse_node("IN a list of anything but constants", node)
        return self.expression(node)

    def _like(self, node: exp.Expr) -> str:
        take(node, "this", "expression", "negate")
        word = f"{'NOT ' if node.args.get('negate') else ''}{kind_of(node)}"
        return f"({self.expression(node.this)} {word} {self.expression(node.expression)})"

    def _between(self, node: exp.Between) -> str:
        take(node, "this", "low", "high")
        parts = [self.expression(node.args[name]) for name in ("this", "low", "high")]
        return "({} BETWEEN {} AND {})".format(*parts)

    def _is(self, node: exp.Is) -> str:
        take(node, "this", "expression")
        if not isinstance(node.expression, exp.Null):
            raise refuse_node("IS with anything but NULL", node)
        return f"({self.expression(node.this)} IS NULL)"

    def _prefixed(self, node: exp.Expr) -> str:
        take(node, "this")
        word = "NOT" if isinstance(node, exp.Not) else "-"
        return f"({word} {self.expression(node.this)})"

    def _paren(self, node: exp.Paren) -> str:
        take(node, "this")
        return f"({self.expression(node.this)})"

    def _subquery(self, node: exp.Subquery) -> str:
        take(node, "this")
        return f"({self.query(node.this)})"

    def _interval(self, node: exp.Interval) -> str:
        take(node, "this", "unit")
        unit = str(node.args.get("unit") or "").upper().removesuffix("S")
        if unit not in UNITS:
            raise refuse_node("INTERVAL without a unit", node)
        number = node.this
        if isinstance(number, exp.Literal) and number.is_string and str(number.this).isascii():
            number = exp.Literal.number(number.this)
        return f"INTERVAL {self.expression(number)} {unit}"

    def _modulo(self, node: exp.Mod) -> str:
        take(node, "this", "expression")
        # the sign would be read as a place of the client's
        return f"modulo({self.expression(node.this)}, {self.expression(node.expression)})"

    def _row(self, node: exp.Expr) -> str:
        take(node, "expressions")
        word = "array" if isinstance(node, exp.Array) else "tuple"
        return f"{word}({self.list_of(node.expressions)})"

    def _bracket(self, node: exp.Bracket) -> str:
        take(node, "this", "expressions")
        if len(node.expressions) != 1:
            raise refuse_node("An index of several values", node)
        return f"{self.expression(node.this)}[{self.expression(node.expressions[0])}]"

    def _window(self, node: exp.Window) -> str:
        take(node, "this", "partition_by", "order", "spec", "over")
        parts = []
        if node.args.get("partition_by"):
            parts.append(f"PARTITION BY {self.list_of(node.args['partition_by'])}")
        if node.args.get("order") is not None:
            parts.append(self.order(node.args["order"]).strip())
        spec = node.args.get("spec")
        if spec is not None:
            parts.append(self._frame(spec))
        return f"{self.expression(node.this)} OVER ({' '.join(parts)})"

    def _frame(self, node: exp.WindowSpec) -> str:
        take(node, "kind", "start", "start_side", "end", "end_side")
        kind = str(node.args.get("kind") or "").upper()
        if kind not in ("ROWS", "RANGE"):
            raise refuse_node(f"The frame {kind}", node)
        start, end = (self._bound(node, name) for name in ("start", "end"))
        return f"{kind} BETWEEN {start} AND {end}"

    def _bound(self, node: exp.WindowSpec, name: str) -> str:
        bound, side = node.args.get(name), str(node.args.get(f"{name}_side") or "").upper()
        if side not in ("", "PRECEDING", "FOLLOWING"):
            raise refuse_node("This frame", node)
        if bound is None:
            return "CURRENT ROW"
        if isinstance(bound, str):
            if bound.upper() not in _BOUNDS:
                raise refuse_node("This frame", node)
            return f"{bound.upper()} {side}".strip()
        return f"{self.expression(bound)} {side}"

    #: How each kind of value is written.
    _WRITTEN: ClassVar[Mapping[type[exp.Expr], Callable[[Any, Any], str]]] = MappingProxyType(
        {
            exp.Column: _column,
            exp.Star: _star,
            exp.Literal: _literal,
            exp.Boolean: lambda _, node: "true" if node.this else "false",
            exp.Null: lambda _, __: "NULL",
            exp.Placeholder: _placeholder,
            exp.Anonymous: _function,
            exp.AnonymousAggFunc: _function,
            exp.CombinedAggFunc: _function,
            exp.ParameterizedAgg: _function,
            exp.CombinedParameterizedAgg: _function,
            exp.Cast: _cast,
            exp.Case: _case,
            exp.If: _condition,
            exp.In: _in,
            exp.Like: _like,
            exp.ILike: _like,
            exp.Between: _between,
            exp.Is: _is,
            exp.Not: _prefixed,
            exp.Neg: _prefixed,
            exp.Paren: _paren,
            exp.Subquery: _subquery,
            exp.Interval: _interval,
            exp.Mod: _modulo,
            exp.Tuple: _row,
            exp.Array: _row,
            exp.Bracket: _bracket,
            exp.Window: _window,
        }
    )
