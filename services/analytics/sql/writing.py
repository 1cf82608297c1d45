"""A statement written anew from its tree: only what is known here is written, all else is refused.

A table is a view, written as the subquery of its rows, or a WITH of the statement,
whose name is prefixed, so that it is never the name of anything else.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlglot import exp

from services.analytics.sql.expressions import (
    ExpressionWriter,
    kind_of,
    name_of,
    quoted,
    refuse_node,
    take,
)
from services.analytics.sql.parsing import StatementRefused, parse_statement, place_of
from services.analytics.sql.views import VIEWS

#: How many views and subqueries a statement may read from, those of a WITH wherever it is named.
TABLES_MAX: Final = 64
_WITH_PREFIX: Final = "with_"
_SETS: Final[Mapping[type[exp.Expr], str]] = MappingProxyType(
    {exp.Union: "UNION", exp.Except: "EXCEPT", exp.Intersect: "INTERSECT"}
)
_SIDES: Final = frozenset({"", "LEFT", "RIGHT", "FULL"})
_KINDS: Final = frozenset({"", "INNER", "CROSS", "OUTER"})


class Statement(NamedTuple):
    """What is run: a text, what its places stand for, and the tables that it reads."""

    sql: str
    parameters: Mapping[str, Any]
    tables: frozenset[str]


def write_statement(text: str, given: Mapping[str, Any]) -> Statement:
    """The statement that is run for what an analyst wrote. Raises StatementRefused.

    `given` are the values of its parameters, as JSON has them.
    """
    tree = parse_statement(text)
    writer = _Writer(given)
    try:
        sql = writer.query(tree)
    except RecursionError:
        raise StatementRefused("nests too deeply") from None
    for name, node in writer.qualifiers.items():
        if name not in writer.sources:
            raise refuse_node(f"The table `{name}` before a column", node)
    for name in given:
        if name not in writer.used:
            raise StatementRefused(f"has no parameter `{name[:50]}`")
    return Statement(sql, writer.parameters, frozenset(writer.tables))


class _Writer(ExpressionWriter):
    def __init__(self, given: Mapping[str, Any]) -> None:
        super().__init__(given)
        #: How many views and subqueries each WITH reads, since it is read anew where it is named.
        self._withs: dict[str, int] = {}
        self._read = 0
        self.tables: set[str] = set()
        #: What the statement calls that which it reads from.
        self.sources: set[str] = set()

    def query(self, node: Any) -> str:
        """A SELECT, or several of them put together."""
        if isinstance(node, exp.Subquery):
            take(node, "this")
            return f"({self.query(node.this)})"
        if isinstance(node, exp.Select):
            return self._select(node)
        if type(node) in _SETS:
            return self._set_operation(node)
        raise refuse_node(f"{kind_of(node)} instead of SELECT", node)

    def _set_operation(self, node: exp.SetOperation) -> str:
        take(node, "this", "expression", "distinct", "with_")
        distinct = node.args.get("distinct")
        word = _SETS[type(node)]
        if isinstance(node, exp.Union):
            if distinct is None:
                raise StatementRefused("must say UNION ALL or UNION DISTINCT")
            word = f"{word} {'DISTINCT' if distinct else 'ALL'}"
        elif distinct:
            word = f"{word} DISTINCT"
        head = self._with(node)
        parts = (self.query(each) for each in (node.this, node.expression))
        left, right = (
            text if isinstance(each, exp.Subquery) else f"({text})"
            for each, text in zip((node.this, node.expression), parts, strict=True)
        )
        whole = f"{left} {word} {right}"
        return f"{head}SELECT * FROM ({whole})" if head else whole  # noqa: S608  of known parts

    def _with(self, node: exp.Expr) -> str:
        found = node.args.get("with_")
        if found is None:
            return ""
        take(found, "expressions")
        parts = []
        for each in found.expressions:
            take(each, "this", "alias")
            name = name_of(self._alias(each), "a WITH")
            if name in VIEWS or name in self._withs:
                raise refuse_node(f"A WITH named as another or as a view, `{name}`,", each)
            before = self._read
            parts.append(f"`{_WITH_PREFIX}{name}` AS ({self.query(each.this)})")
            self._withs[name] = self._read - before
        return f"WITH {', '.join(parts)} "

    def _alias(self, node: exp.Expr) -> Any:
        """The name after AS, or None."""
        alias = node.args.get("alias")
        if isinstance(alias, exp.TableAlias):
            take(alias, "this")
            return alias.this
        return alias

    def _select(self, node: exp.Select) -> str:
        take(
            node, "with_", "expressions", "distinct", "from_", "joins", "where", "group", "having",
            "order", "limit", "offset",
        )  # fmt: skip
        text = f"{self._with(node)}SELECT "
        distinct = node.args.get("distinct")
        if distinct is not None:
            take(distinct)
            text += "DISTINCT "
        # first what is read, so that a WITH is known where it is asked for
        text += self.list_of(node.expressions, self._shown)
        start = node.args.get("from_")
        if start is not None:
            take(start, "this")
            text += f" FROM {self._source(start.this)}"
        for join in node.args.get("joins") or ():
            text += self._join(join)
        for name, word in (("where", "WHERE"), ("having", "HAVING")):
            if name == "having":
                text += self._group(node.args.get("group"))
            found = node.args.get(name)
            if found is not None:
                take(found, "this")
                text += f" {word} {self.expression(found.this)}"
        text += self.order(node.args.get("order"))
        for name, word in (("limit", "LIMIT"), ("offset", "OFFSET")):
            found = node.args.get(name)
            if found is not None:
                take(found, "expression")
                text += f" {word} {self.expression(found.expression)}"
        return text

    def _group(self, node: exp.Group | None) -> str:
        if node is None:
            return ""
        take(node, "expressions")
        return f" GROUP BY {self.list_of(node.expressions)}"

    def order(self, node: exp.Order | None) -> str:
        if node is None:
            return ""
        take(node, "expressions")
        return f" ORDER BY {self.list_of(node.expressions, self._ordered)}"

    def _ordered(self, node: exp.Expr) -> str:
        if not isinstance(node, exp.Ordered):
            return self.expression(node)
        take(node, "this", "desc")
        nulls = "FIRST" if node.args.get("nulls_first") else "LAST"
        direction = "DESC" if node.args.get("desc") else "ASC"
        return f"{self.expression(node.this)} {direction} NULLS {nulls}"

    def _join(self, node: exp.Join) -> str:
        take(node, "this", "on", "using", "side", "kind")
        side, kind = (str(node.args.get(name) or "").upper() for name in ("side", "kind"))
        if side not in _SIDES or kind not in _KINDS:
            raise refuse_node(f"{side or kind} JOIN", node)
        text = f"{f' {side}' if side else ''}{f' {kind}' if kind else ''} JOIN "
        text += self._source(node.this)
        if node.args.get("on") is not None:
            text += f" ON {self.expression(node.args['on'])}"
        if node.args.get("using"):
            columns = ", ".join(quoted(_bare(each), "a column") for each in node.args["using"])
            text += f" USING ({columns})"
        return text

    def _source(self, node: exp.Expr) -> str:
        """What is read from: a view, a WITH, or a subquery."""
        self._count_reads()
        if isinstance(node, exp.Subquery):
            take(node, "this", "alias")
            alias = self._alias(node)
            if alias is None:
                return f"({self.query(node.this)})"
            named = self._named(alias)
            return f"({self.query(node.this)}){named}"
        if not isinstance(node, exp.Table):
            raise refuse_node(f"{kind_of(node)} in FROM", node)
        if isinstance(node.this, exp.Func):
            raise refuse_node(f"The table function `{node.this.name[:50]}`", node)
        if node.args.get("db") or node.args.get("catalog"):
            raise StatementRefused(
                f"A view is named without a database{place_of(node)}; there are: {_views()}"
            )
        take(node, "this", "alias")
        name = name_of(node.this, "a view")
        alias = self._alias(node)
        named = self._named(node.this if alias is None else alias)
        if name in self._withs:
            self._count_reads(self._withs[name])
            return f"`{_WITH_PREFIX}{name}`{named}"
        view = VIEWS.get(name)
        if view is None:
            raise StatementRefused(
                f"The table `{name}` is not allowed{place_of(node)}; there are: {_views()}"
            )
        self.tables.add(view.table)
        return f"{view.select}{named}"

    def _named(self, alias: Any) -> str:
        text = f" AS {quoted(alias, 'an alias')}"
        self.sources.add(alias.name)
        return text

    def _count_reads(self, number: int = 1) -> None:
        self._read += number
        if self._read > TABLES_MAX:
            raise StatementRefused(f"reads from more than {TABLES_MAX} views and subqueries")

    def _shown(self, node: exp.Expr) -> str:
        """What is selected, with its name."""
        if isinstance(node, exp.Alias):
            take(node, "this", "alias")
            return f"{self.expression(node.this)} AS {quoted(node.args['alias'], 'an alias')}"
        return self.expression(node)


def _bare(node: exp.Expr) -> Any:
    return node.this if isinstance(node, exp.Column) else node


def _views(names: Collection[str] = tuple(VIEWS)) -> str:
    return ", ".join(names)
