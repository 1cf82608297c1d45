"""What the source says of its own: first sentences of docstrings, and `#:` lines before a member."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from msgspec import Struct

_COMMENT = "#:"


@cache
def comments_of(module: str, owner: str = "") -> Mapping[str, str]:
    """The comments of a module's own names, or of those of its class `owner`."""
    lines = inspect.getsource(sys.modules[module]).splitlines()
    body: list[ast.stmt] = _tree(module).body
    if owner:
        [body] = [
            each.body for each in body if isinstance(each, ast.ClassDef) and each.name == owner
        ]
    return {
        node.target.id: text
        for node in body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and (text := _before(lines, node.lineno - 1))
    }


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[module]))


def _before(lines: list[str], index: int) -> str:
    """The comment that ends before the line with that index; empty for none."""
    first = index
    while lines[first - 1].strip().startswith(_COMMENT):
        first -= 1
    return " ".join(line.strip().removeprefix(_COMMENT).strip() for line in lines[first:index])


def members_of(struct: type[Struct]) -> Mapping[str, str]:
    """The comments of a struct's members, those that it inherits included."""
    return dict(_members(struct))


def _members(struct: type[Struct]) -> Iterator[tuple[str, str]]:
    for kind in reversed(struct.__mro__):
        if issubclass(kind, Struct) and kind is not Struct:
            yield from comments_of(kind.__module__, kind.__name__).items()


def sentence(kind: Any) -> str:
    """The first sentence of a docstring, in one line."""
    said = " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
    return re.split(r"(?<=[.])\s(?=[A-Z`])", said)[0]


def description(kind: Any) -> str:
    """The whole docstring, each paragraph in one line."""
    paragraphs = (inspect.getdoc(kind) or "").split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)
