"""Where code asks of what kind something is: which classes it names, and how.

It reads the code and does not run it. A class is named without a choice where it is imported, made
(`Kind(...)`), part of an annotation, or part of a union that has a name. Whatever else names it
chooses by it: a table with it as a key, a set or tuple that holds it, `isinstance`, a pattern of
`match`, a comparison, an argument. How a table is asked then (`[...]`, `.get(...)`, `in`) makes no
difference.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

#: What is said once for the whole file, what a function asks, and a `match` that may fall through.
Spelling = Literal["table", "question", "match"]
#: Who gets a class and chooses nothing by it.
_NAMING = ("tag_of",)


class Dispatch(NamedTuple):
    """A class that something is chosen by, and the name of the table or function that does."""

    spelling: Spelling
    name: str
    kind: str


def with_unions(trees: Iterable[ast.Module], kinds: Iterable[str]) -> frozenset[str]:
    """The names of the classes, of the unions that files make of them, and of unions of those."""
    unions = [
        (target.id, _names_in(value))
        for tree in trees
        for target, value in assignments(tree)
        if isinstance(value, ast.BinOp | ast.Name)
    ]
    known = frozenset(kinds)
    while more := {name for name, members in unions if members & known} - known:
        known |= more
    return known


def assignments(tree: ast.Module) -> Iterator[tuple[ast.Name, ast.expr]]:
    """The names that a file gives values to, and the values."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target, node.value


def is_named(value: ast.expr, unions: frozenset[str]) -> bool:
    """Whether a set has each of its members, or sets of them, by name, and by no union's."""
    match value:
        case ast.Call(func=ast.Name(id="events_of" | "frozenset"), args=members, keywords=[]):
            return all(is_named(each, unions) for each in members)
        case ast.Set(elts=members):
            return all(is_named(each, unions) for each in members)
    return isinstance(value, ast.Name | ast.Attribute) and _name_of(value) not in unions


def dispatches(tree: ast.Module, kinds: frozenset[str]) -> Iterator[Dispatch]:
    """What a file chooses by these classes or unions of them."""
    parents = _parents_in(tree)
    renamed = _renamed(parents)
    for node in parents:
        kind = renamed.get(_name_of(node), _name_of(node))
        if kind not in kinds or isinstance(getattr(node, "ctx", None), ast.Store):
            continue
        way = list(_way_up(node, parents))
        if _is_named_only(way) or _is_total(way):
            continue
        within = [each.name for _, each in way if isinstance(each, _DEFINITIONS)]
        if any(isinstance(each, ast.match_case) and child is each.pattern for child, each in way):
            yield Dispatch("match", _dotted(within), kind)
        elif within:
            yield Dispatch("question", _dotted(within), kind)
        else:
            yield Dispatch("table", _target(way), kind)


_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Way = list[tuple[ast.AST, ast.AST]]


def _parents_in(tree: ast.Module) -> Mapping[ast.AST, ast.AST]:
    """What each node of a file stands in: of all code these are a million, so one look at each."""
    parents: dict[ast.AST, ast.AST] = {}
    left: list[ast.AST] = [tree]
    for node in left:
        for name in node._fields:
            value = getattr(node, name, None)
            for child in value if isinstance(value, list) else (value,):
                # whether a name is read or written is one node for all names
                if isinstance(child, ast.AST) and not isinstance(child, ast.expr_context):
                    parents[child] = node
                    left.append(child)
    return parents


def _way_up(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> Iterator[tuple[ast.AST, ast.AST]]:
    """A node and its parent, the parent and its own, and so on."""
    while node in parents:
        yield node, parents[node]
        node = parents[node]


def _is_named_only(way: _Way) -> bool:
    child, parent = way[0]
    if isinstance(parent, ast.ClassDef):
        return True
    if isinstance(parent, ast.Call) and (child is parent.func or _name_of(parent.func) in _NAMING):
        return True
    return any(_is_annotation(child, parent) for child, parent in way) or _is_union(way)


def _is_annotation(child: ast.AST, parent: ast.AST) -> bool:
    match parent:
        case ast.AnnAssign() | ast.arg():
            return child is parent.annotation
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return child is parent.returns
        case ast.Subscript():
            return child is parent.slice
    return False


def _is_union(way: _Way) -> bool:
    """Whether it stands in a union that gets a name."""
    above = [parent for _, parent in way]
    while isinstance(above[0], ast.BinOp):
        del above[0]
    return isinstance(above[0], ast.Assign) and isinstance(above[1], ast.Module)


def _is_total(way: _Way) -> bool:
    """Whether it is a pattern of a `match` whose last case takes what no other does, and fails."""
    found = [each for _, each in way if isinstance(each, ast.Match)]
    patterns = any(isinstance(each, ast.match_case) and c is each.pattern for c, each in way)
    if not found or not patterns:
        return False
    last = found[0].cases[-1]
    wildcard = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
    end = last.body[-1]
    fails = isinstance(end, ast.Raise) or (
        isinstance(end, ast.Expr)
        and isinstance(end.value, ast.Call)
        and _name_of(end.value.func) == "assert_never"
    )
    return wildcard and last.guard is None and fails


def _target(way: _Way) -> str:
    """What a statement of the file gives a value to."""
    statement = way[-1][0]
    named = statement.targets[0] if isinstance(statement, ast.Assign) else statement
    return _name_of(named.target if isinstance(named, ast.AnnAssign) else named)


def _dotted(within: list[str]) -> str:
    return ".".join(reversed(within))


def _name_of(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _names_in(node: ast.AST) -> set[str]:
    return {_name_of(each) for each in ast.walk(node)} - {""}


def _renamed(nodes: Iterable[ast.AST]) -> Mapping[str, str]:
    """What is imported under another name."""
    return {
        alias.asname: alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname is not None
    }
